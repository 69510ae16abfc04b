import type { Layer } from "../../../parts/marks";

export interface UnitBox {
  id: string;
  environment: string;
  composition: string;
  layer: Layer;
}

export interface Link {
  source: string;
  target: string;
}

export interface LayoutInput {
  units: UnitBox[];
  links: Link[];
  /** Columns of the canvas, in order. */
  environments: string[];
  /** Lanes folded by the person. */
  folded: Layer[];
  /** Places people gave, by unit, counted from the corner of its column and lane; they override the layout. */
  places?: Readonly<Record<string, Point>>;
}

export interface Point {
  x: number;
  y: number;
}

export interface Wire {
  /** Position in `LayoutInput.links`; -1 on a bundle. */
  link: number;
  source: string;
  target: string;
  d: string;
  start: Point;
  end: Point;
  /** Which way the wire arrives, so that an arrowhead can point with it. */
  arrives: "down" | "right";
  label: Point;
  /** How many links a bundle stands for; 1 on a single wire. */
  count: number;
  box: { x0: number; y0: number; x1: number; y1: number };
}

export interface PlacedUnit {
  id: string;
  x: number;
  y: number;
  row: number;
  column: number;
}

export interface PlacedGroup {
  /** `environment/composition`. */
  id: string;
  environment: string;
  composition: string;
  layer: Layer;
  x: number;
  y: number;
  width: number;
  height: number;
  units: string[];
}

export interface PlacedLane {
  layer: Layer;
  y: number;
  height: number;
  units: number;
  folded: boolean;
}

export interface PlacedColumn {
  environment: string;
  x: number;
  width: number;
}

export interface Layout {
  units: PlacedUnit[];
  groups: PlacedGroup[];
  lanes: PlacedLane[];
  columns: PlacedColumn[];
  wires: Wire[];
  bundles: Wire[];
  width: number;
  height: number;
}

/** Sizes of the canvas grammar (ui.md §5), in canvas pixels at 100 %. */
export const size = {
  node: { width: 148, height: 54 },
  columnPitch: 172,
  rowPitch: 78,
  groupPad: 6,
  groupHead: 24,
  groupFoot: 8,
  lanePadTop: 16,
  lanePadBottom: 20,
  foldedLane: 28,
  columnHead: 24,
  environmentGap: 60,
  /** Units of one composition that stand in one row before it wraps. */
  rowUnits: 5,
  minColumns: 2,
} as const;
