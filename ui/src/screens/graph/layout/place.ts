import { type Layer, layers } from "../../../parts/marks";
import type { LayoutInput, Link, PlacedColumn, PlacedGroup, PlacedLane, PlacedUnit, Point, UnitBox } from "./types";
import { size } from "./types";

/** One composition inside one environment, before it has a place. */
interface Block {
  id: string;
  environment: string;
  composition: string;
  layer: Layer;
  units: string[];
  columns: number;
  rows: number;
}

interface Seat {
  block: Block;
  column: number;
  shelf: number;
}

export interface Placement {
  units: PlacedUnit[];
  groups: PlacedGroup[];
  lanes: PlacedLane[];
  columns: PlacedColumn[];
  /** The y of the free strip under each row of a shelf, by unit id: wires run there. */
  below: Map<string, number>;
  above: Map<string, number>;
  width: number;
  height: number;
}

/** Units of one composition in an order where a unit's followers stand right of it when they can. */
export function chainOrder(ids: string[], links: Link[]): string[] {
  const inside = new Set(ids);
  const followers = new Map<string, string[]>();
  const waiting = new Map<string, number>(ids.map((id) => [id, 0]));
  for (const { source, target } of links) {
    if (!inside.has(source) || !inside.has(target) || source === target) continue;
    followers.set(source, [...(followers.get(source) ?? []), target]);
    waiting.set(target, (waiting.get(target) ?? 0) + 1);
  }
  const out: string[] = [];
  const done = new Set<string>();
  const stack = ids.filter((id) => waiting.get(id) === 0).reverse();
  while (stack.length > 0) {
    const id = stack.pop();
    if (id === undefined || done.has(id)) continue;
    done.add(id);
    out.push(id);
    for (const next of [...(followers.get(id) ?? [])].reverse()) {
      const left = (waiting.get(next) ?? 1) - 1;
      waiting.set(next, left);
      if (left === 0) stack.push(next);
    }
  }
  // A cycle is an error the server reports; the canvas still draws its units.
  for (const id of ids) if (!done.has(id)) out.push(id);
  return out;
}

function blocksOf(units: UnitBox[], links: Link[]): Block[] {
  const byId = new Map<string, UnitBox[]>();
  for (const unit of units) {
    const id = `${unit.environment}/${unit.composition}`;
    const list = byId.get(id);
    if (list === undefined) byId.set(id, [unit]);
    else list.push(unit);
  }
  const blockOf = new Map(units.map((unit) => [unit.id, `${unit.environment}/${unit.composition}`]));
  const inner = new Map<string, Link[]>();
  for (const link of links) {
    const block = blockOf.get(link.source);
    if (block === undefined || block !== blockOf.get(link.target)) continue;
    const list = inner.get(block);
    if (list === undefined) inner.set(block, [link]);
    else list.push(link);
  }
  return [...byId].flatMap(([id, members]) => {
    const first = members[0];
    if (first === undefined) return [];
    const n = members.length;
    const columns = n <= size.rowUnits ? n : Math.min(10, Math.ceil(Math.sqrt(n * 1.6)));
    return [
      {
        id,
        environment: first.environment,
        composition: first.composition,
        layer: first.layer,
        units: chainOrder(
          members.map((m) => m.id),
          inner.get(id) ?? [],
        ),
        columns,
        rows: Math.ceil(n / columns),
      },
    ];
  });
}

/** How many grid columns one environment gets: wide enough for a lane in one row while that is readable. */
function columnsFor(blocks: Block[]): number {
  const perLane = new Map<Layer, number>();
  let cells = 0;
  let widest: number = size.minColumns;
  for (const block of blocks) {
    perLane.set(block.layer, (perLane.get(block.layer) ?? 0) + block.columns);
    cells += block.columns * block.rows;
    widest = Math.max(widest, block.columns);
  }
  const fullLane = Math.max(...perLane.values(), size.minColumns);
  return Math.max(widest, Math.min(fullLane, Math.max(8, Math.ceil(Math.sqrt(cells * 1.5)))));
}

/** Seats a lane's blocks left to right, near what they depend on, wrapping into shelves. */
function seatLane(blocks: Block[], total: number, wish: Map<string, number>): Seat[] {
  const fits = blocks.reduce((sum, block) => sum + block.columns, 0) <= total;
  const wished = (block: Block) => wish.get(block.id) ?? Number.MAX_SAFE_INTEGER;
  // In one row, blocks stand near what they depend on; in several, equal heights waste the least room.
  const sorted = [...blocks].sort((a, b) => (fits ? 0 : b.rows - a.rows) || wished(a) - wished(b));
  const seats: Seat[] = [];
  let column = 0;
  let shelf = 0;
  let left = sorted.reduce((sum, block) => sum + block.columns, 0);
  for (const block of sorted) {
    if (column > 0 && column + block.columns > total) {
      column = 0;
      shelf += 1;
    }
    const wanted = wish.has(block.id) ? Math.round((wish.get(block.id) ?? 0) - (block.columns - 1) / 2) : column;
    const at = fits ? Math.max(column, Math.min(wanted, total - left)) : column;
    seats.push({ block, column: at, shelf });
    column = at + block.columns;
    left -= block.columns;
  }
  return seats;
}

function groupHeight(rows: number): number {
  return size.groupHead + (rows - 1) * size.rowPitch + size.node.height + size.groupFoot;
}

interface EnvironmentSeats {
  environment: string;
  total: number;
  lanes: Map<Layer, Seat[]>;
}

function seatEnvironment(environment: string, blocks: Block[], upstream: Map<string, string[]>): EnvironmentSeats {
  const total = columnsFor(blocks);
  const lanes = new Map<Layer, Seat[]>();
  const columnOf = new Map<string, number>();
  for (const layer of layers) {
    const wish = new Map<string, number>();
    const own = blocks.filter((block) => block.layer === layer);
    for (const block of own) {
      const above = block.units.flatMap((id) => upstream.get(id) ?? []).flatMap((id) => columnOf.get(id) ?? []);
      if (above.length > 0) wish.set(block.id, above.reduce((a, b) => a + b, 0) / above.length);
    }
    const seats = seatLane(own, total, wish);
    for (const { block, column } of seats)
      for (const [i, id] of block.units.entries()) columnOf.set(id, column + (i % block.columns));
    lanes.set(layer, seats);
  }
  return { environment, total, lanes };
}

function shelfHeights(seats: Seat[]): number[] {
  const heights: number[] = [];
  for (const { block, shelf } of seats) heights[shelf] = Math.max(heights[shelf] ?? 0, groupHeight(block.rows));
  return heights;
}

/** Gives every unit, composition and lane its rectangle. Same input, same picture. */
export function place(input: LayoutInput): Placement {
  const { links, environments } = input;
  const folded = new Set(input.folded);
  const places = new Map(Object.entries(input.places ?? {}));
  const farthest = new Map<string, number>();
  for (const { id, environment } of input.units) {
    const right = (places.get(id)?.x ?? 0) + size.node.width;
    if (places.has(id)) farthest.set(environment, Math.max(farthest.get(environment) ?? 0, right));
  }
  const upstream = new Map<string, string[]>();
  for (const { source, target } of links) {
    const list = upstream.get(target);
    if (list === undefined) upstream.set(target, [source]);
    else list.push(source);
  }
  const blocks = blocksOf(input.units, links);
  const seated = environments.map((environment) =>
    seatEnvironment(
      environment,
      blocks.filter((b) => b.environment === environment),
      upstream,
    ),
  );
  const out: Placement = {
    units: [],
    groups: [],
    lanes: [],
    columns: [],
    below: new Map(),
    above: new Map(),
    width: 0,
    height: 0,
  };
  let x = 0;
  for (const { environment, total } of seated) {
    const width = Math.max(total * size.columnPitch - 2 * size.groupPad, farthest.get(environment) ?? 0);
    out.columns.push({ environment, x, width });
    x += width + 2 * size.groupPad + size.environmentGap;
  }
  out.width = Math.max(0, x - size.environmentGap);
  let y: number = environments.length > 1 ? size.columnHead : 0;
  for (const layer of layers) y = placeLane(layer, y, seated, folded.has(layer), places, out);
  out.height = y;
  return out;
}

function placeLane(
  layer: Layer,
  top: number,
  seated: EnvironmentSeats[],
  folded: boolean,
  places: ReadonlyMap<string, Point>,
  out: Placement,
): number {
  const units = seated.reduce(
    (n, e) => n + (e.lanes.get(layer) ?? []).reduce((m, s) => m + s.block.units.length, 0),
    0,
  );
  if (units === 0 || folded) {
    out.lanes.push({ layer, y: top, height: size.foldedLane, units, folded });
    return top + size.foldedLane;
  }
  const heights: number[] = [];
  for (const { lanes } of seated) {
    shelfHeights(lanes.get(layer) ?? []).forEach((h, i) => {
      heights[i] = Math.max(heights[i] ?? 0, h);
    });
  }
  let y = top;
  // A lane reaches as low as what was put into it.
  let lowest = top;
  const tops = heights.map((h) => {
    const at = y + size.lanePadTop;
    y = at + h + size.lanePadBottom;
    return at;
  });
  seated.forEach(({ lanes }, e) => {
    const left = out.columns[e]?.x ?? 0;
    for (const seat of lanes.get(layer) ?? []) {
      placeBlock(seat, left, tops[seat.shelf] ?? top, heights[seat.shelf] ?? 0, out);
      lowest = Math.max(lowest, putByHand(seat.block, { x: left, y: top }, places, out));
    }
  });
  y = Math.max(y, lowest + size.lanePadBottom);
  out.lanes.push({ layer, y: top, height: y - top, units, folded });
  return y;
}

function placeBlock({ block, column }: Seat, left: number, top: number, shelfHeight: number, out: Placement): void {
  const x = left + column * size.columnPitch;
  out.groups.push({
    id: block.id,
    environment: block.environment,
    composition: block.composition,
    layer: block.layer,
    x,
    y: top,
    width: block.columns * size.columnPitch - 2 * size.groupPad,
    height: groupHeight(block.rows),
    units: block.units,
  });
  const shelfGap = top + shelfHeight + (size.lanePadTop + size.lanePadBottom) / 2;
  const gapAbove = top - (size.lanePadTop + size.lanePadBottom) / 2;
  block.units.forEach((id, i) => {
    const row = Math.floor(i / block.columns);
    const unitY = top + size.groupHead + row * size.rowPitch;
    out.units.push({
      id,
      x: x + size.groupPad + (i % block.columns) * size.columnPitch,
      y: unitY,
      row,
      column: column + (i % block.columns),
    });
    const rowGap = (size.rowPitch - size.node.height) / 2;
    out.below.set(id, row === block.rows - 1 ? shelfGap : unitY + size.node.height + rowGap);
    out.above.set(id, row === 0 ? gapAbove : unitY - rowGap);
  });
}

/** Moves the units of a block that people put somewhere, and its frame around them; says how low they reach. */
function putByHand(block: Block, corner: Point, places: ReadonlyMap<string, Point>, out: Placement): number {
  if (!block.units.some((id) => places.has(id))) return corner.y;
  const own = out.units.slice(-block.units.length);
  for (const unit of own) {
    const place = places.get(unit.id);
    if (place === undefined) continue;
    unit.x = corner.x + Math.max(0, place.x);
    unit.y = corner.y + Math.max(0, place.y);
    const strip = (size.rowPitch - size.node.height) / 2;
    out.above.set(unit.id, unit.y - strip);
    out.below.set(unit.id, unit.y + size.node.height + strip);
  }
  const group = out.groups.at(-1);
  const bottom = Math.max(...own.map((u) => u.y)) + size.node.height + size.groupFoot;
  if (group === undefined) return bottom;
  group.x = Math.min(...own.map((u) => u.x)) - size.groupPad;
  group.y = Math.min(...own.map((u) => u.y)) - size.groupHead;
  group.width = Math.max(...own.map((u) => u.x)) + size.node.width + size.groupPad - group.x;
  group.height = bottom - group.y;
  return bottom;
}
