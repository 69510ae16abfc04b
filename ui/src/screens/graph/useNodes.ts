import type { Node } from "@xyflow/react";
import { useMemo, useRef } from "react";
import { type Layout, size } from "./layout/types";
import { overlaps, useVisibleTiles } from "./tiles";
import type { UnitNodeData } from "./UnitNode";
import type { GraphEdge, GraphUnit } from "./useGraph";

type UnitFlowNode = Node<UnitNodeData>;

/** How many outputs each unit takes. */
function wiredInto(edges: GraphEdge[]): Map<string, number> {
  const wired = new Map<string, number>();
  for (const edge of edges)
    if (edge.kind === "data") wired.set(edge.target, (wired.get(edge.target) ?? 0) + edge.outputs.length);
  return wired;
}

/** The node as it was, if nothing about it is new: what is the same object is not drawn again. */
function nodeOf(old: UnitFlowNode | undefined, unit: GraphUnit, wired: number, x: number, y: number): UnitFlowNode {
  const same = old?.data.unit === unit && old.data.wired === wired;
  if (same && old.position.x === x && old.position.y === y) return old;
  return {
    id: unit.id,
    type: "unit",
    position: { x, y },
    // What no Environment assembles has no unit yet whose place could be kept.
    draggable: unit.environment !== "",
    data: same ? old.data : { unit, wired },
    ...size.node,
  };
}

/**
 * The nodes of the tiles in view and no others: what is far away costs React Flow nothing while the canvas moves,
 * however large the workspace is.
 */
export function useNodes(layout: Layout, shown: Map<string, GraphUnit>, edges: GraphEdge[]): UnitFlowNode[] {
  const view = useVisibleTiles();
  const wired = useMemo(() => wiredInto(edges), [edges]);
  const last = useRef(new Map<string, UnitFlowNode>());
  return useMemo(() => {
    const made = new Map<string, UnitFlowNode>();
    for (const { id, x, y } of layout.units) {
      const unit = shown.get(id);
      const box = { x0: x, y0: y, x1: x + size.node.width, y1: y + size.node.height };
      if (unit === undefined || !overlaps(box, view)) continue;
      made.set(id, nodeOf(last.current.get(id), unit, wired.get(id) ?? 0, x, y));
    }
    last.current = made;
    return [...made.values()];
  }, [layout, shown, wired, view]);
}
