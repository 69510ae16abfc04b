import { useStore, useViewport, ViewportPortal } from "@xyflow/react";
import { memo, useMemo } from "react";
import { layerClass } from "../../parts/marks";
import type { Layout, Wire } from "./layout/types";
import { overlaps, useVisibleTiles } from "./tiles";
import type { GraphEdge } from "./useGraph";
import { NEAR_ZOOM, useCanvasView } from "./view";
import { wireKey } from "./WireBar";

function arrow({ end, arrives }: Wire): string {
  return arrives === "right"
    ? `M${end.x - 6} ${end.y - 3.5}L${end.x} ${end.y}L${end.x - 6} ${end.y + 3.5}z`
    : `M${end.x - 3.5} ${end.y - 6}L${end.x} ${end.y}L${end.x + 3.5} ${end.y - 6}z`;
}

interface WireShapeProps {
  wire: Wire;
  edge: GraphEdge | undefined;
  lit: boolean;
  dim: boolean;
  onPick: ((key: string) => void) | null;
}

const WireShape = memo(function WireShape({ wire, edge, lit, dim, onPick }: WireShapeProps) {
  const order = edge?.kind === "order";
  const tone = `${lit ? " hl" : ""}${dim ? " dim" : ""}`;
  return (
    <g>
      {onPick !== null && (
        // biome-ignore lint/a11y/noStaticElementInteractions: its twin for the keyboard is the sheet of wires (W)
        <path
          className="hit"
          d={wire.d}
          data-wire={wireKey(wire)}
          onClick={() => onPick(wireKey(wire))}
          onKeyDown={undefined}
        />
      )}
      <path className={`e ${order ? "dep" : "data"}${tone}`} d={wire.d} />
      {order ? (
        <path className={`a${tone}`} d={arrow(wire)} />
      ) : (
        <>
          <rect className={`p${tone}`} x={wire.start.x - 3} y={wire.start.y - 3} width="6" height="6" rx="1" />
          <rect className={`p${tone}`} x={wire.end.x - 3} y={wire.end.y - 3} width="6" height="6" rx="1" />
        </>
      )}
    </g>
  );
});

/** Compositions, wires and labels under the nodes; only what is in view is mounted. */
export function Wires({
  layout,
  edges,
  lit,
  cone,
  onPick,
}: {
  layout: Layout;
  edges: GraphEdge[];
  lit: string | null;
  cone: Set<string> | null;
  /** A wire was clicked. */
  onPick: (key: string) => void;
}) {
  const picked = useCanvasView((state) => state.wire);
  const view = useVisibleTiles();
  const near = useStore((state) => state.transform[2] >= NEAR_ZOOM);
  const groups = useMemo(
    () => layout.groups.filter((g) => overlaps({ x0: g.x, y0: g.y, x1: g.x + g.width, y1: g.y + g.height }, view)),
    [layout, view],
  );
  const shown = useMemo(
    () => (near ? layout.wires : layout.bundles).filter((wire) => overlaps(wire.box, view)),
    [layout, near, view],
  );
  const litGroup = lit === null ? null : lit.slice(0, lit.lastIndexOf("/"));
  const isLit = (wire: Wire) => {
    if (picked !== null && near && wireKey(wire) === picked) return true;
    if (cone !== null && near) return cone.has(wire.source) && cone.has(wire.target);
    const id = near ? lit : litGroup;
    return id !== null && (wire.source === id || wire.target === id);
  };
  const sorted = [...shown].sort((a, b) => Number(isLit(a)) - Number(isLit(b)));
  return (
    <ViewportPortal>
      {groups.map((group) => (
        <div
          key={group.id}
          className={`grp ${layerClass(group.layer)}`}
          style={{ left: group.x, top: group.y, width: group.width, height: group.height }}
        />
      ))}
      <svg className="edges" width={layout.width} height={layout.height} aria-hidden="true">
        <title>wires</title>
        {sorted.map((wire) => (
          <WireShape
            key={`${wire.source}>${wire.target}>${wire.link}`}
            wire={wire}
            edge={edges[wire.link]}
            lit={isLit(wire)}
            dim={cone !== null && !isLit(wire)}
            onPick={near ? onPick : null}
          />
        ))}
      </svg>
      {groups.map((group) => (
        <span
          key={group.id}
          className={`grp-name ${layerClass(group.layer)}`}
          style={{ left: group.x + 6, top: group.y + 1, maxWidth: group.width - 12 }}
        >
          {group.composition}
        </span>
      ))}
      {!near &&
        sorted
          .filter((wire) => wire.count > 1)
          .map((wire) => (
            <span
              key={`${wire.source}>${wire.target}`}
              className="el count num"
              style={{ left: wire.label.x, top: wire.label.y }}
            >
              {wire.count}
            </span>
          ))}
    </ViewportPortal>
  );
}

/** Names of the outputs on the selected unit's wires; above the nodes, so that they are never cut. */
export function WireLabels({ layout, edges, lit }: { layout: Layout; edges: GraphEdge[]; lit: string | null }) {
  const { x, y, zoom } = useViewport();
  if (lit === null || zoom < NEAR_ZOOM) return null;
  const named = layout.wires.filter(
    (wire) => (wire.source === lit || wire.target === lit) && edges[wire.link]?.outputs.length,
  );
  return (
    <div className="wire-labels">
      {named.map((wire) => (
        <span
          key={`${wire.source}>${wire.target}`}
          className="el mono"
          style={{ left: x + wire.label.x * zoom, top: y + wire.label.y * zoom }}
        >
          {edges[wire.link]?.outputs.join(", ")}
        </span>
      ))}
    </div>
  );
}
