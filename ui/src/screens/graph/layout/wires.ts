import type { Placement } from "./place";
import type { Link, PlacedGroup, Point, Wire } from "./types";
import { size } from "./types";

const CORNER = 7;
const PORT_CENTRE = 104;
const PORT_PITCH = 18;
const HORIZONTAL_TRACKS = [0, 5, -5, 9, -9];
const VERTICAL_TRACKS = [0, 3, -3, 9, -9];

/** One end of a wire: a unit at near zoom, a composition at middle zoom. */
interface End {
  id: string;
  x: number;
  top: number;
  bottom: number;
  left: number;
  right: number;
  /** Free strips a wire may run along, above and below. */
  above: number;
  below: number;
}

interface Run {
  lo: number;
  hi: number;
  offset: number;
}

interface Draft {
  link: number;
  count: number;
  from: End;
  to: End;
  xa: number;
  xb: number;
  shape: "beside" | "one-strip" | "source-column" | "target-column" | "gap";
  gap: number;
  first?: Run;
  second?: Run;
  vertical?: Run;
}

/** Node rectangles by column, so that "is this column free between two heights" is a short scan. */
class Columns {
  private readonly byX = new Map<number, { y: number; bottom: number }[]>();

  add(left: number, y: number, height: number): void {
    const list = this.byX.get(left) ?? [];
    list.push({ y, bottom: y + height });
    this.byX.set(left, list);
  }

  sort(): void {
    for (const list of this.byX.values()) list.sort((a, b) => a.y - b.y);
  }

  free(left: number, from: number, to: number): boolean {
    const list = this.byX.get(left);
    if (list === undefined) return true;
    let lo = 0;
    let hi = list.length;
    while (lo < hi) {
      const middle = (lo + hi) >> 1;
      if ((list[middle]?.bottom ?? 0) <= from) lo = middle + 1;
      else hi = middle;
    }
    const next = list[lo];
    return next === undefined || next.y >= to;
  }
}

/** Hands out parallel tracks so that two wires in one strip do not lie on each other. */
class Tracks {
  private readonly strips = new Map<number, Run[]>();

  use(strip: number, a: number, b: number): Run {
    const run: Run = { lo: Math.min(a, b), hi: Math.max(a, b), offset: 0 };
    const list = this.strips.get(strip) ?? [];
    list.push(run);
    this.strips.set(strip, list);
    return run;
  }

  settle(offsets: number[]): void {
    for (const runs of this.strips.values()) {
      const ends = offsets.map(() => Number.NEGATIVE_INFINITY);
      [...runs]
        .sort((a, b) => a.lo - b.lo || a.hi - b.hi)
        .forEach((run, i) => {
          const free = ends.findIndex((end) => end + 4 < run.lo);
          const track = free === -1 ? i % offsets.length : free;
          ends[track] = Math.max(ends[track] ?? 0, run.hi);
          run.offset = offsets[track] ?? 0;
        });
    }
  }
}

/** Spreads the wires of one side of a node over its ports, ordered by where they go. */
function portOffsets(count: number): number[] {
  const pitch = count < 2 ? 0 : Math.min(PORT_PITCH, 76 / (count - 1));
  return Array.from({ length: count }, (_, i) => PORT_CENTRE + (i - (count - 1) / 2) * pitch);
}

function shapeOf(from: End, to: End, xa: number, xb: number, columns: Columns): Draft["shape"] {
  if (Math.abs(from.top - to.top) < 1 && to.left > from.right && to.left - from.right < 40) return "beside";
  if (from.below === to.above) return "one-strip";
  if (to.above > from.below) {
    if (columns.free(from.left, from.below, to.above) && xa >= from.left) return "source-column";
    if (columns.free(to.left, from.below, to.above) && xb >= to.left) return "target-column";
  }
  return "gap";
}

export function roundedPath(points: Point[]): string {
  const first = points[0];
  if (first === undefined) return "";
  let d = `M${first.x} ${first.y}`;
  for (let i = 1; i < points.length - 1; i += 1) {
    const [before, here, after] = [points[i - 1], points[i], points[i + 1]];
    if (before === undefined || here === undefined || after === undefined) continue;
    const inLength = Math.hypot(here.x - before.x, here.y - before.y);
    const outLength = Math.hypot(after.x - here.x, after.y - here.y);
    const r = Math.min(CORNER, inLength / 2, outLength / 2);
    if (r < 0.5) {
      d += ` L${here.x} ${here.y}`;
      continue;
    }
    const ax = here.x + ((before.x - here.x) / inLength) * r;
    const ay = here.y + ((before.y - here.y) / inLength) * r;
    const bx = here.x + ((after.x - here.x) / outLength) * r;
    const by = here.y + ((after.y - here.y) / outLength) * r;
    d += ` L${ax} ${ay} Q${here.x} ${here.y} ${bx} ${by}`;
  }
  const last = points[points.length - 1];
  return last === undefined ? d : `${d} L${last.x} ${last.y}`;
}

function pointsOf(draft: Draft): Point[] {
  const { from, to, xa, xb, shape } = draft;
  const strip = (run: Run | undefined, y: number) => y + (run?.offset ?? 0);
  if (shape === "beside") {
    const y = (Math.max(from.top, to.top) + Math.min(from.bottom, to.bottom)) / 2;
    return [
      { x: from.right, y },
      { x: to.left, y },
    ];
  }
  const start = { x: xa, y: from.bottom };
  const end = { x: xb, y: to.top };
  const y1 = strip(draft.first, from.below);
  const y2 = strip(draft.second, to.above);
  if (shape === "one-strip" || shape === "target-column")
    return Math.abs(xa - xb) < 1 ? [start, end] : [start, { x: xa, y: y1 }, { x: xb, y: y1 }, end];
  if (shape === "source-column")
    return Math.abs(xa - xb) < 1 ? [start, end] : [start, { x: xa, y: y2 }, { x: xb, y: y2 }, end];
  const gap = draft.gap + (draft.vertical?.offset ?? 0);
  return [start, { x: xa, y: y1 }, { x: gap, y: y1 }, { x: gap, y: y2 }, { x: xb, y: y2 }, end];
}

/** Where a label sits best: on the longest level stretch, else in the free strip under the source. */
function labelPoint(points: Point[], draft: Draft): Point {
  let best = { length: 40, at: { x: draft.xa, y: draft.from.below } };
  for (let i = 1; i < points.length; i += 1) {
    const [a, b] = [points[i - 1], points[i]];
    if (a === undefined || b === undefined || Math.abs(a.y - b.y) > 1) continue;
    const length = Math.abs(a.x - b.x);
    if (length > best.length) best = { length, at: { x: (a.x + b.x) / 2, y: a.y } };
  }
  return best.at;
}

function finish(draft: Draft): Wire {
  const points = pointsOf(draft);
  const xs = points.map((p) => p.x);
  const ys = points.map((p) => p.y);
  return {
    link: draft.link,
    source: draft.from.id,
    target: draft.to.id,
    d: roundedPath(points),
    start: points[0] ?? { x: 0, y: 0 },
    end: points[points.length - 1] ?? { x: 0, y: 0 },
    arrives: draft.shape === "beside" ? "right" : "down",
    label: labelPoint(points, draft),
    count: draft.count,
    box: { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) },
  };
}

function route(
  pairs: { link: number; count: number; from: End; to: End }[],
  columns: Columns,
  ported: boolean,
): Wire[] {
  const outgoing = new Map<string, number[]>();
  const incoming = new Map<string, number[]>();
  pairs.forEach(({ from, to }, i) => {
    outgoing.set(from.id, [...(outgoing.get(from.id) ?? []), i]);
    incoming.set(to.id, [...(incoming.get(to.id) ?? []), i]);
  });
  const xa: number[] = [];
  const xb: number[] = [];
  const spread = (lists: Map<string, number[]>, into: number[], own: "from" | "to", other: "from" | "to") => {
    for (const list of lists.values()) {
      const beside = (i: number) => {
        const pair = pairs[i];
        return pair !== undefined && shapeOf(pair.from, pair.to, 0, 0, columns) === "beside";
      };
      const real = list
        .filter((i) => !beside(i))
        .sort((a, b) => (pairs[a]?.[other].x ?? 0) - (pairs[b]?.[other].x ?? 0));
      const offsets = portOffsets(real.length);
      real.forEach((i, n) => {
        into[i] = ported ? (pairs[i]?.[own].left ?? 0) + (offsets[n] ?? PORT_CENTRE) : (pairs[i]?.[own].x ?? 0);
      });
    }
  };
  spread(outgoing, xa, "from", "to");
  spread(incoming, xb, "to", "from");
  const horizontal = new Tracks();
  const vertical = new Tracks();
  const drafts = pairs.map((pair, i): Draft => {
    const b = xb[i] ?? pair.to.x;
    let a = xa[i] ?? pair.from.x;
    let shape = shapeOf(pair.from, pair.to, a, b, columns);
    // A free column straight below: one line without a jog.
    if (ported && (shape === "source-column" || shape === "one-strip") && pair.from.left === pair.to.left) {
      a = b;
      shape = shape === "one-strip" ? "one-strip" : "source-column";
    }
    const gap = a <= b ? pair.to.left - size.groupPad * 2 : pair.to.right + size.groupPad * 2;
    const draft: Draft = { ...pair, xa: a, xb: b, shape, gap };
    const straight = Math.abs(a - b) < 1;
    if ((shape === "one-strip" || shape === "target-column") && !straight)
      draft.first = horizontal.use(pair.from.below, a, b);
    if (shape === "source-column" && !straight) draft.second = horizontal.use(pair.to.above, a, b);
    if (shape === "gap") {
      draft.first = horizontal.use(pair.from.below, a, gap);
      draft.second = horizontal.use(pair.to.above, gap, b);
      draft.vertical = vertical.use(gap, pair.from.below, pair.to.above);
    }
    return draft;
  });
  horizontal.settle(HORIZONTAL_TRACKS);
  vertical.settle(VERTICAL_TRACKS);
  return drafts.map(finish);
}

/** Wires between units: orthogonal, in lane gaps and column gaps, never across a node. */
export function routeUnits(placement: Placement, links: Link[]): Wire[] {
  const columns = new Columns();
  const ends = new Map<string, End>();
  for (const unit of placement.units) {
    columns.add(unit.x, unit.y, size.node.height);
    ends.set(unit.id, {
      id: unit.id,
      x: unit.x + PORT_CENTRE,
      left: unit.x,
      right: unit.x + size.node.width,
      top: unit.y,
      bottom: unit.y + size.node.height,
      above: placement.above.get(unit.id) ?? unit.y,
      below: placement.below.get(unit.id) ?? unit.y + size.node.height,
    });
  }
  columns.sort();
  const pairs = links.flatMap((link, i) => {
    const from = ends.get(link.source);
    const to = ends.get(link.target);
    return from === undefined || to === undefined || from === to ? [] : [{ link: i, count: 1, from, to }];
  });
  return route(pairs, columns, true);
}

function groupEnd(group: PlacedGroup, placement: Placement): End {
  const first = group.units[0] ?? "";
  const last = group.units[group.units.length - 1] ?? "";
  return {
    id: group.id,
    x: group.x + group.width / 2,
    left: group.x,
    right: group.x + group.width,
    top: group.y,
    bottom: group.y + group.height,
    above: placement.above.get(first) ?? group.y,
    below: placement.below.get(last) ?? group.y + group.height,
  };
}

/** One wire per pair of compositions, with how many it stands for (middle zoom). */
export function routeGroups(placement: Placement, links: Link[]): Wire[] {
  const groupOf = new Map<string, PlacedGroup>();
  for (const group of placement.groups) for (const id of group.units) groupOf.set(id, group);
  const counts = new Map<string, { from: PlacedGroup; to: PlacedGroup; count: number }>();
  for (const link of links) {
    const from = groupOf.get(link.source);
    const to = groupOf.get(link.target);
    if (from === undefined || to === undefined || from === to) continue;
    const key = `${from.id}>${to.id}`;
    const old = counts.get(key);
    if (old === undefined) counts.set(key, { from, to, count: 1 });
    else old.count += 1;
  }
  const ends = new Map(placement.groups.map((group) => [group.id, groupEnd(group, placement)]));
  const pairs = [...counts.values()].flatMap(({ from, to, count }) => {
    const a = ends.get(from.id);
    const b = ends.get(to.id);
    return a === undefined || b === undefined ? [] : [{ link: -1, count, from: a, to: b }];
  });
  // Compositions have different widths, so a column is rarely free all the way: always take the gap.
  const blocked = new Columns();
  for (const group of placement.groups) blocked.add(group.x, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  blocked.sort();
  return route(pairs, blocked, false);
}
