import { Combobox } from "@base-ui/react/combobox";
import { useTranslation } from "react-i18next";
import type { RouteFieldDto, TraceStepDto, UnitImpactDto, WhatIfDto } from "../../api/dto";
import { Origin } from "../../parts/controls";
import { Icon } from "../../parts/Icon";
import { ErrorState, SkeletonRows } from "../../parts/states";
import { useSay } from "../../parts/useSay";
import { Why } from "../../parts/Why";
import { isOrigin, isOverride } from "../inspector/origin";
import { useTrace } from "./useMatrix";

const MOST_SHOWN = 80;
const fields = ["engine", "reconcile", "drift", "gate", "backup", "window", "rollback"] as const;

/** Which row wins for one unit, step by step, and the route that comes of it. */
export function Trace({
  unit,
  units,
  onChoose,
  whatIf,
}: {
  unit: string | null;
  units: readonly string[];
  onChoose: (unit: string) => void;
  /** What the draft would mean; none while there is no draft. */
  whatIf?: WhatIfDto | undefined;
}) {
  const { t } = useTranslation("matrix");
  const trace = useTrace(unit);
  const change = whatIf?.routes.find((one) => one.unit === unit);
  return (
    <aside className="mx-right" aria-label={t("trace.title")}>
      <div className="ph">
        <h2>{t("trace.title")}</h2>
      </div>
      <div className="mx-pick">
        <Picker unit={unit} units={units} onChoose={onChoose} />
        {trace.data !== undefined && unit !== null && (
          <div className="mx-facts">
            {trace.data.facts.map((fact) => (
              <Fact key={fact} text={fact} />
            ))}
          </div>
        )}
      </div>
      {unit === null ? (
        <p className="mut mx-none">{t("trace.none")}</p>
      ) : trace.error !== null ? (
        <ErrorState error={trace.error} onRetry={() => void trace.refetch()} compact />
      ) : trace.data === undefined ? (
        <SkeletonRows rows={4} what={unit} />
      ) : (
        <>
          <ol className="mx-trace">
            {trace.data.steps.map((step, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps in their fixed order
              <Step key={i} step={step} />
            ))}
          </ol>
          <div className="ph mx-final">
            <h2>{t("route.title")}</h2>
            <span className="grow" />
            <span className="t12 mut">{t("route.from")}</span>
          </div>
          <Route route={trace.data.route} change={change} />
          {whatIf !== undefined && <IfPlanned unit={unit} whatIf={whatIf} />}
        </>
      )}
    </aside>
  );
}

/** `lifecycle PaaS`: the last word is the value as the documents write it. */
function Fact({ text }: { text: string }) {
  const cut = text.lastIndexOf(" ");
  return (
    <span>
      {text.slice(0, cut + 1)}
      <code>{text.slice(cut + 1)}</code>
    </span>
  );
}

function Step({ step }: { step: TraceStepDto }) {
  const say = useSay();
  const { t } = useTranslation("matrix");
  return (
    <li className={step.matched ? "ok" : "idle"}>
      <span className="mx-dot">
        <Icon name={step.matched ? "check" : "x"} />
      </span>
      <div>
        <div className="mx-step">
          <b className="m ell" title={step.name}>
            {step.name}
          </b>
          <span className="grow" />
          <span className="cc t12 m nw">{step.matched ? t("trace.matched") : t("trace.not")}</span>
        </div>
        <div className="mx-step t12 mut">
          <span>{say.all(step.said, step.text)}</span>
          <span className="grow" />
          {step.place !== undefined && step.place !== null ? (
            <Why source={step.place} short />
          ) : (
            <span className="nw">{t("builtIn")}</span>
          )}
        </div>
      </div>
    </li>
  );
}

/** Who would have to agree if the draft were planned now. */
function IfPlanned({ unit, whatIf }: { unit: string; whatIf: WhatIfDto }) {
  const say = useSay();
  const { t } = useTranslation("matrix");
  const need = whatIf.approvals.find((one) => one.unit === unit);
  if (need === undefined) return null;
  const roles = need.roles.map((one) => `${one.role === "" ? t("now.any") : one.role} ×${one.count}`);
  return (
    <div className="mx-now">
      <Icon name="usercheck" />
      <p>
        {need.people === 0 ? t("now.auto") : t("now.people", { count: need.people, roles: roles.join(t("listJoin")) })}
        <br />
        <span className="sec">{say.one(need.said, need.why)}</span> {need.place && <Why source={need.place} />}
      </p>
    </div>
  );
}

function Route({ route, change }: { route: readonly RouteFieldDto[]; change: UnitImpactDto | undefined }) {
  const say = useSay();
  const { t } = useTranslation("inspector");
  const { t: tm } = useTranslation("matrix");
  return (
    <table className="mx-route">
      <tbody>
        {route.map((row) => {
          const field = fields.find((known) => known === row.field);
          const name = row.rule !== "" ? row.rule : isOrigin(row.origin) ? t(`origin.${row.origin}`) : row.origin;
          const was = change?.fields.find((one) => one.field === row.field)?.from;
          return (
            <tr key={row.field} className={was === undefined ? undefined : "ch"}>
              <th scope="row">{field === undefined ? row.field : t(`route.${field}`)}</th>
              <td className="mono m">
                {row.value === "" ? <span className="mut">{t("route.none")}</span> : say.one(row.valueSaid, row.value)}
                {was !== undefined && <span className="mut mx-was">{tm("was", { value: was })}</span>}
              </td>
              <td className="r">
                <Origin
                  own={isOverride(row.origin)}
                  title={isOrigin(row.origin) ? t(`origin.${row.origin}`) : row.origin}
                >
                  {name}
                </Origin>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Picker({
  unit,
  units,
  onChoose,
}: {
  unit: string | null;
  units: readonly string[];
  onChoose: (unit: string) => void;
}) {
  const { t } = useTranslation("matrix");
  return (
    <Combobox.Root
      items={units}
      value={unit}
      limit={MOST_SHOWN}
      onValueChange={(next) => next !== null && onChoose(next)}
    >
      <div className="mx-combo field">
        <Icon name="search" />
        <Combobox.Input data-trace aria-label={t("trace.pick")} placeholder={t("trace.pick")} className="mono" />
        <Combobox.Trigger className="mx-open" aria-label={t("trace.show")}>
          <Icon name="down" size="xs" />
        </Combobox.Trigger>
      </div>
      <Combobox.Portal>
        <Combobox.Positioner className="pop-layer" sideOffset={4} align="start">
          <Combobox.Popup className="menu mx-menu">
            <Combobox.Empty className="mx-empty mut">{t("trace.noUnit")}</Combobox.Empty>
            <Combobox.List>
              {(id: string) => (
                <Combobox.Item key={id} value={id} className="menu-item mono">
                  {id}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
