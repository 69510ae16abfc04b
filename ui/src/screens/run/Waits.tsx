import { useTranslation } from "react-i18next";
import type { RunDto } from "../../api/dto";
import { Button } from "../../parts/controls";
import { Icon } from "../../parts/Icon";
import { useSay } from "../../parts/useSay";
import { useTimes } from "../../parts/useTimes";
import { nameOf } from "../changes/read";

const MOST = 6;

/** What waits and why, directly under the picture; a wait without a reason is never shown as one. */
export function Waits({
  run,
  onSelect,
  onSignOff,
}: {
  run: RunDto;
  onSelect: (id: string) => void;
  onSignOff: () => void;
}) {
  const { t } = useTranslation("run");
  const times = useTimes();
  const say = useSay();
  if (run.waits.length === 0) return null;
  return (
    <section className="rn-waits" aria-label={t("waits")}>
      {run.waits.slice(0, MOST).map((wait) => {
        const signs = run.units.some((unit) => unit.id === wait.unit && unit.needsSignOff);
        return (
          <div key={`${wait.unit} ${wait.why}`}>
            <Icon name={signs ? "usercheck" : "clock"} />
            <button type="button" className="rn-wait-unit" onClick={() => onSelect(wait.unit)}>
              {nameOf(wait.unit)}
            </button>
            <span className="rn-wait-why">
              {say.one(wait.whySaid, wait.why)}
              {wait.until !== undefined && wait.until !== null && (
                <b className="num" title={times.full(wait.until)}>
                  {" "}
                  {t("until", { at: times.clock(wait.until) })}
                </b>
              )}
            </span>
            {signs && (
              <Button kind="gho" onClick={onSignOff}>
                {t("signOff.open")}
              </Button>
            )}
          </div>
        );
      })}
      {run.waits.length > MOST && <p className="sec t12">{t("moreWaits", { count: run.waits.length - MOST })}</p>}
    </section>
  );
}
