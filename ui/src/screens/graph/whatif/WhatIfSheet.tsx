import "./whatif.css";
import { useTranslation } from "react-i18next";
import type { ApprovalNeedDto, CauseDto, UnitImpactDto, WhatIfDto, WhatIfPolicyDto } from "../../../api/dto";
import { DiagnosticList } from "../../../parts/Diagnostics";
import { Dialog } from "../../../parts/Dialog";
import { Icon } from "../../../parts/Icon";
import { EmptyState } from "../../../parts/states";
import { useSay } from "../../../parts/useSay";
import { Why } from "../../../parts/Why";

const causes = ["appeared", "gone", "moved", "input", "route", "module", "content", "target", "reads"] as const;
const routeFields = ["engine", "reconcile", "drift", "gate", "backup", "window", "rollback"] as const;

/** What the draft would mean if it were committed and planned now; no engine is asked (D12 live what-if). */
export function WhatIfSheet({
  whatIf,
  onSelect,
  onClose,
}: {
  whatIf: WhatIfDto;
  onSelect: (unit: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("graph");
  const go = (unit: string) => {
    onSelect(unit);
    onClose();
  };
  const nothing =
    whatIf.units.length + whatIf.routes.length + whatIf.policies.length + whatIf.newDiagnostics.length === 0;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t("whatIf.title")}
      text={t("whatIf.text", { base: whatIf.base.slice(0, 8) })}
    >
      {nothing && <EmptyState icon="ok" title={t("whatIf.nothing")} text={t("whatIf.nothingText")} />}
      <Part title={t("whatIf.policies")} count={whatIf.policies.length}>
        {[...whatIf.policies].sort(denialsFirst).map((policy) => (
          <Policy key={`${policy.environment} ${policy.rule} ${policy.message}`} policy={policy} />
        ))}
      </Part>
      {whatIf.newDiagnostics.length > 0 && (
        <>
          <h3 className="t12 sec m wi-h">{t("whatIf.problems", { count: whatIf.newDiagnostics.length })}</h3>
          <DiagnosticList diagnostics={whatIf.newDiagnostics} />
        </>
      )}
      <Part title={t("whatIf.approvals")} count={whatIf.approvals.length}>
        {together(whatIf.approvals).map(({ need, units }) => (
          <Need key={units.join(" ")} need={need} units={units} onSelect={go} />
        ))}
      </Part>
      <Part title={t("whatIf.routes")} count={whatIf.routes.length}>
        {whatIf.routes.map((route) => (
          <Route key={route.unit} route={route} onSelect={go} />
        ))}
      </Part>
      <Part title={t("whatIf.units")} count={whatIf.units.length}>
        {whatIf.units.map((affected) => (
          <li key={affected.unit}>
            <Unit id={affected.unit} onSelect={go} />
            <span className="sec">
              {affected.causes.map((cause) => (
                <Cause key={`${cause.kind} ${cause.what} ${cause.unit ?? ""}`} cause={cause} />
              ))}
            </span>
          </li>
        ))}
      </Part>
    </Dialog>
  );
}

const denialsFirst = (a: WhatIfPolicyDto, b: WhatIfPolicyDto) =>
  Number(b.outcome === "deny") - Number(a.outcome === "deny");

/** Units that ask for the same people stand together. */
export function together(needs: readonly ApprovalNeedDto[]): { need: ApprovalNeedDto; units: string[] }[] {
  const groups = new Map<string, { need: ApprovalNeedDto; units: string[] }>();
  for (const need of needs) {
    const key = JSON.stringify([need.level, need.roles, need.people, need.said, need.place]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { need, units: [need.unit] });
    else known.units.push(need.unit);
  }
  return [...groups.values()].sort((a, b) => b.need.people - a.need.people);
}

function Part({ title, count, children }: { title: string; count: number; children: React.ReactNode }) {
  if (count === 0) return null;
  return (
    <>
      <h3 className="t12 sec m wi-h">
        {title} <span className="num mut">{count}</span>
      </h3>
      <ul className="wi-list">{children}</ul>
    </>
  );
}

function Unit({ id, onSelect }: { id: string; onSelect: (unit: string) => void }) {
  return (
    <button type="button" className="lnk mono" onClick={() => onSelect(id)}>
      {id}
    </button>
  );
}

function Policy({ policy }: { policy: WhatIfPolicyDto }) {
  const { t } = useTranslation("graph");
  const denies = policy.outcome === "deny";
  return (
    <li>
      <span className={`${denies ? "bad" : "warn"} cc nw m`}>
        <Icon name={denies ? "bad" : "warn"} /> {t(denies ? "whatIf.denied" : "whatIf.warned")}
      </span>
      <span className="grow">
        {policy.message} <span className="mono sec">{policy.unit ?? policy.environment}</span>
      </span>
      <Why source={policy.place} />
    </li>
  );
}

function Need({
  need,
  units,
  onSelect,
}: {
  need: ApprovalNeedDto;
  units: readonly string[];
  onSelect: (unit: string) => void;
}) {
  const say = useSay();
  const { t } = useTranslation("matrix");
  const roles = need.roles.map((one) => `${one.role === "" ? t("now.any") : one.role} ×${one.count}`);
  return (
    <li>
      <span className="grow">
        {need.people === 0 ? t("now.auto") : t("now.people", { count: need.people, roles: roles.join(t("listJoin")) })}{" "}
        <span className="sec">{say.one(need.said, need.why)}</span>
        <br />
        {units.map((unit) => (
          <Unit key={unit} id={unit} onSelect={onSelect} />
        ))}
      </span>
      {need.place && <Why source={need.place} />}
    </li>
  );
}

function Route({ route, onSelect }: { route: UnitImpactDto; onSelect: (unit: string) => void }) {
  const { t } = useTranslation("inspector");
  const { t: tg } = useTranslation("graph");
  return (
    <li>
      <Unit id={route.unit} onSelect={onSelect} />
      <span className="grow">
        {route.fields.map((field) => {
          const known = routeFields.find((name) => name === field.field);
          const looser = field.turn === "loosening";
          return (
            <span key={field.field} className={`wi-field${looser ? " warn cc" : ""}`}>
              {known === undefined ? field.field : t(`route.${known}`)}{" "}
              <span className="mono">{field.from || "–"}</span> → <span className="mono m">{field.to || "–"}</span>
              {looser && <span className="m"> {tg("whatIf.looser")}</span>}
            </span>
          );
        })}
      </span>
    </li>
  );
}

function Cause({ cause }: { cause: CauseDto }) {
  const { t } = useTranslation("graph");
  const kind = causes.find((known) => known === cause.kind);
  const words = kind === undefined ? cause.kind : t(`whatIf.cause.${kind}`);
  return (
    <span className="wi-field">
      {words} {(cause.unit ?? "") !== "" && <span className="mono">{cause.unit} </span>}
      <span className="mono">{cause.what}</span>
    </span>
  );
}
