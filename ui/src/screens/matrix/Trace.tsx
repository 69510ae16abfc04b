import { Combobox } from "@base-ui/react/combobox";
import { useTranslation } from "react-i18next";
import type { RouteFieldDto, TraceStepDto } from "../../api/dto";
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
}: {
  unit: string | null;
  units: readonly string[];
  onChoose: (unit: string) => void;
}) {
  const { t } = useTranslation("matrix");
  const trace = useTrace(unit);
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
          <Route route={trace.data.route} />
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

function Route({ route }: { route: readonly RouteFieldDto[] }) {
  const say = useSay();
  const { t } = useTranslation("inspector");
  return (
    <table className="mx-route">
      <tbody>
        {route.map((row) => {
          const field = fields.find((known) => known === row.field);
          const name = row.rule !== "" ? row.rule : isOrigin(row.origin) ? t(`origin.${row.origin}`) : row.origin;
          return (
            <tr key={row.field}>
              <th scope="row">{field === undefined ? row.field : t(`route.${field}`)}</th>
              <td className="mono m">
                {row.value === "" ? <span className="mut">{t("route.none")}</span> : say.one(row.valueSaid, row.value)}
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
