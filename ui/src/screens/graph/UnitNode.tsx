import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import type { IconName } from "../../parts/drawings";
import { InlineIcon } from "../../parts/Icon";
import { EngineGlyph, layerClass } from "../../parts/marks";
import { StatusMark } from "../../parts/StatusBadge";
import { iconOf, toneOf, wantsAttention } from "../../parts/status";
import { type NodeWords, useNodeWords } from "./nodeWords";
import type { Badge, BadgeKind, GraphUnit } from "./useGraph";
import { useCanvasView } from "./view";
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
  const { graph: t } = useNodeWords();
  const shown = badges.length > MAX_BADGES ? badges.slice(0, MAX_BADGES) : badges;
  return (
    <>
      {shown.map((badge) => {
        const { icon, tone } = badgeIcons[badge.kind];
        const text =
          badge.text === "" || badge.kind === "draft"
            ? t(`badge.${badge.kind}`)
            : t(`badgeText.${badge.kind}`, { text: badge.text });
        return (
          <span key={badge.kind} className={`bd ${tone}`} title={text} role="img" aria-label={text}>
            <InlineIcon name={icon} size="xs" />
          </span>
        );
      })}
      {badges.length > MAX_BADGES && <span className="bd-more t11 mut">+{badges.length - MAX_BADGES}</span>}
    </>
  );
}

/** A unit on the canvas: near with its state line, middle with name and icon only. */
function UnitNodeBody({ data }: NodeProps & { data: UnitNodeData }) {
  const { unit, wired } = data;
  const { graph: t, author: ta, parts: tp, say, near } = useNodeWords();
  const selected = useCanvasView((state) => state.selected === unit.id || state.picked.has(unit.id));
  // One stop for the Tab key, however many are selected.
  const focusable = useCanvasView((state) => state.selected === unit.id);
  const attention = wantsAttention(unit.status);
  const tone = toneOf(unit.status);
  const classes = ["node", layerClass(unit.layer)];
  if (unit.layer === "Ephemeral" || unit.status === "unassembled") classes.push("eph");
  if (unit.status === "brokenFile") classes.push("stale");
  if (attention) classes.push("att", tone);
  if (selected) classes.push("sel");
  return (
    <>
      <button
        type="button"
        className={`${classes.join(" ")}${near ? "" : " mid"}`}
        data-unit={unit.id}
        tabIndex={focusable ? 0 : -1}
        aria-pressed={selected}
        title={unit.id}
      >
        {near ? (
          <>
            <span className="n1">
              <EngineGlyph engine={unit.engine} inline />
              <UnitName unit={unit} max={17 - 3 * Math.min(unit.badges.length, 3)} />
              <Badges badges={unit.badges} />
            </span>
            <span className="n2">
              <StatusMark
                status={unit.status}
                inline
                word={tp(`status.${unit.status}`)}
                title={unit.detail === null ? undefined : say.one(unit.said, unit.detail)}
              />
            </span>
          </>
        ) : (
          <span className="n-mid">
            <b className="ell">{unit.module}</b>
            <span className={`${tone} cc`}>
              <InlineIcon name={iconOf(unit.status)} />
            </span>
          </span>
        )}
        <span className="vh">
          {!near && `${contextOf(unit, t)} ${tp(`status.${unit.status}`)}`}
          {t("nodeWired", { count: wired })}
        </span>
      </button>
      {near && (
        <>
          <Handle
            type="target"
            position={Position.Top}
            className="port in"
            title={ta("handle.in", { unit: unit.id })}
          />
          <Handle
            type="source"
            position={Position.Bottom}
            className="port out"
            title={ta("handle.out", { unit: unit.id })}
          />
        </>
      )}
    </>
  );
}

/** The name as far as it fits, then, for readers, the whole name, layer and engine. */
function UnitName({ unit, max }: { unit: GraphUnit; max: number }) {
  const { graph: t } = useNodeWords();
  const shown = middle(unit.module, max);
  const cut = shown !== unit.module;
  return (
    <>
      <b className="ell" aria-hidden={cut || undefined}>
        {shown}
      </b>
      <span className="vh">
        {cut && unit.module}
        {contextOf(unit, t)}
      </span>
    </>
  );
}

function contextOf(unit: GraphUnit, t: NodeWords["graph"]): string {
  return t("nodeContext", { layer: unit.layer, engine: unit.engine ?? t("noEngine") });
}

export const UnitNode = memo(UnitNodeBody, (a, b) => a.data === b.data);
