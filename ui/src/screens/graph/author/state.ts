import { create } from "zustand";
import type { Layer } from "../../../parts/marks";

/** What the sheets of the canvas are opened with; everything in it can be changed in the sheet. */
export type Sheet =
  | { kind: "add"; reference?: string; composition?: string; layer?: Layer }
  | { kind: "connect"; from?: string; to?: string }
  | { kind: "wires"; unit: string }
  | { kind: "assemble"; composition?: string }
  | { kind: "adopt" }
  | { kind: "rename"; unit: string }
  | { kind: "move" | "copy"; units: string[]; into?: string }
  | { kind: "delete"; units: string[] };

/** Modules taken with copy or cut, by the units they were chosen as. */
export interface Clip {
  units: string[];
  cut: boolean;
}

interface Authoring {
  /** The module palette at the left of the canvas. */
  palette: boolean;
  sheet: Sheet | null;
  clip: Clip | null;
  /** The menu over a unit: where it opens, in the window. */
  menu: { x: number; y: number } | null;
  /** Units an act made or moved: selected as soon as the graph shows them. Empty: what was selected is gone. */
  arriving: string[] | null;
}

export const useAuthoring = create<Authoring>(() => ({
  palette: false,
  sheet: null,
  clip: null,
  menu: null,
  arriving: null,
}));

export function openSheet(sheet: Sheet | null): void {
  useAuthoring.setState({ sheet });
}

/** What a dragged module card carries. */
export const MODULE_TYPE = "application/x-xcf-module";
