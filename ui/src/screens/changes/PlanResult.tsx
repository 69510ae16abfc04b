import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { PlanResponse } from "../../api/dto";
import { DiagnosticList } from "../../parts/Diagnostics";
import { Dialog } from "../../parts/Dialog";
import { PlanCounts } from "../../parts/marks";
import { StatusBadge } from "../../parts/StatusBadge";
import { statusOf } from "../../parts/status";
import { signCounts } from "./read";

/** What planning the commits made: one ChangeSet opens by itself, several are listed, none is said. */
export function PlanResult({ result, onClose }: { result: PlanResponse; onClose: () => void }) {
  const { t } = useTranslation("changes");
  const navigate = useNavigate();
  const errors = result.diagnostics.filter((finding) => finding.severity === "error");
  const only = result.changeSets.length === 1 && errors.length === 0 ? result.changeSets[0]?.id : undefined;
  // "Nothing to plan" may only be said when nothing stood in the way of planning.
  const nothing = result.changeSets.length === 0 && errors.length === 0;
  useEffect(() => {
    if (only === undefined) return;
    onClose();
    void navigate({ to: "/change/$id/{-$part}", params: { id: only, part: undefined }, search: (old) => old });
  }, [only, onClose, navigate]);
  if (only !== undefined) return null;
  return (
    <Dialog open sheet onClose={onClose} title={t("result.title")} text={nothing ? undefined : t("result.text")}>
      {nothing && (
        <>
          <StatusBadge status="healthy" detail={t("result.none")} />
          <p className="sec">{t("result.noneText", { count: result.unchanged.length })}</p>
        </>
      )}
      <ul className="cr-covered">
        {result.changeSets.map((change) => (
          <li key={change.id}>
            <StatusBadge status={statusOf(change.status)} />
            <span className="mono">{change.environment}</span>
            <span className="ell grow">{change.title}</span>
            <PlanCounts counts={signCounts(change.counts)} />
            <Link to="/change/$id/{-$part}" params={{ id: change.id, part: undefined }} onClick={onClose}>
              {t("openRun", { id: change.id })}
            </Link>
          </li>
        ))}
      </ul>
      {errors.length > 0 && <h3 className="b">{t("result.notPlanned")}</h3>}
      {result.diagnostics.length > 0 && <DiagnosticList diagnostics={result.diagnostics} />}
    </Dialog>
  );
}
