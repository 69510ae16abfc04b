import { useTranslation } from "react-i18next";
import { StatusBadge } from "../../parts/StatusBadge";
import { EmptyState } from "../../parts/states";
import { severityOf, toneOf } from "../../parts/status";
import { useSay } from "../../parts/useSay";
import type { GraphUnit } from "./useGraph";

const SHOWN = 14;

/** What the inspector's place shows while nothing is selected: the units that need someone, worst first. */
export function Attention({ units, onSelect }: { units: GraphUnit[]; onSelect: (id: string) => void }) {
  const { t } = useTranslation("inspector");
  const say = useSay();
  const restless = units
    .filter((unit) => toneOf(unit.status) !== "ok" && unit.status !== "unassembled")
    .sort((a, b) => severityOf(a.status) - severityOf(b.status) || a.id.localeCompare(b.id));
  if (restless.length === 0) return <EmptyState icon="ok" title={t("none.calm")} text={t("none.calmText")} />;
  return (
    <>
      <div className="ihd">
        <div className="fx ihd-1">
          <h2>{t("none.title")}</h2>
          <span className="mut num">{restless.length}</span>
        </div>
        <p className="t12 mut">{t("none.text")}</p>
      </div>
      <ul className="attention">
        {restless.slice(0, SHOWN).map((unit) => (
          <li key={unit.id}>
            <button type="button" onClick={() => onSelect(unit.id)}>
              <span className="fx">
                <b className="ell grow">{unit.module}</b>
                <StatusBadge status={unit.status} />
              </span>
              <span className="fx t12 mut">
                <span className="mono ell attention-where">
                  {unit.environment}/{unit.composition}
                </span>
                <span className="grow" />
                <span className="ell">{say.one(unit.said, unit.detail ?? "")}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {restless.length > SHOWN && (
        <p className="attention-more mut t12">{t("none.more", { count: restless.length - SHOWN })}</p>
      )}
    </>
  );
}
