import { type NodeProps, useStore } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { IconName } from "../../parts/drawings";
import { Icon } from "../../parts/Icon";
import { EngineGlyph, layerClass } from "../../parts/marks";
import { StatusBadge } from "../../parts/StatusBadge";
import { iconOf, toneOf, wantsAttention } from "../../parts/status";
import type { Badge, BadgeKind, GraphUnit } from "./useGraph";
import { NEAR_ZOOM, useCanvasView } from "./view";
import { middle } from "./words";

export interface UnitNodeData extends Record<string, unknown> {
  unit: GraphUnit;
  wired: number;
}

const badgeIcons: Record<BadgeKind, { icon: IconName; tone: string }> = {
  draft: { icon: "pencil", tone: "acc" },
  change: { icon: "branch", tone: "wait" },
  lock: { icon: "lock", tone: "wait" },
};

const MAX_BADGES = 2;

function Badges({ badges }: { badges: Badge[] }) {
  const { t } = useTranslation("graph");
  const shown = badges.length > MAX_BADGES ? badges.slice(0, MAX_BADGES) : badges;
  return (
    <>
      {shown.map((badge) => {
        const { icon, tone } = badgeIcons[badge.kind];
        const text = badge.text === "" ? t(`badge.${badge.kind}`) : badge.text;
        return (
          <span key={badge.kind} className={`bd ${tone}`} title={text} role="img" aria-label={text}>
            <Icon name={icon} size="xs" />
          </span>
        );
      })}
      {badges.length > MAX_BADGES && <span className="bd-more t11 mut">+{badges.length - MAX_BADGES}</span>}
    </>
  );
}

const nearSelector = (state: { transform: [number, number, number] }) => state.transform[2] >= NEAR_ZOOM;

/** A unit on the canvas: near with its state line, middle with name and icon only. */
function UnitNodeBody({ data }: NodeProps & { data: UnitNodeData }) {
  const { unit, wired } = data;
  const { t } = useTranslation("graph");
  const { t: tp } = useTranslation("parts");
  const near = useStore(nearSelector);
  const selected = useCanvasView((state) => state.selected === unit.id);
  const attention = wantsAttention(unit.status);
  const tone = toneOf(unit.status);
  const state = tp(`status.${unit.status}`);
  const label = t("nodeLabel", {
    name: unit.module,
    layer: unit.layer,
    engine: unit.engine ?? t("noEngine"),
    state: unit.detail === null ? state : `${state}, ${unit.detail}`,
    count: wired,
  });
  const classes = ["node", layerClass(unit.layer)];
  if (unit.layer === "Ephemeral" || unit.status === "unassembled") classes.push("eph");
  if (attention) classes.push("att", tone);
  if (selected) classes.push("sel");
  return (
    <button
      type="button"
      className={`${classes.join(" ")}${near ? "" : " mid"}`}
      data-unit={unit.id}
      tabIndex={selected ? 0 : -1}
      aria-label={label}
      aria-pressed={selected}
      title={unit.id}
    >
      {near ? (
        <>
          <span className="n1">
            <EngineGlyph engine={unit.engine} />
            <b className="ell">{middle(unit.module, 17 - 3 * Math.min(unit.badges.length, 3))}</b>
            <Badges badges={unit.badges} />
          </span>
          <span className="n2">
            <StatusBadge status={unit.status} title={unit.detail ?? undefined} />
          </span>
        </>
      ) : (
        <span className="n-mid">
          <b className="ell">{unit.module}</b>
          <span className={`${tone} cc`}>
            <Icon name={iconOf(unit.status)} />
          </span>
        </span>
      )}
    </button>
  );
}

export const UnitNode = memo(UnitNodeBody, (a, b) => a.data === b.data);
