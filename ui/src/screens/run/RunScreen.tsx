import "./run.css";
import "./run-parts.css";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AllowedDto, ChangeDetailDto, RunDto, RunUnitDto } from "../../api/dto";
import { useStream } from "../../api/events";
import { type Command, useCommands } from "../../commands/registry";
import { Button } from "../../parts/controls";
import { Icon } from "../../parts/Icon";
import { RiskMeter } from "../../parts/marks";
import { ObjectHead } from "../../parts/ObjectHead";
import { StatusBadge } from "../../parts/StatusBadge";
import { ErrorState, SkeletonRows } from "../../parts/states";
import { statusOf, toneOf } from "../../parts/status";
import { useSay } from "../../parts/useSay";
import { useNow, useTimes } from "../../parts/useTimes";
import { allowedOf, riskOf } from "../changes/read";
import { useChange, useStep } from "../changes/useChanges";
import { Dag } from "./Dag";
import { LogPanel } from "./LogPanel";
import { CancelDialog, ResolveDialog, SignOffDialog } from "./RunDialogs";
import { Timeline } from "./Timeline";
import { UnitPanel } from "./UnitPanel";
import { isLive, shortHolder, useRun } from "./useRuns";
import { Waits } from "./Waits";

export type RunOverlay = "cancel" | "sign-off" | "resolve" | null;

/** One run, live: what waits and why, what happens now, and the one way to steer it. */
export function RunScreen() {
  const { t } = useTranslation("run");
  const params = useParams({ strict: false });
  const id = params.id ?? "";
  const run = useRun(id);
  const unit =
    params.env === undefined || params.composition === undefined || params.module === undefined
      ? null
      : `${params.env}/${params.composition}/${params.module}`;
  if (run.error !== null && run.data === undefined)
    return <ErrorState error={run.error} onRetry={() => void run.refetch()} />;
  if (run.data === undefined) return <SkeletonRows rows={8} what={id} />;
  if (run.data.units.length === 0) return <SkeletonRows rows={4} what={t("noUnits")} />;
  return <Run key={id} run={run.data} chosen={unit} />;
}

/** The unit a person most likely wants to see first: what failed, else what works, else what waits for them. */
function firstUnit(run: RunDto): string {
  const by = (tone: string) => run.units.find((unit) => toneOf(statusOf(unit.state)) === tone);
  const signing = run.units.find((unit) => unit.needsSignOff);
  return (
    (by("bad") ?? by("run") ?? signing ?? run.units.filter((unit) => unit.endedAt).at(-1) ?? run.units[0])?.id ?? ""
  );
}

function Run({ run, chosen }: { run: RunDto; chosen: string | null }) {
  const { t } = useTranslation("run");
  const navigate = useNavigate();
  const change = useChange(run.changeSet);
  const [overlay, setOverlay] = useState<RunOverlay>(null);
  const [logOpen, setLogOpen] = useState(true);
  const close = useCallback(() => setOverlay(null), []);
  const first = useMemo(() => firstUnit(run), [run]);
  const selected = chosen !== null && run.units.some((unit) => unit.id === chosen) ? chosen : first;
  const unit = run.units.find((candidate) => candidate.id === selected);
  const select = useCallback(
    (to: string) => {
      const [env = "", composition = "", module = ""] = to.split("/");
      void navigate({
        to: "/run/$id/unit/$env/$composition/$module/{-$part}",
        params: { id: run.id, env, composition, module, part: undefined },
        search: (old) => old,
        replace: true,
      });
    },
    [navigate, run.id],
  );
  const live = isLive(run);
  const steer = useSteering(run, change.data, setOverlay);
  useRunCommands(run, selected, select, steer.primary, setLogOpen);
  const status = statusOf(run.status);
  return (
    <>
      <ObjectHead
        parent={
          <Link to="/runs" search={(old) => ({ env: old.env, ws: old.ws })}>
            {t("list.title")}
          </Link>
        }
        id={run.id}
        facts={useHeadFacts(run)}
        title={run.title}
        marks={
          <>
            <StatusBadge status={status} chip detail={t("done", { n: run.done, all: run.total })} />
            {run.waitingForDriver && <StatusBadge status="waitingForDriver" chip />}
            <RiskMeter risk={riskOf(run.risk)} chip />
          </>
        }
        actions={steer.buttons}
      />
      <StreamLost live={live} />
      {steer.error !== null && <ErrorState error={steer.error} compact />}
      <Dag run={run} selected={selected} onSelect={select} />
      <Waits run={run} onSelect={select} onSignOff={() => setOverlay("sign-off")} />
      <div className={logOpen ? "rn-bottom" : "rn-bottom bare"}>
        <section className="rn-left">
          <Timeline run={run} selected={selected} onSelect={select} />
          {unit !== undefined && (
            <UnitPanel
              run={run}
              unit={unit}
              onSignOff={() => setOverlay("sign-off")}
              onResolve={allowedOf(change.data, "resume").allowed ? () => setOverlay("resolve") : null}
            />
          )}
        </section>
        {logOpen && <LogPanel key={selected} run={run.id} unit={unit ?? null} live={live} />}
      </div>
      <LiveWord unit={unit} run={run} />
      {overlay === "cancel" && <CancelDialog run={run} onClose={close} />}
      {overlay === "sign-off" && <SignOffDialog run={run} onClose={close} />}
      {overlay === "resolve" && <ResolveDialog run={run} onClose={close} />}
    </>
  );
}

function useHeadFacts(run: RunDto): ReactNode[] {
  const { t } = useTranslation("run");
  const times = useTimes();
  const live = isLive(run);
  const now = useNow(1000, live);
  const end = run.finishedAt === undefined || run.finishedAt === null ? now : Date.parse(run.finishedAt);
  return [
    <span key="change">
      {t("changeSet")}{" "}
      <Link to="/change/$id/{-$part}" params={{ id: run.changeSet, part: undefined }} className="mono">
        {run.changeSet}
      </Link>
    </span>,
    <span key="by" title={times.full(run.requestedAt)}>
      {t("startedBy", { who: run.requestedBy, at: times.clock(run.requestedAt) })}
    </span>,
    run.driver !== undefined && run.driver !== null ? (
      <span key="driver" className={run.driver.alive ? undefined : "warn cc"} title={run.driver.holder}>
        {run.driver.alive
          ? t("driver", { who: shortHolder(run.driver.holder) })
          : t("driverGone", { who: shortHolder(run.driver.holder), at: times.clock(run.driver.until) })}
      </span>
    ) : (
      <span key="driver">{t("noDriver")}</span>
    ),
    <span key="elapsed" className="num">
      {live
        ? t("elapsed", { span: times.span(end - Date.parse(run.requestedAt)) })
        : t("took", { span: times.span(end - Date.parse(run.requestedAt)) })}
    </span>,
  ];
}

/** The values stay when the stream is lost; what is said is how old they are. */
function StreamLost({ live }: { live: boolean }) {
  const { t } = useTranslation("run");
  const times = useTimes();
  const { state, lostSince } = useStream();
  if (!live || state !== "lost" || lostSince === null) return null;
  return (
    <div className="rn-lost" role="status">
      <Icon name="warn" className="cc" />
      {t("stale", { time: times.seconds(lostSince.getTime()) })}
    </div>
  );
}

/** State changes of the chosen unit, read out; failures at once. */
function LiveWord({ unit, run }: { unit: RunUnitDto | undefined; run: RunDto }) {
  const { t } = useTranslation("parts");
  const bad = run.units.filter((candidate) => toneOf(statusOf(candidate.state)) === "bad");
  return (
    <>
      <p className="vh" aria-live="polite">
        {unit === undefined ? "" : `${unit.id}: ${t(`status.${statusOf(unit.state)}`)}`}
      </p>
      <p className="vh" aria-live="assertive">
        {bad.map((candidate) => `${candidate.id}: ${t(`status.${statusOf(candidate.state)}`)}`).join(", ")}
      </p>
    </>
  );
}

interface Steering {
  buttons: ReactNode;
  primary: () => void;
  error: Error | null;
}

const paused = ["paused"];
const ending = ["cancelling", "rollingBack"];

/** Which single filled button the run has now. Whether it may be pressed is the server's word. */
function useSteering(run: RunDto, change: ChangeDetailDto | undefined, open: (overlay: RunOverlay) => void): Steering {
  const { t } = useTranslation("run");
  const pause = useStep(run.changeSet, "pause");
  const resume = useStep(run.changeSet, "resume");
  const status = statusOf(run.status);
  const live = isLive(run);
  const mayResume = allowedOf(change, "resume");
  const maySign = allowedOf(change, "sign-off");
  const mayCancel = allowedOf(change, "cancel");
  const say = useSay();
  const whyNot = ({ whyNot: text, whyNotSaid }: AllowedDto) => say.all(whyNotSaid, text);
  const broken = run.units.some((unit) => toneOf(statusOf(unit.state)) === "bad");
  const { mutate: doPause } = pause;
  const { mutate: doResume } = resume;
  const error = pause.error ?? resume.error;
  const cancel = live && (
    <Button
      kind="gho"
      reason={mayCancel.allowed || change === undefined ? undefined : whyNot(mayCancel)}
      onClick={() => open("cancel")}
    >
      {t("cancel.open")}
    </Button>
  );
  const pauseNow = useCallback(() => doPause({}), [doPause]);
  const resumeNow = useCallback(() => doResume({}), [doResume]);
  const resolve = useCallback(() => open("resolve"), [open]);
  const signOff = useCallback(() => open("sign-off"), [open]);
  const nothing = useCallback(() => undefined, []);
  const offer = (
    label: string,
    run: () => void,
    more: { keys?: string; icon?: "pause" | "usercheck"; reason?: string } = {},
  ) => ({
    buttons: (
      <>
        {cancel}
        <Button kind="pri" {...more} onClick={run}>
          {label}
        </Button>
      </>
    ),
    primary: more.reason === undefined ? run : nothing,
    error,
  });
  if (!live)
    return {
      buttons: (
        <Link to="/change/$id/{-$part}" params={{ id: run.changeSet, part: undefined }} className="btn">
          {t("openChange", { id: run.changeSet })}
        </Link>
      ),
      primary: nothing,
      error,
    };
  if (broken && mayResume.allowed) return offer(t("resolve.open"), resolve, { keys: "p" });
  if (paused.includes(status))
    return offer(t("resume"), resumeNow, { keys: "p", reason: mayResume.allowed ? undefined : whyNot(mayResume) });
  if (run.waitingForDriver) return offer(t("continue"), resumeNow, { keys: "p" });
  if (maySign.allowed && run.units.some((unit) => unit.needsSignOff))
    return offer(t("signOff.open"), signOff, { keys: "p", icon: "usercheck" });
  if (status === "awaitingApproval")
    return {
      buttons: (
        <>
          {cancel}
          <Link to="/change/$id/{-$part}" params={{ id: run.changeSet, part: undefined }} className="btn pri">
            {t("review", { id: run.changeSet })}
          </Link>
        </>
      ),
      primary: nothing,
      error,
    };
  if (ending.includes(status)) return { buttons: cancel, primary: nothing, error };
  const mayPause = change?.allowed.find((entry) => entry.action === "pause");
  return offer(t("pause"), pauseNow, {
    keys: "p",
    icon: "pause",
    reason: mayPause?.allowed === false ? whyNot(mayPause) : undefined,
  });
}

function useRunCommands(
  run: RunDto,
  selected: string,
  select: (id: string) => void,
  primary: () => void,
  setLog: (change: (open: boolean) => boolean) => void,
): void {
  const { t } = useTranslation("run");
  const navigate = useNavigate();
  const ids = useMemo(() => run.units.map((unit) => unit.id), [run.units]);
  const step = useCallback(
    (by: 1 | -1) => {
      const next = ids[ids.indexOf(selected) + by];
      if (next !== undefined) select(next);
    },
    [ids, selected, select],
  );
  useCommands(
    useMemo(
      (): Command[] => [
        { id: "run.primary", title: t("cmd.primary"), group: "screen", keys: "p", run: primary },
        { id: "run.primary2", title: t("cmd.primary"), group: "screen", keys: "$mod+Enter", quiet: true, run: primary },
        { id: "run.log", title: t("cmd.log"), group: "screen", keys: "l", run: () => setLog((open) => !open) },
        { id: "run.next", title: t("cmd.next"), group: "screen", keys: "j", run: () => step(1) },
        { id: "run.prev", title: t("cmd.prev"), group: "screen", keys: "k", run: () => step(-1) },
        {
          id: "run.up",
          title: t("cmd.up"),
          group: "screen",
          keys: "Escape",
          quiet: true,
          run: () => void navigate({ to: "/runs", search: (old) => ({ env: old.env, ws: old.ws }) }),
        },
      ],
      [t, primary, setLog, step, navigate],
    ),
  );
}
