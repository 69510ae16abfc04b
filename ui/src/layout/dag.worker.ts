import ELK, { type ElkNode } from "elkjs/lib/elk.bundled.js";
import type { DagInput, DagLayout } from "./dag";

const elk = new ELK();

async function layOut(input: DagInput): Promise<DagLayout> {
  const graph: ElkNode = await elk.layout({
    id: "root",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": input.direction,
      "elk.edgeRouting": "ORTHOGONAL",
      "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
      "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
      "elk.layered.spacing.nodeNodeBetweenLayers": String(input.layerGap ?? 40),
      "elk.spacing.nodeNode": String(input.nodeGap ?? 28),
      "elk.padding": "[top=0,left=0,bottom=0,right=0]",
    },
    children: input.nodes.map(({ id, width, height }) => ({ id, width, height })),
    edges: input.edges.map(({ id, source, target }) => ({ id, sources: [source], targets: [target] })),
  });
  return {
    width: graph.width ?? 0,
    height: graph.height ?? 0,
    nodes: (graph.children ?? []).map(({ id, x, y, width, height }) => ({
      id,
      x: x ?? 0,
      y: y ?? 0,
      width: width ?? 0,
      height: height ?? 0,
    })),
    edges: (graph.edges ?? []).map(({ id, sections }) => ({
      id,
      points: (sections ?? [])
        .flatMap((s) => [s.startPoint, ...(s.bendPoints ?? []), s.endPoint])
        .map(({ x, y }) => ({ x, y })),
    })),
  };
}

self.onmessage = (event: MessageEvent<{ id: number; input: DagInput }>) => {
  const { id, input } = event.data;
  layOut(input).then(
    (layout) => self.postMessage({ id, layout }),
    (error: unknown) => self.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
  );
};
