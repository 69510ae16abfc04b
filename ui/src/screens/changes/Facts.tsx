import { useTranslation } from "react-i18next";
import type { ChangeDetailDto } from "../../api/dto";
import { Icon, type IconName } from "../../parts/Icon";
import { layerOf } from "../../parts/marks";

interface Fact {
  tone: string;
  icon: IconName;
  value: string;
  word: string;
}

/** Five figures that decide how closely to look; a zero is quiet, an unknown is said. */
export function Facts({ change }: { change: ChangeDetailDto }) {
  const { t } = useTranslation("changes");
  const gone = change.units.filter((unit) => unit.riskGroup === "irreversible").length;
  const replaced = change.counts.replace;
  const open = change.units.filter((unit) => unit.riskGroup === "unknown" || unit.riskGroup === "blind").length;
  const base = change.units.filter((unit) => layerOf(unit.layer) === "Foundation").length;
  const facts: Fact[] = [
    { tone: gone > 0 ? "bad" : "", icon: "bad", value: String(gone), word: t("fact.irreversible", { count: gone }) },
    {
      tone: replaced > 0 ? "warn" : "",
      icon: "retry",
      value: String(replaced),
      word: t("fact.replace", { count: replaced }),
    },
    { tone: open > 0 ? "wait" : "", icon: "unknown", value: String(open), word: t("fact.unknown", { count: open }) },
    { tone: "", icon: "lock", value: String(base), word: t("fact.foundation", { count: base }) },
    { tone: "", icon: "budget", value: t("fact.noPrice"), word: t("fact.cost") },
  ];
  return (
    <ul className="cr-facts" aria-label={t("facts")}>
      {facts.map((fact) => (
        <li key={fact.icon} className={fact.tone}>
          <b className={fact.value === "0" || fact.icon === "budget" ? "num calm" : "num"}>
            <Icon name={fact.icon} size="m" />
            {fact.value}
          </b>
          <span>{fact.word}</span>
        </li>
      ))}
    </ul>
  );
}
