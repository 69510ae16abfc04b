import "./matrix.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { MatrixDto } from "../../api/dto";
import { type Command, useCommands } from "../../commands/registry";
import { DiagnosticList } from "../../parts/Diagnostics";
import { Icon } from "../../parts/Icon";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states";
import { sourceText, Why } from "../../parts/Why";
import { useGraph } from "../graph/useGraph";
import { Grid } from "./Grid";
import { Trace } from "./Trace";
import { useMatrix } from "./useMatrix";

/** The decision matrix, read only: every row, what it inherits, and which one wins for a unit. */
export function MatrixScreen() {
  const { t } = useTranslation("matrix");
  const search = useSearch({ from: "__root__" });
  const navigate = useNavigate();
  const matrix = useMatrix();
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
      ],
      [t],
    ),
  );
  if (matrix.error !== null && matrix.data === undefined)
    return <ErrorState error={matrix.error} onRetry={() => void matrix.refetch()} />;
  if (matrix.data === undefined) return <SkeletonRows rows={8} what={t("waits")} />;
  const own = matrix.data.rows.filter((row) => !row.builtIn).length;
  return (
    <>
      <header className="viewbar">
        <h1>{t("title")}</h1>
        <Files matrix={matrix.data} />
        <span className="grow" />
        <span className="mut nw">{t("readOnly")}</span>
      </header>
      <div className="mx-body">
        <div className="mx-left">
          <div className="mx-note">
            <span>
              {t("rule")} <b className="m">{t("ruleText")}</b>
            </span>
            <Health matrix={matrix.data} />
            <span className="grow" />
            <span className="mut nw">{t("rows", { own, all: matrix.data.rows.length })}</span>
          </div>
          {matrix.data.diagnostics.length > 0 && (
            <div className="mx-findings">
              <DiagnosticList diagnostics={matrix.data.diagnostics} />
            </div>
          )}
          <div className="mx-scroll">
            <Grid rows={matrix.data.rows} diagnostics={matrix.data.diagnostics} />
          </div>
          {own === 0 && <EmptyState icon="matrix" title={t("empty.title")} text={t("empty.text")} />}
        </div>
        <Trace unit={chosen} units={units} onChoose={choose} />
      </div>
    </>
  );
}

/** The files the rows of this workspace stand in. */
function Files({ matrix }: { matrix: MatrixDto }) {
  const files = [...new Map(matrix.rows.flatMap((row) => (row.place ? [[row.place.file, row.place]] : [])))];
  return files.slice(0, 3).map(([file]) => <Why key={sourceText({ file })} source={{ file }} />);
}

function Health({ matrix }: { matrix: MatrixDto }) {
  const { t } = useTranslation("matrix");
  const errors = matrix.diagnostics.filter((finding) => finding.severity === "error").length;
  return errors === 0 ? (
    <span className="st ok">
      <Icon name="ok" />
      {t("healthy")}
    </span>
  ) : (
    <span className="st bad">
      <Icon name="bad" />
      {t("broken", { count: errors })}
    </span>
  );
}
