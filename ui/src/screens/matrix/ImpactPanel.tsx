import "./impact.css";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldImpactDto, ImpactDto, RecordedImpactDto, UnitImpactDto } from "../../api/dto";
import { Button } from "../../parts/controls";
import type { IconName } from "../../parts/drawings";
import { Icon } from "../../parts/Icon";
import type { Tone } from "../../parts/status";
import { Why } from "../../parts/Why";

/** Rows shown before the rest is asked for. */
const FIRST = 12;

const looks: Record<string, { tone: Tone; icon: IconName; word: "loosening" | "tightening" | "neutral" }> = {
  loosening: { tone: "bad", icon: "warn", word: "loosening" },
  tightening: { tone: "ok", icon: "lock", word: "tightening" },
  neutral: { tone: "idle", icon: "arrow", word: "neutral" },
};

const effectWords = ["fewer-approvals", "no-longer-denied", "now-denied", "more-approvals", "engine-changed"] as const;

/** What the draft would change: loosened units first, then recorded ChangeSets that would be judged differently. */
export function ImpactPanel({ impact, onTrace }: { impact: ImpactDto; onTrace: (unit: string) => void }) {
  const { t } = useTranslation("matrix");
  const [all, setAll] = useState(false);
  const changes = impact.units.flatMap((unit) => unit.fields.map((field) => ({ unit, field })));
  const shown = all ? changes : changes.slice(0, FIRST);
  const asksAgain = impact.recorded.filter((change) => change.open).length;
  const past = impact.recorded.length - asksAgain;
  return (
    <section className="mx-impact" aria-label={t("impact.title")}>
      <div className="ph">
        <h2>{t("impact.title")}</h2>
        <span className="t12 mut">
          {t("impact.against", { base: impact.base.slice(0, 8), count: impact.lookedAt })}
        </span>
        <span className="grow" />
        {changes.length > FIRST && (
          <Button kind="gho" onClick={() => setAll(!all)}>
            {all ? t("impact.fewer") : t("impact.all", { count: changes.length })}
          </Button>
        )}
      </div>
      <div className="mx-facts4">
        <Fact
          tone={counted("bad", impact.loosened)}
          icon="warn"
          value={String(impact.loosened)}
          text={t("impact.loosened")}
        />
        <Fact
          tone={counted("ok", impact.tightened)}
          icon="lock"
          value={String(impact.tightened)}
          text={t("impact.tightened")}
        />
        <Fact tone={counted("wait", asksAgain)} icon="usercheck" value={String(asksAgain)} text={t("impact.open")} />
        <Fact tone="idle" icon="retry" value={`${past} / ${impact.replayed}`} text={t("impact.past")} />
      </div>
      {changes.length === 0 && impact.recorded.length === 0 ? (
        <p className="mut mx-none">{t("impact.nothing")}</p>
      ) : (
        <table className="mx-it">
          <thead>
            <tr>
              <th scope="col">{t("impact.turn")}</th>
              <th scope="col">{t("impact.unit")}</th>
              <th scope="col">{t("impact.column")}</th>
              <th scope="col">{t("impact.change")}</th>
              <th scope="col">{t("impact.then")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ unit, field }) => (
              <Change key={`${unit.unit} ${field.field}`} unit={unit} field={field} onTrace={onTrace} />
            ))}
            {impact.recorded.map((change) => (
              <Recorded key={change.id} change={change} />
            ))}
          </tbody>
        </table>
      )}
      {impact.unreadable > 0 && (
        <p className="warn cc mx-none">{t("impact.unreadable", { count: impact.unreadable })}</p>
      )}
    </section>
  );
}

/** Nothing has no colour: a green or red zero would say more than is known. */
function counted(tone: Tone, count: number): Tone {
  return count === 0 ? "idle" : tone;
}

function Fact({ tone, icon, value, text }: { tone: Tone; icon: IconName; value: string; text: string }) {
  return (
    <div className={tone}>
      <b className="num">
        <Icon name={icon} />
        {value}
      </b>
      <span>{text}</span>
    </div>
  );
}

const columnNames = ["gate", "backup", "drift", "window", "rollback", "engine", "reconcile"] as const;

function Change({
  unit,
  field,
  onTrace,
}: {
  unit: UnitImpactDto;
  field: FieldImpactDto;
  onTrace: (unit: string) => void;
}) {
  const { t } = useTranslation("matrix");
  const look = looks[field.turn] ?? looks.neutral;
  const name = columnNames.find((known) => known === field.field);
  return (
    <tr>
      <td>
        {look !== undefined && (
          <span className={`st ${look.tone}`}>
            <Icon name={look.icon} />
            {t(`turn.${look.word}`)}
          </span>
        )}
      </td>
      <td>
        <button type="button" className="link mono" onClick={() => onTrace(unit.unit)}>
          {unit.unit}
        </button>
      </td>
      <td>{name === undefined ? field.field : t(`column.${name}`)}</td>
      <td className="mono">
        <del>{field.from}</del> <span className="mut">→</span> <ins>{field.to}</ins>
      </td>
      <td className="sec">
        {field.turn === "loosening" && field.judgedBy
          ? t("impact.judged", { value: field.judgedBy })
          : unit.open.length > 0
            ? t("impact.again", { ids: unit.open.join(", ") })
            : field.after.place && <Why source={field.after.place} />}
      </td>
    </tr>
  );
}

function Recorded({ change }: { change: RecordedImpactDto }) {
  const { t } = useTranslation("matrix");
  const grave = change.effects.includes("fewer-approvals") || change.effects.includes("no-longer-denied");
  const words = effectWords.filter((word) => change.effects.includes(word)).map((word) => t(`effect.${word}`));
  return (
    <tr>
      <td>
        <span className={`st ${grave ? "bad" : "wait"}`}>
          <Icon name={grave ? "warn" : "usercheck"} />
          {change.open ? t("recorded.open") : t("recorded.past")}
        </span>
      </td>
      <td>
        <Link to="/change/$id/{-$part}" params={{ id: change.id, part: undefined }} className="link mono">
          {change.id}
        </Link>{" "}
        <span className="mut">{change.environment}</span>
      </td>
      <td>{t("recorded.people")}</td>
      <td className="num">
        <del>{change.peopleBefore}</del> <span className="mut">→</span> <ins>{change.peopleAfter}</ins>
      </td>
      <td className="sec">{words.join(t("listJoin"))}</td>
    </tr>
  );
}
