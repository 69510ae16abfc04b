import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AttributeChangeDto, ResourceChangeDto, UnitDetailDto } from "../../api/dto";
import { DiagnosticList } from "../../parts/Diagnostics";
import { isPlanAction, PlanCounts, PlanSign } from "../../parts/marks";
import { EmptyState } from "../../parts/states";

function Attribute({ change }: { change: AttributeChangeDto }) {
  const { t } = useTranslation("inspector");
  return (
    <div className="attr">
      <span className="mono">{change.path}</span>
      <span className="mono attr-values">
        {(change.before ?? null) !== null && <span className="del">{change.before}</span>}
        {change.unknown ? (
          <span className="wait cc">{t("plan.known")}</span>
        ) : (
          (change.after ?? null) !== null && <span className="add">{change.after}</span>
        )}
      </span>
    </div>
  );
}

function Resource({ change }: { change: ResourceChangeDto }) {
  const { t } = useTranslation("inspector");
  return (
    <li className="resource">
      <div className="resource-head">
        {isPlanAction(change.action) ? <PlanSign action={change.action} /> : <span>{change.action}</span>}
        <span className="mono ell grow" title={change.address}>
          {change.address}
        </span>
      </div>
      {change.replaceReasons.length > 0 && (
        <p className="warn cc t12">
          {t("plan.replace")}: <span className="mono">{change.replaceReasons.join(", ")}</span>
        </p>
      )}
      {change.attributes.map((attribute) => (
        <Attribute key={attribute.path} change={attribute} />
      ))}
    </li>
  );
}

/** The newest normalised plan of this unit. */
export function PlanTab({ unit }: { unit: UnitDetailDto }) {
  const { t } = useTranslation("inspector");
  const plan = unit.plan ?? null;
  if (plan === null) return <EmptyState icon="file" title={t("plan.none")} text={t("plan.noneText")} />;
  const { create, update, replace, delete: gone } = plan.counts;
  return (
    <div className="tab-body">
      <p className="fx plan-head">
        <span className="mono">{t("plan.engine", { engine: plan.engine, version: plan.engineVersion })}</span>
        <PlanCounts counts={{ create, update, replace, delete: gone }} />
        <span className="grow" />
        {unit.node.changeSet && (
          <Link to="/change/$id/{-$part}" params={{ id: unit.node.changeSet, part: undefined }}>
            {t("plan.in", { id: unit.node.changeSet })}
          </Link>
        )}
      </p>
      {plan.unknownInputs.length > 0 && (
        <p className="wait cc">{t("plan.unknown", { names: plan.unknownInputs.join(", ") })}</p>
      )}
      {plan.changes.length === 0 && <p className="sec">{t("plan.noChange")}</p>}
      <ul>
        {plan.changes.map((change) => (
          <Resource key={change.address} change={change} />
        ))}
      </ul>
      {plan.outputs.length > 0 && <h3 className="b">{t("plan.outputs")}</h3>}
      {plan.outputs.map((output) => (
        <Attribute key={output.path} change={output} />
      ))}
      {plan.warnings.length > 0 && <DiagnosticList diagnostics={plan.warnings} />}
    </div>
  );
}
