import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AttributeChangeDto, ChangeUnitDto, ResourceChangeDto } from "../../api/dto";
import { DiagnosticList } from "../../parts/Diagnostics";
import { Icon } from "../../parts/Icon";
import { EngineGlyph, layerClass, PlanCounts, PlanSign } from "../../parts/marks";
import { StatusBadge } from "../../parts/StatusBadge";
import { useSay } from "../../parts/useSay";
import { Why } from "../../parts/Why";
import { isBlocked, planAction, signCounts, splitId } from "./read";
import { useViewed } from "./useViewed";

const MASK = "<secret>";

/** One unit of the plan: a row that opens into its resources, attribute by attribute. */
export function UnitPlan({
  unit,
  open,
  onToggle,
}: {
  unit: ChangeUnitDto;
  open: boolean;
  onToggle: (id: string) => void;
}) {
  const { t } = useTranslation("changes");
  const viewed = useViewed((state) => state.seen.includes(unit.unitDigest));
  const mark = useViewed((state) => state.mark);
  const { path, name } = splitId(unit.id);
  return (
    <div data-unit={unit.id} className={`cr-unit ${layerClass(unit.layer)}`}>
      <div className="cr-unit-row">
        <button type="button" className="cr-unit-head" aria-expanded={open} onClick={() => onToggle(unit.id)}>
          <Icon name={open ? "down" : "right"} size="xs" />
          <i className="cr-spine" />
          <EngineGlyph engine={unit.engine} />
          <span className="ell">
            <span className="mut">{path}</span>
            <b>{name}</b>
          </span>
          <span className="cr-layer">{unit.layer}</span>
          {unit.plan !== undefined && unit.plan !== null ? (
            <PlanCounts counts={signCounts(unit.plan.counts)} />
          ) : (
            <span className="mut t12">{t("noPlan")}</span>
          )}
          <Note unit={unit} />
        </button>
        <input
          type="checkbox"
          className="cr-viewed"
          checked={viewed}
          aria-label={t("viewedUnit", { id: unit.id })}
          title={t("viewedWord")}
          onChange={(event) => mark([unit.unitDigest], event.target.checked)}
        />
      </div>
      {open && <Detail unit={unit} />}
    </div>
  );
}

/** The most telling line about the unit, at the right of its row. */
function Note({ unit }: { unit: ChangeUnitDto }) {
  const { t } = useTranslation("changes");
  const say = useSay();
  if (unit.action === "cannot-run") return <StatusBadge status="cannotRunHere" />;
  if (isBlocked(unit)) return <StatusBadge status={unit.action === "unresolved" ? "unresolved" : "failed"} />;
  if (unit.removal)
    return (
      <span className="st bad">
        <Icon name="bad" />
        {unit.consented ? t("removalAgreed") : t("removal")}
      </span>
    );
  const note =
    unit.movedFrom !== undefined && unit.movedFrom !== null
      ? t("movedFrom", { id: unit.movedFrom })
      : (unit.deferredReason ?? "") !== ""
        ? say.one(unit.deferredSaid, unit.deferredReason ?? "")
        : say.all(unit.wayBackSaid, unit.wayBackNote);
  return (
    <span className="cr-note ell" title={note ?? undefined}>
      {note}
    </span>
  );
}

function Detail({ unit }: { unit: ChangeUnitDto }) {
  const { t } = useTranslation("changes");
  const say = useSay();
  const changes = unit.plan?.changes ?? [];
  return (
    <div className="cr-detail">
      {unit.diagnostics.length > 0 && <DiagnosticList diagnostics={unit.diagnostics} />}
      {(unit.deferredReason ?? "") !== "" && (
        <p className="wait cc cr-line">
          <Icon name="unknown" />
          <span>
            {say.one(unit.deferredSaid, unit.deferredReason ?? "")}
            {unit.deferredSaid?.code !== "deferred" &&
              unit.waitsFor.length > 0 &&
              ` ${t("waitsFor", { units: unit.waitsFor.join(", ") })}`}
          </span>
        </p>
      )}
      {changes.map((change) => (
        <Resource key={`${change.action} ${change.address}`} change={change} />
      ))}
      {unit.plan !== undefined && unit.plan !== null && changes.length === 0 && (
        <p className="mut cr-line">{t("noResource")}</p>
      )}
      {(unit.plan?.outputs ?? []).length > 0 && (
        <div className="cr-res">
          <span className="cr-res-what mut">{t("outputs")}</span>
          <Attributes attributes={unit.plan?.outputs ?? []} />
        </div>
      )}
      {(unit.plan?.warnings ?? []).length > 0 && <DiagnosticList diagnostics={unit.plan?.warnings ?? []} />}
      <dl className="cr-terms">
        <div>
          <dt>{t("gate")}</dt>
          <dd>
            <code>{unit.gate}</code> <span className="sec">{say.one(unit.gateSaid, unit.gateWhy)}</span>{" "}
            {unit.gatePlace !== undefined && unit.gatePlace !== null && <Why source={unit.gatePlace} />}
          </dd>
        </div>
        {unit.wayBackNote !== "" && (
          <div>
            <dt>{t("wayBack")}</dt>
            <dd className="sec">{say.all(unit.wayBackSaid, unit.wayBackNote)}</dd>
          </div>
        )}
        {unit.backup.length > 0 && (
          <div>
            <dt>{t("backup")}</dt>
            <dd className="sec">{unit.backup.join(", ")}</dd>
          </div>
        )}
        {unit.notYetEffective.length > 0 && (
          <div>
            <dt>{t("notYet")}</dt>
            <dd className="warn cc">{unit.notYetEffective.join(", ")}</dd>
          </div>
        )}
      </dl>
      <Link to="/graph" search={(old) => ({ env: old.env, sel: unit.id })} className="t12 cr-open">
        {t("openUnit")}
      </Link>
    </div>
  );
}

function Resource({ change }: { change: ResourceChangeDto }) {
  const { t } = useTranslation("changes");
  const { t: tp } = useTranslation("parts");
  return (
    <div className="cr-res">
      <span className="cr-res-what">
        <PlanSign action={planAction(change.action)} />
        <span className="mono" title={change.type}>
          {change.address}
        </span>
        {change.previousAddress !== undefined && change.previousAddress !== null && (
          <span className="mut t12 nw">{t("was", { address: change.previousAddress })}</span>
        )}
        {change.fidelity !== "exact" && (
          <span className={change.fidelity === "blind" ? "bad cc t12 m" : "wait cc t12 m"}>
            {change.fidelity === "blind" ? tp("fidelity.blind") : tp("fidelity.predicted")}
          </span>
        )}
      </span>
      <Attributes attributes={change.attributes} forces={change.replaceReasons} />
    </div>
  );
}

function Attributes({
  attributes,
  forces = [],
}: {
  attributes: readonly AttributeChangeDto[];
  forces?: readonly string[];
}) {
  const { t } = useTranslation("changes");
  const loose = forces.filter((reason) => !attributes.some((attribute) => attribute.path === reason));
  return (
    <div className="cr-attrs">
      {attributes.map((attribute) => (
        <div key={attribute.path} className="cr-attr">
          <code>{attribute.path}</code>
          <Value text={attribute.before} kind="del" masked={attribute.sensitive} />
          {(attribute.before ?? null) !== null && <span className="mut">→</span>}
          {attribute.unknown ? (
            <span className="wait cc cr-unknown">{t("known")}</span>
          ) : (
            <Value
              text={attribute.after}
              kind="ins"
              masked={attribute.sensitive}
              gone={(attribute.before ?? null) !== null}
            />
          )}
          {forces.includes(attribute.path) && <span className="warn cc t12 m nw">{t("forces")}</span>}
        </div>
      ))}
      {loose.map((reason) => (
        <div key={reason} className="cr-attr">
          <code>{reason}</code>
          <span className="warn cc t12 m">{t("forces")}</span>
        </div>
      ))}
    </div>
  );
}

function Value({
  text,
  kind,
  masked,
  gone = false,
}: {
  text: string | null | undefined;
  kind: "del" | "ins";
  masked: boolean;
  gone?: boolean;
}) {
  const { t } = useTranslation("changes");
  if (text === null || text === undefined) return gone ? <span className="mut">{t("removed")}</span> : null;
  if (masked || text.includes(MASK))
    return (
      <span className="cr-mask" title={t("maskedNote")}>
        <Icon name="key" size="xs" />
        {t("masked")}
      </span>
    );
  return kind === "del" ? <del>{text}</del> : <ins>{text}</ins>;
}
