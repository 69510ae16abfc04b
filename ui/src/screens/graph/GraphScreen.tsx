import "./graph.css";
import "./overview.css";
import "./outline.css";
import "./author/author.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlanResponse } from "../../api/dto";
import { errorCode, useWorkspace } from "../../api/workspace";
import { type Command, useCommands } from "../../commands/registry";
import { FilterField } from "../../filter/FilterField";
import { hasTerm, matches, parseFilter, toggleTerm } from "../../filter/filter";
import { Button, Chip, Seg } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states";
import { usePrefs } from "../../state/prefs";
import { Inspector } from "../inspector/Inspector";
import { Attention } from "./Attention";
import { AddMenu } from "./author/AddMenu";
import { useArrivals } from "./author/arrivals";
import { ModulePalette } from "./author/ModulePalette";
import { Sheets } from "./author/Sheets";
import { useAuthoring } from "./author/state";
import { UnitMenu } from "./author/UnitMenu";
import { useAuthorCommands } from "./author/useAuthorCommands";
import { useEdits } from "./author/useEdits";
import { Canvas } from "./Canvas";
import { CommitDialog } from "./CommitDialog";
import { DraftBar } from "./DraftBar";
import { EmptyGraph } from "./EmptyGraph";
import { ExportSheet } from "./export/ExportSheet";
import { factsOf, nearestIds } from "./facts";
import { warmLayout } from "./layout/worker";
import { Outline } from "./Outline";
import { Overview } from "./Overview";
import { PlacesLine } from "./PlacesLine";
import { PlanSheet } from "./PlanSheet";
import { SelectionBar } from "./SelectionBar";
import { useDraft, usePlan, useRedo, useUndo } from "./useDraft";
import { type GraphUnit, type GraphView, useGraph } from "./useGraph";
import { useMayPlan } from "./useMayPlan";
import { useSelectionCommands } from "./useSelectionCommands";
import { useUnitCommands } from "./useUnitCommands";
import { FAR_FROM_UNITS, useCanvasView } from "./view";
import { WireBar } from "./WireBar";

interface ChipSpec {
  term: string;
  label: "chip.draft" | "chip.failing" | "chip.drift" | "chip.locked" | "chip.pending";
  tone?: string;
  has: (unit: GraphUnit) => boolean;
}

const chips: ChipSpec[] = [
  { term: "status:draft", label: "chip.draft", has: (u) => u.draft },
  { term: "status:failed", label: "chip.failing", has: (u) => u.status === "failed" },
  { term: "drift:yes", label: "chip.drift", has: (u) => u.status === "drift" },
  { term: "lock:yes", label: "chip.locked", has: (u) => u.locked !== null },
  { term: "status:pending-change", label: "chip.pending", has: (u) => u.status === "pendingChange" },
];

function useFiltered(view: GraphView | null, text: string): GraphUnit[] {
  return useMemo(() => {
    const terms = parseFilter(text);
    if (terms.length === 0) return view?.units ?? [];
    return (view?.units ?? []).filter((unit) => matches(terms, factsOf(unit)));
  }, [view, text]);
}

/** Opens large workspaces as the overview, once per environment, unless the address already points somewhere. */
function useFirstZoom(view: GraphView | null, env: string | undefined, pointed: boolean): void {
  const seen = useRef<string | null>(null);
  useEffect(() => {
    const key = env ?? "";
    if (view === null || seen.current === key) return;
    seen.current = key;
    useCanvasView.setState({ far: view.units.length > FAR_FROM_UNITS && !pointed });
  }, [view, env, pointed]);
}

export function GraphScreen() {
  const { t } = useTranslation("graph");
  const search = useSearch({ from: "__root__" });
  const navigate = useNavigate();
  const workspace = useWorkspace();
  const draft = useDraft();
  const { view, error, refetch } = useGraph(search.env);
  const text = search.q ?? "";
  const shown = useFiltered(view, text);
  const mode = useCanvasView((state) => state.mode);
  const far = useCanvasView((state) => state.far);
  const inspectorOpen = usePrefs((state) => state.inspectorOpen);
  const selected = search.sel ?? null;
  const palette = useAuthoring((state) => state.palette);
  const edits = useEdits(selected);
  useAuthorCommands(selected, edits);
  useEffect(warmLayout, []);
  useFirstZoom(view, search.env, selected !== null || text !== "");
  useEffect(() => useCanvasView.setState({ selected }), [selected]);

  const setFilter = useCallback(
    (q: string) =>
      void navigate({ to: ".", search: (old) => ({ ...old, q: q === "" ? undefined : q }), replace: true }),
    [navigate],
  );
  const select = useCallback(
    (sel: string | null) => {
      useCanvasView.setState({ picked: new Set(), wire: null });
      void navigate({ to: ".", search: (old) => ({ ...old, sel: sel ?? undefined }), replace: true });
    },
    [navigate],
  );
  useArrivals(view?.units, select);
  useSelectionCommands(shown, select);
  const open = useCallback(
    (sel: string) => {
      useCanvasView.setState({ far: false });
      select(sel);
    },
    [select],
  );
  const guarded = useMemo(
    () => new Set((workspace.data?.environments ?? []).filter((e) => e.protected).map((e) => e.name)),
    [workspace.data],
  );
  const counts = useMemo(() => chips.map((chip) => (view?.units ?? []).filter(chip.has).length), [view]);
  const actions = useDraftActions(search.env);
  useGraphCommands({
    view,
    select: open,
    clear: () => (nothingSelected(selected) ? setFilter("") : select(null)),
    actions,
  });

  if (error !== null && view === null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (view === null) return <SkeletonRows rows={8} what={t("waits")} />;
  const known = selected === null || view.units.some((unit) => unit.id === selected);
  const dirty = (draft.data?.files.length ?? 0) > 0;
  return (
    <>
      <header className="viewbar">
        <h1>{t("title")}</h1>
        <span className="mut num nw">{t("units", { count: view.units.length })}</span>
        <FilterField value={text} label={t("filter")} placeholder={t("filterHint")} onChange={setFilter} />
        <span className="chips">
          {chips.map((chip, i) => {
            const count = counts[i] ?? 0;
            const on = hasTerm(text, chip.term);
            return count > 0 || on ? (
              <Chip key={chip.term} on={on} count={count} onClick={() => setFilter(toggleTerm(text, chip.term))}>
                {t(chip.label)}
              </Chip>
            ) : null;
          })}
        </span>
        <span className="grow" />
        <Seg
          label={t("view")}
          value={mode}
          onChange={(next) => useCanvasView.setState({ mode: next })}
          options={[
            { value: "canvas", label: t("canvas") },
            { value: "outline", label: t("outline") },
          ]}
        />
        <AddMenu />
        {dirty && (
          <Button icon="check" onClick={actions.commit}>
            {t("commit")}
          </Button>
        )}
        {draft.data !== undefined && (
          <Button icon="branch" onClick={actions.exportToGit}>
            {t("export.button")}
          </Button>
        )}
        <Button
          kind="pri"
          keys="$mod+Enter"
          title={t("planDraftNote")}
          disabled={actions.planning}
          onClick={actions.planDraft}
        >
          {actions.planning ? t("planning") : t("planDraft")}
        </Button>
      </header>
      <div className={inspectorOpen ? "split" : "split bare"}>
        <div className={palette ? "stage with-modules" : "stage"}>
          {palette && <ModulePalette />}
          <PlacesLine />
          {text !== "" && (
            <div className="filtered" role="status">
              {t("filtered", { shown: shown.length, all: view.units.length })}
              <button type="button" className="link" onClick={() => setFilter("")}>
                {t("clear")}
              </button>
            </div>
          )}
          {!known && selected !== null && <Gone id={selected} ids={view.units.map((unit) => unit.id)} onPick={open} />}
          {view.units.length === 0 ? (
            <EmptyGraph />
          ) : shown.length === 0 ? (
            <EmptyState
              icon="filter"
              title={t("noHits.title")}
              text={t("noHits.text", { filter: text, all: view.units.length })}
            >
              <Button onClick={() => setFilter("")}>{t("noHits.clear")}</Button>
            </EmptyState>
          ) : mode === "outline" ? (
            <Outline units={shown} selected={selected} onSelect={select} />
          ) : far ? (
            <Overview
              units={shown}
              several={view.environments.length > 1}
              onOpen={open}
              onZoomIn={() => useCanvasView.setState({ far: false })}
            />
          ) : (
            <Canvas
              view={view}
              units={shown}
              guarded={guarded}
              selected={selected}
              onSelect={select}
              fitKey={`${search.env ?? ""}|${text}`}
            />
          )}
          <SelectionBar edits={edits} onClear={() => select(null)} />
          <WireBar edges={view.edges} />
          {draft.data !== undefined && <DraftBar draft={draft.data} onSelect={select} />}
        </div>
        {inspectorOpen && (
          <Inspector
            id={known ? selected : null}
            onSelect={select}
            idle={<Attention units={view.units} onSelect={open} />}
          />
        )}
      </div>
      {actions.overlay === "commit" && draft.data !== undefined && (
        <CommitDialog draft={draft.data} mayPlan={actions.mayPlan} onClose={actions.close} />
      )}
      <UnitMenu edits={edits} />
      <Sheets
        view={view}
        environments={(workspace.data?.environments ?? []).map((e) => e.name)}
        environment={search.env}
        onSelect={open}
      />
      {actions.overlay === "export" && draft.data !== undefined && (
        <ExportSheet draft={draft.data} mayPlan={actions.mayPlan} onClose={actions.close} />
      )}
      {actions.result !== null && <PlanSheet result={actions.result} onClose={actions.close} />}
      {actions.failure !== null && errorCode(actions.failure) !== "untrusted-workspace" && (
        <Dialog open onClose={actions.close} title={t("planDraft")} wide>
          <ErrorState error={actions.failure} onRetry={actions.planDraft} compact />
        </Dialog>
      )}
    </>
  );
}

function nothingSelected(selected: string | null): boolean {
  return selected === null && useCanvasView.getState().wire === null;
}

interface DraftActions {
  planDraft: () => void;
  planning: boolean;
  commit: () => void;
  exportToGit: () => void;
  undo: () => void;
  redo: () => void;
  overlay: "commit" | "export" | null;
  result: PlanResponse | null;
  failure: Error | null;
  mayPlan: () => boolean;
  close: () => void;
}

/** Plan, commit and undo of the working tree; asks for trust before anything of the repository runs. */
function useDraftActions(env: string | undefined): DraftActions {
  const plan = usePlan();
  const undo = useUndo();
  const redo = useRedo();
  const [overlay, setOverlay] = useState<"commit" | "export" | null>(null);
  const { mutate, reset, isPending, data, error } = plan;
  const mayPlan = useMayPlan();
  const planDraft = useCallback(() => {
    if (mayPlan() && !isPending) mutate({ worktree: true, environments: env === undefined ? [] : [env] });
  }, [mayPlan, isPending, mutate, env]);
  const close = useCallback(() => {
    setOverlay(null);
    reset();
  }, [reset]);
  const { mutate: undoNow } = undo;
  const { mutate: redoNow } = redo;
  return {
    planDraft,
    planning: isPending,
    commit: useCallback(() => setOverlay("commit"), []),
    exportToGit: useCallback(() => setOverlay("export"), []),
    undo: useCallback(() => undoNow(), [undoNow]),
    redo: useCallback(() => redoNow(), [redoNow]),
    overlay,
    result: data ?? null,
    failure: error,
    mayPlan,
    close,
  };
}

function useGraphCommands({
  view,
  select,
  clear,
  actions,
}: {
  view: GraphView | null;
  select: (id: string) => void;
  clear: () => void;
  actions: DraftActions;
}): void {
  const { t } = useTranslation("graph");
  const { planDraft, commit, exportToGit, undo, redo } = actions;
  const clearRef = useRef(clear);
  clearRef.current = clear;
  useCommands(
    useMemo(
      (): Command[] => [
        { id: "graph.planDraft", title: t("planDraft"), group: "screen", keys: "$mod+Enter", run: planDraft },
        { id: "graph.commit", title: t("commit"), group: "screen", keys: "$mod+Shift+Enter", run: commit },
        { id: "graph.export", title: t("export.button"), group: "screen", keys: "$mod+Shift+e", run: exportToGit },
        { id: "graph.undo", title: t("draft.undo"), group: "screen", keys: "$mod+z", run: undo },
        { id: "graph.redo", title: t("draft.redo"), group: "screen", keys: "$mod+Shift+z", run: redo },
        {
          id: "graph.outline",
          title: t("cmd.outline"),
          group: "screen",
          keys: "o",
          run: () => useCanvasView.setState(({ mode }) => ({ mode: mode === "canvas" ? "outline" : "canvas" })),
        },
        {
          id: "graph.overview",
          title: t("cmd.overview"),
          group: "screen",
          run: () => useCanvasView.setState({ mode: "canvas", far: true }),
        },
        { id: "graph.clear", title: t("cmd.clear"), group: "screen", keys: "Escape", run: () => clearRef.current() },
      ],
      [t, planDraft, commit, exportToGit, undo, redo],
    ),
  );
  useCommands(useUnitCommands(view, select));
}

function Gone({ id, ids, onPick }: { id: string; ids: string[]; onPick: (id: string) => void }) {
  const { t } = useTranslation("graph");
  return (
    <div className="filtered" role="status">
      {t("gone", { name: id })} {t("near")}
      {nearestIds(id, ids, 3).map((near) => (
        <button key={near} type="button" className="link mono" onClick={() => onPick(near)}>
          {near}
        </button>
      ))}
    </div>
  );
}
