import { useViewport } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../parts/controls";
import { layerClass } from "../../parts/marks";
import type { Layout, PlacedLane } from "./layout/types";
import type { LaneRoute } from "./useGraph";
import { toggleLane } from "./view";

/** The swimlanes behind the nodes. */
export function LaneBands({ layout }: { layout: Layout }) {
  const { y, zoom } = useViewport();
  return (
    <div className="lanes" aria-hidden="true">
      {layout.lanes.map((lane) => (
        <div
          key={lane.layer}
          className={`lane ${layerClass(lane.layer)}`}
          style={{ top: y + lane.y * zoom, height: lane.height * zoom }}
        />
      ))}
    </div>
  );
}

function LaneHead({ lane, words, top, height }: { lane: PlacedLane; words: string[]; top: number; height: number }) {
  const { t } = useTranslation("graph");
  const { t: tp } = useTranslation("parts");
  const small = lane.units === 0 || lane.folded || height < 44;
  return (
    <div
      className={`lh ${layerClass(lane.layer)}${small ? " small" : ""}`}
      style={{ top, height }}
      title={[lane.layer, ...words].join("\n")}
    >
      <b title={tp(`layer.${lane.layer}`)}>{lane.layer}</b>
      {!small && height >= 84 && words.map((word) => <span key={word}>{word}</span>)}
      {lane.units === 0 && <span className="lh-empty">{t("laneEmpty")}</span>}
      {lane.folded && <span className="lh-empty num">{t("laneFolded", { count: lane.units })}</span>}
      {lane.units > 0 && (
        <IconButton
          className="lh-fold"
          label={lane.folded ? t("unfold", { lane: lane.layer }) : t("fold", { lane: lane.layer })}
          icon={lane.folded ? "right" : "down"}
          onClick={() => toggleLane(lane.layer)}
        />
      )}
    </div>
  );
}

/** The matrix row in force, in the words of the documents. */
function wordsOf(route: LaneRoute | undefined): string[] {
  return route === undefined ? [] : [[route.reconcile, route.drift].filter((w) => w !== "").join(", "), route.gate];
}

/** Lane names with the matrix row in force; they stay at the left edge while the canvas moves. */
export function LaneHeads({ layout, lanes }: { layout: Layout; lanes: LaneRoute[] }) {
  const { y, zoom } = useViewport();
  return (
    <div className="lane-heads">
      {layout.lanes.map((lane) => (
        <LaneHead
          key={lane.layer}
          lane={lane}
          words={wordsOf(lanes.find((l) => l.layer === lane.layer))}
          top={y + lane.y * zoom}
          height={lane.height * zoom}
        />
      ))}
    </div>
  );
}

/** Environment names over their columns, when several are shown side by side. */
export function ColumnHeads({ layout, guarded }: { layout: Layout; guarded: Set<string> }) {
  const { t } = useTranslation("graph");
  const { x, y, zoom } = useViewport();
  if (layout.columns.length < 2) return null;
  return (
    <div className="column-heads">
      {layout.columns.map((column) => (
        <div
          key={column.environment}
          className={guarded.has(column.environment) ? "column-head guarded" : "column-head"}
          style={{
            left: x + (column.x - 18) * zoom,
            width: (column.width + 36) * zoom,
            top: 0,
            bottom: 0,
            paddingTop: Math.max(2, y + 4 * zoom),
          }}
        >
          {column.environment === "" ? t("unassembledColumn") : <span className="mono">{column.environment}</span>}
        </div>
      ))}
    </div>
  );
}
