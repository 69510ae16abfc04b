import "../../styles/list.css";
import "./run.css";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { RunSummaryDto } from "../../api/dto";
import { type Command, useCommands } from "../../commands/registry";
import { FilterField } from "../../filter/FilterField";
import { matches, parseFilter } from "../../filter/filter";
import { Button } from "../../parts/controls";
import { StatusBadge } from "../../parts/StatusBadge";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states";
import { statusOf } from "../../parts/status";
import { stepFocus, useSteadyList } from "../../parts/useSteadyList";
import { useNow, useTimes } from "../../parts/useTimes";
import { RunsTabs } from "./RunsTabs";
import { isLive, useRuns } from "./useRuns";

export function RunsScreen() {
  const { t } = useTranslation("run");
  const search = useSearch({ from: "__root__" });
  const navigate = useNavigate();
  const runs = useRuns();
  const text = search.q ?? "";
  const env = search.env;
  const all = runs.data?.items;
  const shown = useMemo(() => {
    const terms = parseFilter(text);
    return (all ?? []).filter(
      (run) =>
        (env === undefined || run.environment === env) &&
        matches(terms, {
          env: [run.environment],
          status: [run.status],
          user: [run.requestedBy],
          text: `${run.id} ${run.changeSet} ${run.title} ${run.requestedBy}`.toLowerCase(),
        }),
    );
  }, [all, text, env]);
  const setFilter = useCallback(
    (q: string) =>
      void navigate({ to: ".", search: (old) => ({ ...old, q: q === "" ? undefined : q }), replace: true }),
    [navigate],
  );
  useCommands(
    useMemo(
      (): Command[] => [
        { id: "runs.next", title: t("cmd.nextRow"), group: "screen", keys: "j", run: () => stepFocus(".rn-row", 1) },
        { id: "runs.prev", title: t("cmd.prevRow"), group: "screen", keys: "k", run: () => stepFocus(".rn-row", -1) },
      ],
      [t],
    ),
  );
  return (
    <>
      <header className="viewbar">
        <h1>{t("list.title")}</h1>
        <RunsTabs value="runs" />
        <FilterField value={text} label={t("list.filter")} placeholder={t("list.filterHint")} onChange={setFilter} />
        {all !== undefined && (
          <span className="mut num nw" role="status">
            {shown.length === all.length
              ? t("list.count", { count: all.length })
              : t("list.filtered", { shown: shown.length, all: all.length })}
          </span>
        )}
      </header>
      {runs.error !== null && all === undefined ? (
        <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />
      ) : all === undefined ? (
        <SkeletonRows rows={6} what={t("list.waits")} />
      ) : all.length === 0 ? (
        <EmptyState icon="runs" title={t("list.empty")} text={t("list.emptyText")}>
          <Link to="/changes" search={(old) => ({ env: old.env, ws: old.ws })} className="btn">
            {t("list.changes")}
          </Link>
        </EmptyState>
      ) : shown.length === 0 ? (
        <EmptyState icon="filter" title={t("list.noHits")} text={t("list.noHitsText")}>
          <Button onClick={() => setFilter("")}>{t("list.clear")}</Button>
        </EmptyState>
      ) : (
        <Rows runs={shown} />
      )}
    </>
  );
}

function Rows({ runs }: { runs: readonly RunSummaryDto[] }) {
  const { t } = useTranslation("run");
  const list = useSteadyList(runs, (run) => run.id);
  const live = list.shown.filter(isLive);
  const over = list.shown.filter((run) => !isLive(run));
  return (
    <div className="list" {...list.hold}>
      {list.waiting > 0 && (
        <button type="button" className="list-new" onClick={list.take}>
          {t("list.newRows", { count: list.waiting })}
        </button>
      )}
      <Group title={t("list.live")} runs={live} />
      <Group title={t("list.over")} runs={over} />
    </div>
  );
}

function Group({ title, runs }: { title: string; runs: readonly RunSummaryDto[] }) {
  if (runs.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="list-group">
        {title}
        <span className="mut num">{runs.length}</span>
      </h2>
      <ul>
        {runs.map((run) => (
          <li key={run.id}>
            <Row run={run} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ run }: { run: RunSummaryDto }) {
  const { t } = useTranslation("run");
  const times = useTimes();
  const now = useNow(1000, isLive(run));
  const end = run.finishedAt === undefined || run.finishedAt === null ? now : Date.parse(run.finishedAt);
  return (
    <Link
      to="/run/$id"
      params={{ id: run.id }}
      search={(old) => ({ env: old.env, ws: old.ws })}
      className="list-row rn-row"
    >
      <StatusBadge status={statusOf(run.status)} />
      <span className="rn-what">
        <span className="mono mut">{run.id}</span>
        <b className="ell" title={run.title}>
          {run.title}
        </b>
      </span>
      <span className="mono sec">{run.environment}</span>
      <span className="mono sec">{run.changeSet}</span>
      <span className="num sec nw">{t("done", { n: run.done, all: run.total })}</span>
      <span className="sec ell">{run.requestedBy}</span>
      <span className="num mut nw" title={times.full(run.requestedAt)}>
        {times.clock(run.requestedAt)}
      </span>
      <span className="num mut nw r">{times.span(end - Date.parse(run.requestedAt))}</span>
    </Link>
  );
}
