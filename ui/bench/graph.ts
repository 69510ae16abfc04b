import type { EdgeDto, GraphDto, UnitNodeDto } from "../src/api/dto";
import { emptyGraph } from "../tests/fixtures/graph";

const ENVIRONMENT = "prod";
/** Units of the compositions, in turn: small ones, and now and then a large one. */
const SHAPES = [6, 4, 9, 3, 6, 2, 11, 5];
/** How a lane's share of all compositions grows downwards, as in a real repository. */
const SHARES: [string, number][] = [
  ["Foundation", 2],
  ["K8s", 2],
  ["PaaS", 4],
  ["Applications", 8],
  ["Config", 3],
  ["Ephemeral", 1],
];
const PERIOD = SHARES.reduce((sum, [, share]) => sum + share, 0);

/** The unit the page opens on, and the one the edit adds beside it. */
export const SHOWN = `${ENVIRONMENT}/foundation-0/part-0`;
export const ADDED = `${ENVIRONMENT}/foundation-0/added`;

function layerAt(index: number): { layer: string; above: number } {
  let at = index % PERIOD;
  for (const [i, [layer, share]] of SHARES.entries()) {
    const wider = SHARES[i - 1]?.[1];
    if (at < share) return { layer, above: wider === undefined ? -1 : index - at - wider + (at % wider) };
    at -= share;
  }
  return { layer: "Config", above: -1 };
}

function standingAt(index: number): string {
  if (index % 97 === 13) return "failed";
  if (index % 41 === 7) return "drift";
  return index % 23 === 5 ? "pending-change" : "healthy";
}

function unitOf(composition: string, module: string, layer: string, index: number): UnitNodeDto {
  return {
    id: `${ENVIRONMENT}/${composition}/${module}`,
    environment: ENVIRONMENT,
    composition,
    module,
    lifecycle: layer,
    layer,
    changeFrequency: "medium",
    engine: layer === "Config" ? "playbook" : "terraform",
    standing: standingAt(index),
    standingWhy: "",
    draft: false,
    dependsOn: [],
    reads: [],
    inputs: ["size", "network", "labels"],
    outputs: ["id", "endpoint"],
    gate: "strong",
    labels: { team: `team-${index % 12}` },
    place: { file: `compositions/${composition}.yaml`, line: 8, column: 5 },
  };
}

function edge(from: UnitNodeDto, to: UnitNodeDto, wired: boolean): EdgeDto {
  const place = { file: `compositions/${to.composition}.yaml`, line: 14, column: 20 };
  return wired
    ? { from: from.id, to: to.id, kind: "wired", output: "id", input: "network", place }
    : { from: from.id, to: to.id, kind: "declared", place };
}

/** A workspace of `count` units in one Environment: the same for the same count. */
export function graphOf(count: number): GraphDto {
  const units: UnitNodeDto[] = [];
  const edges: EdgeDto[] = [];
  const compositions: UnitNodeDto[][] = [];
  while (units.length < count) {
    const index = compositions.length;
    const { layer, above } = layerAt(index);
    const size = Math.min(SHAPES[index % SHAPES.length] ?? 6, count - units.length);
    const name = `${layer.toLowerCase()}-${index}`;
    const own = Array.from({ length: size }, (_, i) => unitOf(name, `part-${i}`, layer, units.length + i));
    const upstream = compositions[above];
    own.forEach((unit, i) => {
      const before = own[i - 1];
      if (before !== undefined) edges.push(edge(before, unit, i % 3 !== 0));
      const far = upstream?.[i % (upstream.length || 1)];
      if (far !== undefined && i % 4 === 0) edges.push(edge(far, unit, true));
    });
    units.push(...own);
    compositions.push(own);
  }
  return { ...emptyGraph, units, edges };
}

/** The same workspace after an edit of the shown unit: only its state differs. */
export function edited(graph: GraphDto): GraphDto {
  return {
    ...graph,
    position: graph.position + 1,
    units: graph.units.map((unit) => (unit.id === SHOWN ? { ...unit, standing: "failed", draft: true } : unit)),
  };
}

/** The same workspace with one unit more, wired to the shown one: the picture has to be laid out anew. */
export function grown(graph: GraphDto): GraphDto {
  const shown = graph.units.find((unit) => unit.id === SHOWN);
  if (shown === undefined) throw new Error(`the generated graph has no unit ${SHOWN}`);
  const added = { ...shown, id: ADDED, module: "added", draft: true };
  return {
    ...graph,
    position: graph.position + 1,
    units: [...graph.units, added],
    edges: [...graph.edges, edge(shown, added, true)],
  };
}
