import { create } from "zustand";
import type { Layer } from "../../parts/marks";

/** How the canvas is looked at; never part of the documents. */
interface CanvasView {
  mode: "canvas" | "outline";
  /** The overview of composition blocks, shown below 35 % zoom. */
  far: boolean;
  selected: string | null;
  /** Units of a selection of several; empty while it is none or one. */
  picked: ReadonlySet<string>;
  /** The selected wire, as `source>target`. */
  wire: string | null;
  /** Whole cone instead of one step, while Shift is held. */
  cone: boolean;
  folded: Layer[];
  zoom: number;
}

export const useCanvasView = create<CanvasView>(() => ({
  mode: "canvas",
  far: false,
  selected: null,
  picked: new Set(),
  wire: null,
  cone: false,
  folded: [],
  zoom: 1,
}));

export function toggleLane(layer: Layer): void {
  useCanvasView.setState(({ folded }) => ({
    folded: folded.includes(layer) ? folded.filter((l) => l !== layer) : [...folded, layer],
  }));
}

/** Above this many units a workspace opens as the overview. */
export const FAR_FROM_UNITS = 150;
export const NEAR_ZOOM = 0.75;
export const MIN_ZOOM = 0.35;
