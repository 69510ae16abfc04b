import "./problems.css";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DiagnosticDto } from "../../api/dto";
import { useProblems } from "../../api/workspace";
import { FilterField } from "../../filter/FilterField";
import { Seg } from "../../parts/controls";
import { diagnosticLook } from "../../parts/Diagnostics";
import { Icon } from "../../parts/Icon";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states";
import { useSay } from "../../parts/useSay";
import { sourceText, Why } from "../../parts/Why";

type Severity = "all" | "error" | "warning" | "info";

function fits(d: DiagnosticDto, severity: Severity, words: string[]): boolean {
  if (severity !== "all" && d.severity !== severity) return false;
  const text = `${d.file} ${d.code} ${d.message} ${d.hint}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function Row({ problem }: { problem: DiagnosticDto }) {
  const { t } = useTranslation("problems");
  const { t: tp } = useTranslation("parts");
  const { tone, icon } = diagnosticLook(problem.severity);
  const title = useSay().title(problem.code);
  const word =
    problem.severity === "error" || problem.severity === "warning"
      ? tp(`status.${problem.severity}`)
      : tp("status.info");
  return (
    <tr>
      <td>
        <span className={`st ${tone}`}>
          <Icon name={icon} />
          {word}
        </span>
      </td>
      <td>
        {title === null ? null : <p className="b">{title}</p>}
        <p className={title === null ? "b" : undefined}>{problem.message}</p>
        {problem.hint !== "" && <p className="sec">{problem.hint}</p>}
        {problem.related.length > 0 && (
          <p className="t12 mut related">
            {t("related")}
            {problem.related.map((place) => (
              <Why key={sourceText(place)} source={place} />
            ))}
          </p>
        )}
      </td>
      <td>
        <Why source={problem} />
        {problem.line > 0 && <span className="mono mut t12">:{problem.column}</span>}
      </td>
      <td className="mono mut t12">{problem.code}</td>
    </tr>
  );
}

/** Every diagnostic of the workspace; a broken file never hides the others. */
export function ProblemsScreen() {
  const { t } = useTranslation("problems");
  const problems = useProblems();
  const [severity, setSeverity] = useState<Severity>("all");
  const [text, setText] = useState("");
  const all = problems.data?.diagnostics;
  const shown = useMemo(() => {
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((w) => w !== "");
    return (all ?? []).filter((d) => fits(d, severity, words));
  }, [all, severity, text]);
  if (problems.error !== null) return <ErrorState error={problems.error} onRetry={() => void problems.refetch()} />;
  if (problems.data === undefined || all === undefined) return <SkeletonRows what={t("waits")} />;
  const affected = problems.data.affectedUnits.length;
  return (
    <>
      <header className="viewbar">
        <h1>{t("title")}</h1>
        <span className="mut num nw">{t("counts", { count: all.length })}</span>
        <FilterField value={text} label={t("filter")} placeholder={t("filterHint")} onChange={setText} />
        <Seg
          label={t("title")}
          value={severity}
          onChange={setSeverity}
          options={(["all", "error", "warning", "info"] as const).map((value) => ({
            value,
            label: t(`severity.${value}`),
          }))}
        />
        <span className="grow" />
        {affected > 0 && <span className="bad cc nw">{t("affected", { count: affected })}</span>}
      </header>
      {all.length === 0 ? (
        <EmptyState icon="ok" title={t("none.title")} text={t("none.text")}>
          <Link to="/graph" className="btn">
            {t("none.graph")}
          </Link>
        </EmptyState>
      ) : (
        <div className="problems">
          {shown.length === 0 && <p className="mut problems-none">{t("noHits")}</p>}
          {shown.length > 0 && (
            <table>
              <thead>
                <tr>
                  <th>{t("level")}</th>
                  <th>{t("what")}</th>
                  <th>{t("place")}</th>
                  <th>{t("code")}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((problem) => (
                  <Row
                    key={`${problem.file}:${problem.line}:${problem.column}:${problem.code}:${problem.message}`}
                    problem={problem}
                  />
                ))}
              </tbody>
            </table>
          )}
        </div>
      )}
    </>
  );
}
