import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { ChangeDetailDto, CostDto } from "../../api/dto";
import { Icon, type IconName } from "../../parts/Icon";
import { layerOf } from "../../parts/marks";

interface Fact {
  tone: string;
  icon: IconName;
  value: string;
  word: string;
}

/** A month's difference with its sign; "not known" says of how many resources. */
export function costFact(
  cost: CostDto | null,
  t: TFunction<"changes">,
  language: string,
): Pick<Fact, "value" | "word"> {
  if (cost === null) return { value: t("fact.noPrice"), word: t("fact.noPrices") };
  const { monthly = null, currency, unpriced } = cost;
  if (monthly === null)
    return {
      value: t("fact.noPrice"),
      word: unpriced > 0 ? t("fact.unpriced", { count: unpriced }) : t("fact.cost"),
    };
  const money = new Intl.NumberFormat(language, { style: "currency", currency, signDisplay: "exceptZero" });
  return { value: money.format(monthly), word: t("fact.cost") };
}

/** Five figures that decide how closely to look; a zero is quiet, an unknown is said. */
export function Facts({ change }: { change: ChangeDetailDto }) {
  const { t, i18n } = useTranslation("changes");
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
    { tone: "", icon: "budget", ...costFact(change.cost ?? null, t, i18n.language) },
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
