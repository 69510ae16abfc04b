import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ChangeDetailDto, PlanResponse } from "../../api/dto";
import { DiagnosticList } from "../../parts/Diagnostics";
import { Dialog } from "../../parts/Dialog";
import { PlanCounts } from "../../parts/marks";
import { StatusBadge } from "../../parts/StatusBadge";
import { statusOf } from "../../parts/status";

function ChangeRow({ change, onClose }: { change: ChangeDetailDto; onClose: () => void }) {
  const { t } = useTranslation("graph");
  const { create, update, replace, delete: gone } = change.counts;
  return (
    <li className="plan-row">
      <StatusBadge status={statusOf(change.status)} chip />
      <span className="mono">{change.environment}</span>
      <span className="ell grow">{change.title}</span>
      <PlanCounts counts={{ create, update, replace, delete: gone }} />
      <Link to="/change/$id/{-$part}" params={{ id: change.id, part: undefined }} onClick={onClose}>
        {t("planned_result.open", { id: change.id })}
      </Link>
    </li>
  );
}

/** What planning the draft said: ChangeSets to read, or that nothing would change. */
export function PlanSheet({ result, onClose }: { result: PlanResponse; onClose: () => void }) {
  const { t } = useTranslation("graph");
  const errors = result.diagnostics.filter((d) => d.severity === "error");
  // "Nothing would change" may only be said when every unit could be planned.
  const nothing = result.changeSets.length === 0 && errors.length === 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("planned_result.title")}
      text={nothing ? undefined : t("planned_result.text")}
      sheet
    >
      {nothing && (
        <p className="fx">
          <StatusBadge status="healthy" detail={t("planned_result.none")} />
        </p>
      )}
      {nothing && <p className="sec">{t("planned_result.noneText", { count: result.unchanged.length })}</p>}
      <ul className="plan-rows">
        {result.changeSets.map((change) => (
          <ChangeRow key={change.id} change={change} onClose={onClose} />
        ))}
      </ul>
      {errors.length > 0 && <h3 className="b">{t("planned_result.notPlanned")}</h3>}
      {result.diagnostics.length > 0 && <DiagnosticList diagnostics={result.diagnostics} />}
    </Dialog>
  );
}
