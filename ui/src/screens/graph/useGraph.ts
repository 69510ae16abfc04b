import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { query, useApi } from "../../api/client";
import type { EdgeDto, GraphDto, SaidDto, UnassembledDto, UnitNodeDto } from "../../api/dto";
import { type Layer, layerOf } from "../../parts/marks";
import { type Status, statusOf } from "../../parts/status";

export type BadgeKind = "draft" | "change" | "lock";

export interface Badge {
  kind: BadgeKind;
  /** Who, until when, which ChangeSet: shown on hover and read out. */
  text: string;
}

/** One unit as the canvas needs it. */
export interface GraphUnit {
  id: string;
  environment: string;
  composition: string;
  module: string;
  layer: Layer;
  lifecycle: string;
  engine: string | null;
  status: Status;
  detail: string | null;
  /** The same, apart from its language. */
  said: SaidDto | null;
  badges: Badge[];
  labels: string[];
  gate: string;
  locked: string | null;
  draft: boolean;
  /** Names of its ports. */
  inputs: string[];
  outputs: string[];
}

export interface GraphEdge {
  source: string;
  target: string;
  kind: "data" | "order";
  outputs: string[];
  /** Every wire of the pair, port to port. */
  wires: { output: string; input: string }[];
  /** True if an order stands there without data. */
  declared: boolean;
}

export interface LaneRoute {
  layer: Layer;
  rule: string;
  reconcile: string;
  drift: string;
  gate: string;
}

export interface GraphView {
  units: GraphUnit[];
  edges: GraphEdge[];
  lanes: LaneRoute[];
  environments: string[];
}

function badgesOf(node: UnitNodeDto): Badge[] {
  const out: Badge[] = [];
  if (node.lockedBy) out.push({ kind: "lock", text: node.lockedBy });
  if (node.draft) out.push({ kind: "draft", text: "" });
  if (node.changeSet) out.push({ kind: "change", text: node.changeSet });
  return out;
}

/** An answer keeps the objects that did not change; so does what is read from them, and nothing of it is drawn again. */
function remembered<From extends object, To>(read: (from: From) => To): (from: From) => To {
  const known = new WeakMap<From, To>();
  return (from) => {
    const old = known.get(from);
    if (old !== undefined) return old;
    const made = read(from);
    known.set(from, made);
    return made;
  };
}

const readUnit = remembered((node: UnitNodeDto): GraphUnit => {
  return {
    id: node.id,
    environment: node.environment,
    composition: node.composition,
    module: node.module,
    layer: layerOf(node.layer),
    lifecycle: node.lifecycle,
    engine: node.engine === "" ? null : node.engine,
    status: statusOf(node.standing),
    detail: node.standingWhy === "" ? null : node.standingWhy,
    said: node.standingSaid ?? null,
    badges: badgesOf(node),
    labels: Object.entries(node.labels).flatMap(([key, value]) => [key, value, `${key}=${value}`]),
    gate: node.gate,
    locked: node.lockedBy ?? null,
    draft: node.draft,
    inputs: node.inputs,
    outputs: node.outputs,
  };
});

/** One wire per pair of units; its outputs joined, so that a picture of many inputs stays readable. */
const readEdges = remembered((edges: EdgeDto[]): GraphEdge[] => {
  const byPair = new Map<string, GraphEdge>();
  for (const { from, to, kind, output, input } of edges) {
    const key = `${from}>${to}`;
    const old = byPair.get(key) ?? {
      source: from,
      target: to,
      kind: "order" as const,
      outputs: [],
      wires: [],
      declared: false,
    };
    const wired = kind === "wired";
    byPair.set(key, {
      ...old,
      kind: wired ? "data" : old.kind,
      outputs: wired && output && !old.outputs.includes(output) ? [...old.outputs, output] : old.outputs,
      wires: wired && output && input ? [...old.wires, { output, input }] : old.wires,
      declared: old.declared || !wired,
    });
  }
  return [...byPair.values()];
});

const readUnassembled = remembered((node: UnassembledDto): GraphUnit => {
  return {
    id: `/${node.composition}/${node.module}`,
    environment: "",
    composition: node.composition,
    module: node.module,
    layer: layerOf(node.lifecycle),
    lifecycle: node.lifecycle,
    engine: node.engine === "" ? null : node.engine,
    status: "unassembled",
    detail: null,
    said: null,
    badges: [],
    labels: [],
    gate: "",
    locked: null,
    draft: false,
    inputs: [],
    outputs: [],
  };
});

/** Reads the server's words once; everything below works on closed types. */
export function readGraph(graph: GraphDto): GraphView {
  const units = [...graph.units.map(readUnit), ...graph.unassembled.map(readUnassembled)];
  return {
    units,
    edges: readEdges(graph.edges),
    lanes: graph.lanes.map(({ lifecycle, rule, reconcile, drift, gate }) => ({
      layer: layerOf(lifecycle),
      rule,
      reconcile,
      drift,
      gate,
    })),
    environments: [...new Set(units.map((unit) => unit.environment))],
  };
}

/** The units and wires of one environment, or of all. */
export function useGraph(environment: string | undefined) {
  const api = useApi();
  const answer = useQuery({
    queryKey: ["graph", environment ?? ""],
    queryFn: ({ signal }) => api.get<GraphDto>(`/api/graph${query({ env: environment, draft: true })}`, signal),
    placeholderData: keepPreviousData,
  });
  const view = useMemo(() => (answer.data === undefined ? null : readGraph(answer.data)), [answer.data]);
  return { view, error: answer.error, refetch: answer.refetch };
}
