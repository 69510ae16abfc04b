import "../../styles/list.css";
import "./changes.css";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ChangeSummaryDto } from "../../api/dto";
import { errorCode } from "../../api/workspace";
import { type Command, useCommands } from "../../commands/registry";
import { FilterField } from "../../filter/FilterField";
import { type Facts, matches, parseFilter } from "../../filter/filter";
import { Button } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { PlanCounts, RiskMeter } from "../../parts/marks";
import { StatusBadge } from "../../parts/StatusBadge";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states";
import { statusOf } from "../../parts/status";
import { useSay } from "../../parts/useSay";
import { stepFocus, useSteadyList } from "../../parts/useSteadyList";
import { type Times, useNow, useTimes } from "../../parts/useTimes";
import { usePlan } from "../graph/useDraft";
import { useMayPlan } from "../graph/useMayPlan";
import { PlanResult } from "./PlanResult";
import { riskOf, signCounts } from "./read";
import { useChanges } from "./useChanges";

const groups = ["your-turn", "waiting", "moving", "done"] as const;
type Group = (typeof groups)[number];

function groupOf(change: ChangeSummaryDto): Group {
  return groups.find((group) => group === change.group) ?? "waiting";
}

function factsOf(change: ChangeSummaryDto): Facts {
  return {
    env: [change.environment],
    status: [change.status],
    risk: [change.risk],
    user: [change.createdBy],
    text: `${change.id} ${change.title} ${change.environment} ${change.changeId} ${change.createdBy} ${change.why}`.toLowerCase(),
  };
}

export function ChangesScreen() {
  const { t } = useTranslation("changes");
  const search = useSearch({ from: "__root__" });
  const navigate = useNavigate();
  const list = useChanges(search.env);
  const plan = usePlanCommits(search.env);
  const text = search.q ?? "";
  const setFilter = useCallback(
    (q: string) =>
      void navigate({ to: ".", search: (old) => ({ ...old, q: q === "" ? undefined : q }), replace: true }),
    [navigate],
  );
  const all = list.data?.items;
  const shown = useMemo(() => {
    const terms = parseFilter(text);
    return (all ?? []).filter((change) => matches(terms, factsOf(change)));
  }, [all, text]);
  const { make } = plan;
  useCommands(
    useMemo(
      (): Command[] => [
        { id: "changes.new", title: t("new"), group: "screen", keys: "$mod+Enter", run: make },
        { id: "changes.next", title: t("cmd.next"), group: "screen", keys: "j", run: () => stepFocus(".cs-row", 1) },
        { id: "changes.prev", title: t("cmd.prev"), group: "screen", keys: "k", run: () => stepFocus(".cs-row", -1) },
        {
          id: "changes.review",
          title: t("cmd.review"),
          group: "screen",
          keys: "a",
          // Only opens the review: approving is never possible from a list.
          run: () => document.activeElement instanceof HTMLElement && document.activeElement.click(),
        },
      ],
      [t, make],
    ),
  );
  return (
    <>
      <header className="viewbar">
        <h1>{t("title")}</h1>
        {all !== undefined && <span className="mut num nw">{t("count", { count: all.length })}</span>}
        <FilterField value={text} label={t("filter")} placeholder={t("filterHint")} onChange={setFilter} />
        {text !== "" && all !== undefined && (
          <span className="mut nw" role="status">
            {t("filtered", { shown: shown.length, all: all.length })}
          </span>
        )}
        <span className="grow" />
        <Button
          kind="pri"
          keys="$mod+Enter"
          title={t("newNote")}
          reason={plan.pending ? t("planning") : undefined}
          onClick={make}
        >
          {plan.pending ? t("planning") : t("new")}
        </Button>
      </header>
      {list.error !== null && all === undefined ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : all === undefined ? (
        <SkeletonRows rows={8} what={t("waits")} />
      ) : all.length === 0 ? (
        <EmptyState icon="changes" title={t("empty.title")} text={t("empty.text")}>
          <Link to="/graph" search={(old) => ({ env: old.env, ws: old.ws })} className="btn">
            {t("empty.graph")}
          </Link>
        </EmptyState>
      ) : shown.length === 0 ? (
        <EmptyState icon="filter" title={t("noHits")} text={t("noHitsText", { filter: text })}>
          <Button onClick={() => setFilter("")}>{t("clear")}</Button>
        </EmptyState>
      ) : (
        <Rows changes={shown} />
      )}
      {plan.overlay}
    </>
  );
}

/** Plans what is committed; refused plans and "nothing to change" are said in the same sheet as drafts. */
function usePlanCommits(env: string | undefined) {
  const { t } = useTranslation("changes");
  const mayPlan = useMayPlan();
  const plan = usePlan();
  const { mutate, reset, isPending, data, error } = plan;
  const make = useCallback(() => {
    if (mayPlan() && !isPending) mutate({ environments: env === undefined ? [] : [env] });
  }, [mayPlan, isPending, mutate, env]);
  const overlay =
    data !== undefined ? (
      <PlanResult result={data} onClose={reset} />
    ) : error !== null && errorCode(error) !== "untrusted-workspace" ? (
      <Dialog open onClose={reset} title={t("new")} wide>
        <ErrorState error={error} onRetry={make} compact />
      </Dialog>
    ) : null;
  return { make, pending: isPending, overlay };
}

function Rows({ changes }: { changes: readonly ChangeSummaryDto[] }) {
  const { t } = useTranslation("changes");
  const list = useSteadyList(changes, (change) => change.id);
  const times = useTimes();
  const now = useNow(30_000);
  const count = (group: Group) => list.shown.filter((change) => groupOf(change) === group).length;
  return (
    <div className="list" {...list.hold}>
      {list.waiting > 0 && (
        <button type="button" className="list-new" onClick={list.take}>
          {t("newRows", { count: list.waiting })}
        </button>
      )}
      {count("your-turn") === 0 && (
        <p className="cs-calm" role="status">
          {t("calm", { count: count("moving") })}
        </p>
      )}
      {groups.map((group) => {
        const rows = list.shown.filter((change) => groupOf(change) === group);
        if (rows.length === 0) return null;
        return (
          <section key={group} aria-label={t(`group.${group}`)}>
            <h2 className="list-group">
              {t(`group.${group}`)}
              <span className="mut num">{rows.length}</span>
            </h2>
            <ul>
              {rows.map((change) => (
                <li key={change.id}>
                  <Row change={change} times={times} now={now} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function Row({ change, times, now }: { change: ChangeSummaryDto; times: Times; now: number }) {
  const { t } = useTranslation("changes");
  const why = useSay().all(change.whySaid, change.why);
  return (
    <Link
      to="/change/$id/{-$part}"
      params={{ id: change.id, part: undefined }}
      search={(old) => ({ env: old.env, ws: old.ws })}
      className="list-row cs-row"
    >
      <RiskMeter risk={riskOf(change.risk)} />
      <span className="cs-two">
        <b className="ell" title={change.title}>
          {change.title}
        </b>
        <span className="cs-second mut">
          <span className="mono">{change.id}</span>
          <span className="mono">{change.environment}</span>
          <span className="ell">{change.createdBy}</span>
        </span>
      </span>
      <span className="cs-two">
        <PlanCounts counts={signCounts(change.counts)} />
        <span className="cs-second mut num">{t("units", { count: change.unitCount })}</span>
      </span>
      <span className="cs-two">
        <span className="cs-states">
          <StatusBadge status={statusOf(change.status)} />
          {change.waitingForDriver && <StatusBadge status="waitingForDriver" />}
        </span>
        <span className="cs-second sec">
          <span className="ell" title={why}>
            {why}
          </span>
        </span>
      </span>
      <span className="cs-two cs-age num" title={times.full(change.plannedAt)}>
        <span>{times.clock(change.plannedAt)}</span>
        <span className="cs-second mut">{times.ago(change.plannedAt, now)}</span>
      </span>
    </Link>
  );
}
