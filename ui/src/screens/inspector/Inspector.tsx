import "./inspector.css";
import { type PointerEvent, type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { UnitDetailDto } from "../../api/dto";
import { IconButton } from "../../parts/controls";
import { DiagnosticList } from "../../parts/Diagnostics";
import { EngineGlyph, LayerTag, layerClass } from "../../parts/marks";
import { StatusBadge } from "../../parts/StatusBadge";
import { ErrorState, SkeletonRows } from "../../parts/states";
import { statusOf } from "../../parts/status";
import { Tabs } from "../../parts/Tabs";
import { useSay } from "../../parts/useSay";
import { usePrefs } from "../../state/prefs";
import { FormTab } from "./FormTab";
import { HistoryTab } from "./HistoryTab";
import { OutputsTab } from "./OutputsTab";
import { PlanTab } from "./PlanTab";
import { RouteWhy } from "./RouteWhy";
import { useUnit } from "./useUnit";
import { YamlTab } from "./YamlTab";

const MIN_WIDTH = 320;
const MAX_WIDTH = 560;
const tabs = ["form", "yaml", "plan", "outputs", "history"] as const;
type TabName = (typeof tabs)[number];

/** One selected unit: understand it, edit it. */
export function Inspector({
  id,
  onSelect,
  idle,
}: {
  id: string | null;
  onSelect: (id: string | null) => void;
  idle: ReactNode;
}) {
  const { t } = useTranslation("inspector");
  const unit = useUnit(id);
  return (
    <aside className="ins" aria-label={t("label")}>
      <Grip />
      {id === null || id.startsWith("/") ? (
        idle
      ) : unit.error !== null ? (
        <ErrorState error={unit.error} onRetry={() => void unit.refetch()} />
      ) : unit.data === undefined ? (
        <SkeletonRows rows={8} what={t("waits")} />
      ) : (
        <Body key={id} unit={unit.data} onSelect={onSelect} />
      )}
    </aside>
  );
}

/** The left edge: drag, or arrow keys, between 320 and 560. */
function Grip() {
  const { t } = useTranslation("inspector");
  const width = usePrefs((state) => state.inspectorWidth);
  const set = usePrefs((state) => state.set);
  const resize = (next: number) => set({ inspectorWidth: Math.round(Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, next))) });
  useEffect(() => {
    document.documentElement.style.setProperty("--inspector-w", `${width}px`);
  }, [width]);
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) resize(window.innerWidth - event.clientX);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a movable separator is no <hr>
    <div
      className="grip"
      role="separator"
      aria-orientation="vertical"
      aria-label={t("resize")}
      aria-valuemin={MIN_WIDTH}
      aria-valuemax={MAX_WIDTH}
      aria-valuenow={width}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") resize(width + 16);
        else if (event.key === "ArrowRight") resize(width - 16);
      }}
    />
  );
}

function Head({ unit, onClose }: { unit: UnitDetailDto; onClose: () => void }) {
  const { t } = useTranslation("inspector");
  const say = useSay();
  const { node } = unit;
  return (
    <div className={`ihd ${layerClass(node.layer)}`}>
      <div className="fx ihd-1">
        <EngineGlyph engine={node.engine} />
        <h2 className="ell" title={node.module}>
          {node.module}
        </h2>
        <span className="grow" />
        <StatusBadge status={statusOf(node.standing)} chip />
        <IconButton label={t("close")} icon="x" onClick={onClose} />
      </div>
      <div className="fx t12 mut ihd-2">
        <span className="mono ell" title={node.id}>
          {node.id}
        </span>
        <IconButton
          className="mini"
          label={t("copyId")}
          icon="copy"
          onClick={() => void navigator.clipboard?.writeText(node.id)}
        />
        <span className="grow" />
        <LayerTag layer={node.layer} extra={node.changeFrequency === "" ? undefined : node.changeFrequency} />
      </div>
      {node.standingWhy !== "" && <p className="ihd-why t12 sec">{say.one(node.standingSaid, node.standingWhy)}</p>}
    </div>
  );
}

function Body({ unit, onSelect }: { unit: UnitDetailDto; onSelect: (id: string | null) => void }) {
  const { t } = useTranslation("inspector");
  const say = useSay();
  const [tab, setTab] = useState<TabName>("form");
  const loose = unit.diagnostics.filter(
    (d) =>
      !unit.inputs.some((input) => input.diagnostics.some((own) => own.message === d.message && own.line === d.line)),
  );
  return (
    <>
      <Head unit={unit} onClose={() => onSelect(null)} />
      <Tabs
        label={t("tab.label")}
        value={tab}
        onChange={setTab}
        tabs={tabs.map((value) => ({ value, label: t(`tab.${value}`) }))}
      >
        {tab === "form" && (
          <>
            <div className="form-scroll">
              {loose.length > 0 && (
                <div className="loose">
                  <DiagnosticList diagnostics={loose} />
                </div>
              )}
              <FormTab unit={unit} onSelect={onSelect} />
            </div>
            <div className="route-scroll">
              <RouteWhy route={unit.route} unit={unit.node.id} />
            </div>
          </>
        )}
        {tab === "yaml" && <YamlTab yaml={unit.yaml} />}
        {tab === "plan" && <PlanTab unit={unit} />}
        {tab === "outputs" && <OutputsTab outputs={unit.outputs} onSelect={onSelect} />}
        {tab === "history" && <HistoryTab history={unit.history} />}
      </Tabs>
      {unit.ifPlanned.length > 0 && (
        <div className="fore">
          <svg className="i s" aria-hidden="true">
            <use href="#i-clock" />
          </svg>
          <p>
            <b className="m">{t("ifPlanned")}</b> {say.all(unit.ifPlannedSaid, unit.ifPlanned.join(" "))}
          </p>
        </div>
      )}
    </>
  );
}
