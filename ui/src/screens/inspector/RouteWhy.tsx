import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { RouteFieldDto } from "../../api/dto";
import { Origin } from "../../parts/controls";
import { useSay } from "../../parts/useSay";
import { Why } from "../../parts/Why";
import { isOrigin, isOverride } from "./origin";

const fields = ["engine", "reconcile", "drift", "gate", "backup", "window", "rollback"] as const;
type Field = (typeof fields)[number];

function isField(word: string): word is Field {
  return (fields as readonly string[]).includes(word);
}

function Row({ row }: { row: RouteFieldDto }) {
  const say = useSay();
  const { t } = useTranslation("inspector");
  const name = (origin: string) => (isOrigin(origin) ? t(`origin.${origin}`) : origin);
  const lost = row.overruled[row.overruled.length - 1];
  const builtIn = row.place === undefined || row.place === null;
  // A built-in row names its rule below, beside its origin; once is enough.
  const note =
    lost === undefined
      ? builtIn
        ? ""
        : row.rule
      : t("route.instead", { origin: lost.rule === "" ? name(lost.origin) : lost.rule, value: lost.value });
  return (
    <div className="rr">
      <dt>{isField(row.field) ? t(`route.${row.field}`) : row.field}</dt>
      <dd>
        <div className="v">
          <span>{row.value === "" ? t("route.none") : say.one(row.valueSaid, row.value)}</span>
          <span
            className="mut t12 ell"
            title={row.overruled.map((o) => `${name(o.origin)} ${o.rule}: ${o.value}`).join("\n")}
          >
            {note}
          </span>
        </div>
        <div className="why">
          <Origin own={isOverride(row.origin)}>{name(row.origin)}</Origin>
          {row.overruled.length > 1 && <span>{t("route.more", { count: row.overruled.length - 1 })}</span>}
          {row.place !== undefined && row.place !== null ? (
            <Why source={row.place} short />
          ) : (
            <span className="src still">{t("route.builtIn", { rule: row.rule })}</span>
          )}
        </div>
      </dd>
    </div>
  );
}

/** Per field: the value in force, what it beat, which layer says so, and where. Always visible under the form. */
export function RouteWhy({ route, unit }: { route: RouteFieldDto[]; unit: string }) {
  const { t } = useTranslation("inspector");
  return (
    <>
      <div className="sec-h">
        <h3>{t("route.title")}</h3>
        <span className="grow" />
        <Link to="/matrix" search={(old) => ({ env: old.env, for: unit })} className="t12">
          {t("route.matrix")}
        </Link>
      </div>
      <dl className="route" tabIndex={0}>
        {route.map((row) => (
          <Row key={row.field} row={row} />
        ))}
      </dl>
    </>
  );
}
