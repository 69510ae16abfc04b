import { create } from "zustand";
import type { Layer } from "../../../parts/marks";

/** What the sheets of the canvas are opened with; everything in it can be changed in the sheet. */
export type Sheet =
  | { kind: "add"; reference?: string; composition?: string; layer?: Layer }
  | { kind: "connect"; from?: string; to?: string }
  | { kind: "wires"; unit: string }
  | { kind: "assemble"; composition?: string }
  | { kind: "adopt" };

interface Authoring {
  /** The module palette at the left of the canvas. */
  palette: boolean;
  sheet: Sheet | null;
}

export const useAuthoring = create<Authoring>(() => ({ palette: false, sheet: null }));

export function openSheet(sheet: Sheet | null): void {
  useAuthoring.setState({ sheet });
}

/** What a dragged module card carries. */
export const MODULE_TYPE = "application/x-xcf-module";
