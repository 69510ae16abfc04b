import "../graph/graph.css";
import "./matrix.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MatrixDto, MatrixEditRequest, MatrixRowDto } from "../../api/dto";
import { errorCode } from "../../api/workspace";
import { type Command, useCommands } from "../../commands/registry";
import { Button } from "../../parts/controls";
import { DiagnosticList } from "../../parts/Diagnostics";
import { Dialog } from "../../parts/Dialog";
import { Icon } from "../../parts/Icon";
import { KeyHint } from "../../parts/KeyHint";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states";
import { sourceText, Why } from "../../parts/Why";
import { CommitDialog } from "../graph/CommitDialog";
import { DraftBar } from "../graph/DraftBar";
import { PlanSheet } from "../graph/PlanSheet";
import { useDraft } from "../graph/useDraft";
import { useGraph } from "../graph/useGraph";
import { useWhatIf } from "../graph/whatif/useWhatIf";
import { CellDialog } from "./CellDialog";
import { Findings } from "./Findings";
import { Grid } from "./Grid";
import { ImpactPanel } from "./ImpactPanel";
import { RowDialog } from "./RowDialog";
import { Trace } from "./Trace";
import { type DraftActions, useDraftActions } from "./useDraftActions";
import { useImpact, useMatrix, useMatrixEdit } from "./useMatrix";
import { type Column, isValue, keyOf, type ValueColumn, wordsOf } from "./view";

/** The decision matrix: every row, what it inherits, an editor for each value, and what an edit would change. */
export function MatrixScreen() {
  const { t } = useTranslation("matrix");
  const search = useSearch({ from: "__root__" });
  const navigate = useNavigate();
  const matrix = useMatrix();
  const draft = useDraft();
  const { view } = useGraph(search.env);
  const units = useMemo(
    () => (view?.units ?? []).filter((unit) => unit.environment !== "").map((unit) => unit.id),
    [view],
  );
  const chosen = search.for ?? units[0] ?? null;
  const choose = useCallback(
    (unit: string) => void navigate({ to: ".", search: (old) => ({ ...old, for: unit }), replace: true }),
    [navigate],
  );
  const dirty = (draft.data?.files.length ?? 0) > 0;
  const impact = useImpact();
  const whatIf = useWhatIf(dirty);
  const faults = matrix.data?.findings ?? [];
  const blocked = faults.length > 0 ? t("blocked", { count: faults.length }) : undefined;
  const actions = useDraftActions(search.env, blocked);
  const editing = useEditing();
  useMatrixCommands(actions, editing.addRow);
  if (matrix.error !== null && matrix.data === undefined)
    return <ErrorState error={matrix.error} onRetry={() => void matrix.refetch()} />;
  if (matrix.data === undefined) return <SkeletonRows rows={8} what={t("waits")} />;
  const own = matrix.data.rows.filter((row) => !row.builtIn).length;
  const { words } = matrix.data;
  return (
    <>
      <header className="viewbar">
        <h1>{t("title")}</h1>
        <Files matrix={matrix.data} />
        {matrix.data.edited + matrix.data.removed.length > 0 && (
          <span className="st idle chip">
            <Icon name="pencil" />
            {t("edited", { count: matrix.data.edited + matrix.data.removed.length })}
          </span>
        )}
        <span className="grow" />
        <Button icon="plus" onClick={editing.addRow}>
          {t("add.open")}
        </Button>
        {dirty && (
          <Button icon="check" reason={blocked} onClick={actions.commit}>
            {t("commit")}
          </Button>
        )}
        <Button kind="pri" keys="$mod+Enter" reason={blocked} disabled={actions.planning} onClick={actions.planDraft}>
          {actions.planning ? t("planning") : t("planDraft")}
        </Button>
      </header>
      <div className="mx-body">
        <div className="mx-left">
          <Note matrix={matrix.data} />
          {matrix.data.diagnostics.length > 0 && faults.length === 0 && (
            <div className="mx-findings">
              <DiagnosticList diagnostics={matrix.data.diagnostics} />
            </div>
          )}
          {faults.length > 0 && <Findings findings={faults} />}
          {editing.failure !== null && editing.open === null && (
            <div className="mx-findings">
              <ErrorState error={editing.failure} compact />
            </div>
          )}
          <div className="mx-scroll">
            <Grid rows={matrix.data.rows} findings={faults} onEdit={editing.edit} onInherit={editing.inherit} />
            {own === 0 && <EmptyState icon="matrix" title={t("empty.title")} text={t("empty.text")} />}
            {impact.data !== undefined ? (
              <ImpactPanel impact={impact.data} onTrace={choose} />
            ) : (
              impact.error !== null && <ErrorState error={impact.error} compact />
            )}
          </div>
          {draft.data !== undefined && <DraftBar draft={draft.data} onSelect={choose} />}
        </div>
        <Trace unit={chosen} units={units} onChoose={choose} whatIf={dirty ? whatIf.data : undefined} />
      </div>
      {editing.open?.kind === "cell" && (
        <CellDialog
          key={`${editing.open.row.name} ${editing.open.column}`}
          row={editing.open.row}
          column={editing.open.column}
          words={words}
          busy={editing.busy}
          error={editing.failure}
          onSave={editing.save}
          onClose={editing.close}
        />
      )}
      {editing.open?.kind === "row" && (
        <RowDialog
          words={words}
          busy={editing.busy}
          error={editing.failure}
          onSave={editing.save}
          onClose={editing.close}
        />
      )}
      {editing.open?.kind === "remove" && <RemoveDialog row={editing.open.row} editing={editing} />}
      {actions.committing && draft.data !== undefined && (
        <CommitDialog draft={draft.data} mayPlan={actions.mayPlan} onClose={actions.close} />
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

type Open =
  | { kind: "cell"; row: MatrixRowDto; column: ValueColumn }
  | { kind: "row" }
  | { kind: "remove"; row: MatrixRowDto };

interface Editing {
  open: Open | null;
  busy: boolean;
  failure: Error | null;
  edit: (row: MatrixRowDto, column: Column) => void;
  inherit: (row: MatrixRowDto, column: Column) => void;
  addRow: () => void;
  save: (request: MatrixEditRequest) => void;
  close: () => void;
}

/** Which editor is open, and the one edit under way. */
function useEditing(): Editing {
  const [open, setOpen] = useState<Open | null>(null);
  const { mutate, reset, isPending, error } = useMatrixEdit();
  const close = useCallback(() => {
    setOpen(null);
    reset();
  }, [reset]);
  const save = useCallback(
    (request: MatrixEditRequest) => mutate(request, { onSuccess: () => setOpen(null) }),
    [mutate],
  );
  const edit = useCallback(
    (row: MatrixRowDto, column: Column) => {
      reset();
      if (isValue(column)) setOpen({ kind: "cell", row, column });
    },
    [reset],
  );
  const inherit = useCallback(
    (row: MatrixRowDto, column: Column) => {
      const key = keyOf(column);
      if (!row.row || isPending) return;
      if (column === "row") setOpen({ kind: "remove", row });
      else if (key !== null && wordsOf(row, column).length > 0)
        mutate({ op: "inherit", row: row.row, field: key, value: null });
    },
    [mutate, isPending],
  );
  const addRow = useCallback(() => {
    reset();
    setOpen({ kind: "row" });
  }, [reset]);
  return { open, busy: isPending, failure: error, edit, inherit, addRow, save, close };
}

function RemoveDialog({ row, editing }: { row: MatrixRowDto; editing: Editing }) {
  const { t } = useTranslation("matrix");
  return (
    <Dialog
      open
      onClose={editing.close}
      title={t("remove.title", { row: row.name })}
      text={t("remove.text", { count: row.units })}
      actions={
        <Button
          kind="dng"
          disabled={editing.busy}
          onClick={() => row.row && editing.save({ op: "remove", row: row.row, field: "", value: null })}
        >
          {t("remove.do")}
        </Button>
      }
    >
      {editing.failure !== null && <ErrorState error={editing.failure} compact />}
    </Dialog>
  );
}

function useMatrixCommands(actions: DraftActions, addRow: () => void): void {
  const { t } = useTranslation("matrix");
  const { planDraft, commit, undo, redo } = actions;
  useCommands(
    useMemo(
      (): Command[] => [
        {
          id: "matrix.trace",
          title: t("cmd.trace"),
          group: "screen",
          keys: "w",
          run: () => document.querySelector<HTMLInputElement>("[data-trace]")?.focus(),
        },
        { id: "matrix.addRow", title: t("add.open"), group: "screen", keys: "a", run: addRow },
        { id: "matrix.planDraft", title: t("planDraft"), group: "screen", keys: "$mod+Enter", run: planDraft },
        { id: "matrix.commit", title: t("commit"), group: "screen", keys: "$mod+Shift+Enter", run: commit },
        { id: "matrix.undo", title: t("cmd.undo"), group: "screen", keys: "$mod+z", run: undo },
        { id: "matrix.redo", title: t("cmd.redo"), group: "screen", keys: "$mod+Shift+z", run: redo },
      ],
      [t, addRow, planDraft, commit, undo, redo],
    ),
  );
}

function Note({ matrix }: { matrix: MatrixDto }) {
  const { t } = useTranslation("matrix");
  return (
    <div className="mx-note">
      <span>
        {t("rule")} <b className="m">{t("ruleText")}</b>
      </span>
      <Health matrix={matrix} />
      <span className="grow" />
      <span className="mut nw mx-keys">
        {t("keys.walk")} <KeyHint keys="Enter" /> {t("keys.edit")} <KeyHint keys="Delete" /> {t("keys.inherit")}
      </span>
    </div>
  );
}

/** The files the rows of this workspace stand in. */
function Files({ matrix }: { matrix: MatrixDto }) {
  const files = [...new Map(matrix.rows.flatMap((row) => (row.place ? [[row.place.file, row.place]] : [])))];
  return files.slice(0, 3).map(([file]) => <Why key={sourceText({ file })} source={{ file }} />);
}

function Health({ matrix }: { matrix: MatrixDto }) {
  const { t } = useTranslation("matrix");
  const gaps = matrix.findings.filter((finding) => finding.kind === "gap").length;
  const overlaps = matrix.findings.length - gaps;
  return (
    <>
      <span className={`st ${gaps === 0 ? "ok" : "warn"}`}>
        <Icon name={gaps === 0 ? "ok" : "warn"} />
        {gaps === 0 ? t("health.noGaps") : t("health.gaps", { count: gaps })}
      </span>
      <span className={`st ${overlaps === 0 ? "ok" : "bad"}`}>
        <Icon name={overlaps === 0 ? "ok" : "bad"} />
        {overlaps === 0 ? t("health.noOverlaps") : t("health.overlaps", { count: overlaps })}
      </span>
    </>
  );
}
