import { create } from "zustand";

/** Which of the app's own overlays is open; at most one at a time. */
export type Overlay = "palette" | "keys" | "trust" | null;

export const useOverlay = create<{ open: Overlay }>(() => ({ open: null }));

export function showOverlay(open: Overlay): void {
  useOverlay.setState({ open });
}
