import type { Layout, Point, UnitBox, Wire } from "./types";
import { size } from "./types";
import { roundedPath } from "./wires";

/** Keyboard and mouse move units by this much, so that units moved one by one still meet in rows and columns. */
export const STEP = 8;

/**
 * The corner a unit's place is counted from: where its Environment's column and its lane begin. A place stays right
 * when another lane grows, when a filter hides units, and when Environments stand side by side.
 */
export function cornerOf(layout: Layout, unit: Pick<UnitBox, "environment" | "layer">): Point {
  return {
    x: layout.columns.find((column) => column.environment === unit.environment)?.x ?? 0,
    y: layout.lanes.find((lane) => lane.layer === unit.layer)?.y ?? 0,
  };
}

/** Where a unit may be put: inside its column and lane, which grow by at most one node at a time. */
export function within(layout: Layout, unit: Pick<UnitBox, "environment" | "layer">, at: Point): Point {
  const corner = cornerOf(layout, unit);
  const lane = layout.lanes.find((l) => l.layer === unit.layer);
  const lowest = corner.y + (lane?.height ?? 0);
  return { x: Math.max(corner.x, at.x), y: Math.min(lowest, Math.max(corner.y, at.y)) };
}

/** How far a drag went, in whole steps. */
export function steps(from: Point, to: Point): Point {
  const whole = (n: number) => Math.round(n / STEP) * STEP;
  return { x: whole(to.x - from.x), y: whole(to.y - from.y) };
}

/** The picture while units are held elsewhere: they and their wires follow, all else stays until they are let go. */
export function held(layout: Layout, moved: ReadonlyMap<string, Point>): Layout {
  const units = layout.units.map((unit) => {
    const at = moved.get(unit.id);
    return at === undefined ? unit : { ...unit, ...at };
  });
  const touched = (wire: Wire) => moved.has(wire.source) || moved.has(wire.target);
  const near = new Set(layout.wires.filter(touched).flatMap(({ source, target }) => [source, target]));
  const ends = new Map<string, Point>(units.filter(({ id }) => near.has(id)).map((unit) => [unit.id, unit]));
  const wires = layout.wires.map((wire) => {
    const from = ends.get(wire.source);
    const to = ends.get(wire.target);
    return from === undefined || to === undefined || !touched(wire) ? wire : loose(wire, from, to);
  });
  return { ...layout, units, wires };
}

/** A wire straight from below one unit to above the other, by one bend in the middle. */
function loose(wire: Wire, from: Point, to: Point): Wire {
  const start = { x: from.x + size.node.width / 2, y: from.y + size.node.height };
  const end = { x: to.x + size.node.width / 2, y: to.y };
  const middle = (start.y + end.y) / 2;
  const xs = [start.x, end.x];
  const ys = [start.y, end.y];
  return {
    ...wire,
    d: roundedPath([start, { x: start.x, y: middle }, { x: end.x, y: middle }, end]),
    start,
    end,
    arrives: "down",
    label: { x: (start.x + end.x) / 2, y: middle },
    box: { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) },
  };
}
