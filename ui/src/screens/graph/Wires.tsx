import { useStore, useViewport, ViewportPortal } from "@xyflow/react";
import { useMemo } from "react";
import { layerClass } from "../../parts/marks";
import type { Layout, Wire } from "./layout/types";
import type { GraphEdge } from "./useGraph";
import { NEAR_ZOOM, useCanvasView } from "./view";
import { wireKey } from "./WireBar";

const TILE = 600;

interface Rect {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** The visible part of the canvas, widened to whole tiles so that it changes seldom while panning. */
function useVisibleTiles(): Rect {
  const key = useStore(({ transform: [x, y, zoom], width, height }) => {
    const tile = TILE / Math.min(1, zoom);
    const x0 = Math.floor(-x / zoom / tile - 0.5) * tile;
    const y0 = Math.floor(-y / zoom / tile - 0.5) * tile;
    const x1 = Math.ceil((width - x) / zoom / tile + 0.5) * tile;
    const y1 = Math.ceil((height - y) / zoom / tile + 0.5) * tile;
    return `${x0},${y0},${x1},${y1}`;
  });
  return useMemo(() => {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = key.split(",").map(Number);
    return { x0, y0, x1, y1 };
  }, [key]);
}

function overlaps(box: Rect, view: Rect): boolean {
  return box.x0 < view.x1 && box.x1 > view.x0 && box.y0 < view.y1 && box.y1 > view.y0;
}

function arrow({ end, arrives }: Wire): string {
  return arrives === "right"
    ? `M${end.x - 6} ${end.y - 3.5}L${end.x} ${end.y}L${end.x - 6} ${end.y + 3.5}z`
    : `M${end.x - 3.5} ${end.y - 6}L${end.x} ${end.y}L${end.x + 3.5} ${end.y - 6}z`;
}

function WireShape({
  wire,
  edge,
  lit,
  dim,
  onPick,
}: {
  wire: Wire;
  edge: GraphEdge | undefined;
  lit: boolean;
  dim: boolean;
  onPick: (() => void) | null;
}) {
  const order = edge?.kind === "order";
  const tone = `${lit ? " hl" : ""}${dim ? " dim" : ""}`;
  return (
    <g>
      {onPick !== null && (
        // biome-ignore lint/a11y/noStaticElementInteractions: its twin for the keyboard is the sheet of wires (W)
        <path className="hit" d={wire.d} data-wire={wireKey(wire)} onClick={onPick} onKeyDown={undefined} />
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
}

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
  const groups = layout.groups.filter((g) =>
    overlaps({ x0: g.x, y0: g.y, x1: g.x + g.width, y1: g.y + g.height }, view),
  );
  const shown = (near ? layout.wires : layout.bundles).filter((wire) => overlaps(wire.box, view));
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
            onPick={near ? () => onPick(wireKey(wire)) : null}
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
