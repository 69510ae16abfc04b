import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { PhaseDto, RunDto, RunUnitDto } from "../../api/dto";
import { Button } from "../../parts/controls";
import { DiagnosticList } from "../../parts/Diagnostics";
import { Icon, type IconName } from "../../parts/Icon";
import { EngineGlyph } from "../../parts/marks";
import { StatusBadge } from "../../parts/StatusBadge";
import { statusOf, toneOf } from "../../parts/status";
import { useSay } from "../../parts/useSay";
import { useNow, useTimes } from "../../parts/useTimes";
import { nameOf } from "../changes/read";
import { phaseSpan, phaseWord } from "./spans";
import { isLive } from "./useRuns";

/** The chosen unit: its phases, what went wrong, what stays behind, and what a person can do about it. */
export function UnitPanel({
  run,
  unit,
  onSignOff,
  onResolve,
}: {
  run: RunDto;
  unit: RunUnitDto;
  onSignOff: () => void;
  onResolve: (() => void) | null;
}) {
  const { t } = useTranslation("run");
  const say = useSay();
  const status = statusOf(unit.state);
  const bad = toneOf(status) === "bad";
  const now = useNow(1000, toneOf(status) === "run");
  return (
    <div className="rn-unit">
      <div className="rn-unit-head">
        <EngineGlyph engine={unit.engine} />
        <b className="ell">{nameOf(unit.id)}</b>
        <StatusBadge status={status} />
        {unit.attempt > 0 && (
          <span className="mut nw">
            {t("attempt", { n: unit.attempt, all: Math.max(unit.attempt, unit.maxAttempts) })}
          </span>
        )}
        <span className="grow" />
        {unit.needsSignOff && (
          <Button icon="usercheck" onClick={onSignOff}>
            {t("signOff.open")}
          </Button>
        )}
        {bad && onResolve !== null && <Button onClick={onResolve}>{t("resolve.open")}</Button>}
        <Link to="/graph" search={(old) => ({ env: old.env, sel: unit.id })} className="nw">
          {t("openUnit")}
        </Link>
      </div>
      {unit.why !== "" && <p className="sec rn-unit-why">{say.one(unit.whySaid, unit.why)}</p>}
      <Phases phases={unit.phases} now={now} />
      {unit.error !== undefined && unit.error !== null && <DiagnosticList diagnostics={[unit.error]} />}
      {unit.leftBehind !== "" && (
        <p className="t12 warn cc">
          <b className="m">{t("leftBehind")}</b> {unit.leftBehind}
        </p>
      )}
      {isLive(run) && run.ifCancelled.length > 0 && (
        <p className="t12 sec">
          <b className="m">{t("ifCancelled")}</b> {say.all(run.ifCancelledSaid, run.ifCancelled.join("; "))}
        </p>
      )}
    </div>
  );
}

const looks: Record<string, { tone: string; icon: IconName }> = {
  running: { tone: "run", icon: "run" },
  ok: { tone: "ok", icon: "ok" },
  failed: { tone: "bad", icon: "bad" },
};

function Phases({ phases, now }: { phases: readonly PhaseDto[]; now: number }) {
  const { t } = useTranslation("run");
  const times = useTimes();
  if (phases.length === 0) return <p className="mut t12">{t("notStarted")}</p>;
  return (
    <ol className="rn-phases">
      {phases.map((phase) => {
        const waits = phase.phase === "waiting" || phase.phase === "observing";
        const look =
          waits && phase.outcome !== "failed" ? { tone: "wait", icon: "clock" as const } : looks[phase.outcome];
        const word = phaseWord(phase.phase);
        return (
          <li key={`${phase.phase} ${phase.attempt} ${phase.startedAt}`} className={look?.tone ?? "idle"}>
            <Icon name={look?.icon ?? "idle"} className={phase.outcome === "running" && !waits ? "spin" : undefined} />
            <span>{word === null ? phase.phase : t(`phases.${word}`)}</span>
            <em className="num">{times.span(phaseSpan(phase, now))}</em>
          </li>
        );
      })}
    </ol>
  );
}
