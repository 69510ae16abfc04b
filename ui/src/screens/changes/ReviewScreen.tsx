import "./changes.css";
import "./review.css";
import "./decision.css";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChangeDetailDto } from "../../api/dto";
import { errorCode } from "../../api/workspace";
import { type Command, useCommands } from "../../commands/registry";
import { Button } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { RiskMeter } from "../../parts/marks";
import { ObjectHead } from "../../parts/ObjectHead";
import { StatusBadge } from "../../parts/StatusBadge";
import { ErrorState, SkeletonRows } from "../../parts/states";
import { statusOf } from "../../parts/status";
import { useSay } from "../../parts/useSay";
import { type Times, useTimes } from "../../parts/useTimes";
import { usePlan } from "../graph/useDraft";
import { useMayPlan } from "../graph/useMayPlan";
import { ApplySheet } from "./ApplySheet";
import { ApproveSheet } from "./ApproveSheet";
import { Decision } from "./Decision";
import { Facts } from "./Facts";
import { Notices } from "./Notices";
import { PlanPanel } from "./PlanPanel";
import { PlanResult } from "./PlanResult";
import { RejectDialog } from "./RejectDialog";
import { allowedOf, filled, riskOf, shortDigest, stepOf, steps } from "./read";
import { useChange, useChanges, useStep } from "./useChanges";

type Overlay = "approve" | "apply" | "reject" | null;

/** One ChangeSet: what will happen, what will not come back, who has to agree, and the one next step. */
export function ReviewScreen() {
  const { t } = useTranslation("changes");
  const { id, part } = useParams({ from: "/change/$id/{-$part}" });
  const change = useChange(id);
  if (change.error !== null && change.data === undefined)
    return <ErrorState error={change.error} onRetry={() => void change.refetch()} />;
  if (change.data === undefined) return <SkeletonRows rows={8} what={t("waitsOne", { id })} />;
  return <Review key={id} change={change.data} console={part === "console"} />;
}

function Review({ change, console: asConsole }: { change: ChangeDetailDto; console: boolean }) {
  const { t } = useTranslation("changes");
  const times = useTimes();
  const [overlay, setOverlay] = useState<Overlay>(null);
  const close = useCallback(() => setOverlay(null), []);
  const replan = useReplan(change);
  const resume = useStep(change.id, "resume");
  const { mutate: goOn } = resume;
  const next = useNext(
    change,
    setOverlay,
    replan.run,
    useCallback(() => goOn({}), [goOn]),
  );
  useReviewCommands(change, setOverlay, next.run);
  const say = useSay();
  const approved = filled(change.approvals);
  const status = statusOf(change.status);
  return (
    <>
      <ObjectHead
        parent={
          <Link to="/changes" search={(old) => ({ env: old.env, ws: old.ws })}>
            {t("title")}
          </Link>
        }
        id={change.id}
        facts={useHeadFacts(change, times)}
        title={change.title}
        marks={
          <>
            <RiskMeter risk={riskOf(change.risk)} chip />
            <StatusBadge
              status={status}
              chip
              title={say.all(change.whySaid, change.why)}
              detail={
                status === "awaitingApproval"
                  ? t("ofApprovals", { n: approved, all: change.approvals.length })
                  : undefined
              }
            />
          </>
        }
        actions={
          <>
            {change.run !== undefined && change.run !== null && (
              <Link to="/run/$id" params={{ id: change.run }} className="btn gho">
                {t("openRun", { id: change.run })}
              </Link>
            )}
            <RejectButton change={change} onOpen={() => setOverlay("reject")} />
            {next.kind !== "apply" && allowedOf(change, "apply").allowed && (
              <Button onClick={() => setOverlay("apply")}>{t("apply.open")}</Button>
            )}
            {next.kind !== "replan" && allowedOf(change, "replan").allowed && (
              <Button icon="retry" disabled={replan.pending} onClick={replan.run}>
                {t("replan")}
              </Button>
            )}
            {next.button}
          </>
        }
      />
      <Steps change={change} />
      <Notices change={change} failure={resume.error ?? null} />
      <div className="cr-body">
        <div className="cr-left">
          <Facts change={change} />
          <PlanPanel change={change} asConsole={asConsole} />
        </div>
        <Decision change={change} />
      </div>
      {overlay === "approve" && <ApproveSheet change={change} onClose={close} />}
      {overlay === "apply" && <ApplySheet change={change} onClose={close} />}
      {overlay === "reject" && <RejectDialog change={change} onClose={close} />}
      {replan.overlay}
    </>
  );
}

function useHeadFacts(change: ChangeDetailDto, times: Times): ReactNode[] {
  const { t } = useTranslation("changes");
  const short = (commit: string) => commit.slice(0, 7);
  // The most needed first: what does not fit into the line is left out as a whole, from the end.
  return [
    <span key="who">{change.authors.length === 0 ? change.createdBy : change.authors.join(", ")}</span>,
    <span key="times" className="num" title={times.full(change.expiresAt)}>
      {t("planned", { at: times.clock(change.plannedAt), expires: times.clock(change.expiresAt) })}
      {change.revision > 1 && `, ${t("revision", { n: change.revision })}`}
    </span>,
    <span key="digest" title={change.digest}>
      {t("digest")} <span className="mono">{shortDigest(change.digest)}</span>
    </span>,
    <span key="change" className="mono">
      {change.changeId}
    </span>,
    <span key="commits" className="mono" title={`${change.base} ${change.commit}`}>
      {short(change.base)}..{short(change.commit)}
    </span>,
  ];
}

function RejectButton({ change, onOpen }: { change: ChangeDetailDto; onOpen: () => void }) {
  const { t } = useTranslation("changes");
  const say = useSay();
  const { allowed, whyNot, whyNotSaid } = allowedOf(change, "reject");
  if (!allowed && change.group === "done") return null;
  return (
    <Button reason={allowed ? undefined : say.all(whyNotSaid, whyNot)} keys="r" onClick={onOpen}>
      {t("reject.open")}
    </Button>
  );
}

interface Next {
  kind: "approve" | "apply" | "replan" | "continue" | "none";
  button: ReactNode;
  run: () => void;
}

/** The one filled button. The server says what is allowed; here is only the order in which it is offered. */
function useNext(
  change: ChangeDetailDto,
  open: (overlay: Overlay) => void,
  replan: () => void,
  goOn: () => void,
): Next {
  const { t } = useTranslation("changes");
  const say = useSay();
  const approve = allowedOf(change, "approve");
  const apply = allowedOf(change, "apply");
  const waits = statusOf(change.status) === "awaitingApproval";
  const nothing = () => undefined;
  if (approve.allowed) {
    const run = () => open("approve");
    return {
      kind: "approve",
      run,
      button: (
        <Button kind="pri" icon="usercheck" keys="a" onClick={run}>
          {approve.roles[0] === undefined || approve.roles[0] === ""
            ? t("approve.open")
            : t("approve.as", { role: approve.roles[0] })}
        </Button>
      ),
    };
  }
  if (apply.allowed && !waits) {
    const run = () => open("apply");
    return {
      kind: "apply",
      run,
      button: (
        <Button kind="pri" keys="$mod+Enter" onClick={run}>
          {t("apply.open")}
        </Button>
      ),
    };
  }
  if (change.waitingForDriver && allowedOf(change, "resume").allowed) {
    return {
      kind: "continue",
      run: goOn,
      button: (
        <Button kind="pri" keys="$mod+Enter" onClick={goOn}>
          {t("continue")}
        </Button>
      ),
    };
  }
  if (!waits && allowedOf(change, "replan").allowed) {
    return {
      kind: "replan",
      run: replan,
      button: (
        <Button kind="pri" icon="retry" keys="$mod+Enter" onClick={replan}>
          {t("replan")}
        </Button>
      ),
    };
  }
  if (change.group === "done") return { kind: "none", run: nothing, button: null };
  const blocked = waits ? approve : apply;
  return {
    kind: "none",
    run: nothing,
    button: (
      <Button
        kind="pri"
        reason={
          blocked.whyNot === "" ? say.all(change.whySaid, change.why) : say.all(blocked.whyNotSaid, blocked.whyNot)
        }
      >
        {waits ? t("approve.open") : t("apply.open")}
      </Button>
    ),
  };
}

/** Plans the same change again; what came of it is shown, and approvals of unchanged units stay. */
function useReplan(change: ChangeDetailDto) {
  const { t } = useTranslation("changes");
  const mayPlan = useMayPlan();
  const plan = usePlan();
  const { mutate, isPending, data, error, reset } = plan;
  const { environment } = change;
  const run = useCallback(() => {
    if (mayPlan() && !isPending) mutate({ environments: [environment] });
  }, [mayPlan, isPending, mutate, environment]);
  const overlay =
    data !== undefined ? (
      <PlanResult result={data} onClose={reset} />
    ) : error !== null && errorCode(error) !== "untrusted-workspace" ? (
      <Dialog open onClose={reset} title={t("replan")} wide>
        <ErrorState error={error} onRetry={run} compact />
      </Dialog>
    ) : null;
  return { run, pending: isPending, overlay };
}

function Steps({ change }: { change: ChangeDetailDto }) {
  const { t } = useTranslation("parts");
  const { t: tc } = useTranslation("changes");
  const here = stepOf(change.status, change.run !== undefined && change.run !== null);
  const status = statusOf(change.status);
  const over = status === "closed";
  return (
    <ol className="cr-steps" aria-label={tc("steps")}>
      {steps.map((step, i) => {
        const passed = i < here || over;
        const current = i === here && !over;
        return (
          <li
            key={step}
            className={passed ? "d" : current ? "c" : undefined}
            aria-current={current ? "step" : undefined}
          >
            {passed && <span className="cr-tick" aria-hidden="true" />}
            <span>{t(`status.${current ? status : step}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}

function useReviewCommands(change: ChangeDetailDto, open: (overlay: Overlay) => void, primary: () => void): void {
  const { t } = useTranslation("changes");
  const search = useSearch({ from: "__root__" });
  const navigate = useNavigate();
  const list = useChanges(search.env);
  const ids = list.data?.items.map((item) => item.id);
  const { id, markdown } = change;
  const mayReject = allowedOf(change, "reject").allowed;
  const step = useCallback(
    (by: 1 | -1) => {
      const next = ids?.[ids.indexOf(id) + by];
      if (next !== undefined)
        void navigate({ to: "/change/$id/{-$part}", params: { id: next, part: undefined }, search: (old) => old });
    },
    [ids, id, navigate],
  );
  useCommands(
    useMemo(
      (): Command[] => [
        { id: "change.primary", title: t("cmd.primary"), group: "screen", keys: "$mod+Enter", run: primary },
        { id: "change.approve", title: t("cmd.primary"), group: "screen", keys: "a", quiet: true, run: primary },
        {
          id: "change.reject",
          title: t("reject.open"),
          group: "screen",
          keys: "r",
          run: () => mayReject && open("reject"),
        },
        { id: "change.next", title: t("cmd.nextChange"), group: "screen", keys: "n", run: () => step(1) },
        { id: "change.prev", title: t("cmd.prevChange"), group: "screen", keys: "p", run: () => step(-1) },
        {
          id: "change.markdown",
          title: t("cmd.markdown"),
          group: "screen",
          keys: "m",
          run: () => void navigator.clipboard?.writeText(markdown),
        },
        {
          id: "change.up",
          title: t("cmd.up"),
          group: "screen",
          keys: "Escape",
          quiet: true,
          run: () => void navigate({ to: "/changes", search: (old) => ({ env: old.env, ws: old.ws }) }),
        },
      ],
      [t, primary, open, step, markdown, navigate, mayReject],
    ),
  );
}
