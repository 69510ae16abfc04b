import { useTranslation } from "react-i18next";
import type { UnitChangesDto } from "../../../api/dto";
import type { IconName } from "../../../parts/drawings";
import { Icon } from "../../../parts/Icon";
import type { Tone } from "../../../parts/status";

const SHOWN = 6;

/** What an act means for units, before its text: what goes is said first and loudest. */
export function UnitChanges({ units }: { units: UnitChangesDto }) {
  const { t } = useTranslation("author");
  const { removed, moved, added, rerouted } = units;
  return (
    <div className="unit-changes">
      {removed.length > 0 && (
        <Line tone="bad" icon="bad" text={t("units.removed", { count: removed.length })} ids={removed} />
      )}
      {moved.length > 0 && (
        <Line
          tone="ok"
          icon="ok"
          text={t("units.moved", { count: moved.length })}
          ids={moved.map(({ from, to }) => `${from} → ${to}`)}
        />
      )}
      {added.length > 0 && (
        <Line tone="idle" icon="plus" text={t("units.added", { count: added.length })} ids={added} />
      )}
      {rerouted.length > 0 && (
        <Line tone="warn" icon="warn" text={t("units.rerouted", { count: rerouted.length })} ids={rerouted} />
      )}
    </div>
  );
}

function Line({ tone, icon, text, ids }: { tone: Tone; icon: IconName; text: string; ids: string[] }) {
  const { t } = useTranslation("author");
  return (
    <div className={`unit-change ${tone} cc`}>
      <Icon name={icon} />
      <div>
        <p>{text}</p>
        <ul className="mono t12 sec">
          {ids.slice(0, SHOWN).map((id) => (
            <li key={id}>{id}</li>
          ))}
          {ids.length > SHOWN && <li>{t("units.more", { count: ids.length - SHOWN })}</li>}
        </ul>
      </div>
    </div>
  );
}
