import { useTranslation } from "react-i18next";
import type { ApprovalSlotDto, ChangeDetailDto, ChangeUnitDto, PolicyResultDto } from "../../api/dto";
import { Icon, type IconName } from "../../parts/Icon";
import { StatusBadge } from "../../parts/StatusBadge";
import type { Status, Tone } from "../../parts/status";
import { useSay } from "../../parts/useSay";
import { useTimes } from "../../parts/useTimes";
import { Why } from "../../parts/Why";
import { filled, nameOf } from "./read";

/** The right column: who has agreed, what the policies say, how it would be undone. */
export function Decision({ change }: { change: ChangeDetailDto }) {
  const { t } = useTranslation("changes");
  return (
    <aside className="cr-right" aria-label={t("decision")}>
      <Approvals change={change} />
      <Policies change={change} />
      {change.units.length > 0 && <WayBack units={change.units} />}
    </aside>
  );
}

function initials(name: string): string {
  const parts = name.split(/[\s._@-]+/).filter((part) => part !== "");
  return ((parts[0]?.[0] ?? "?") + (parts[1]?.[0] ?? "")).toUpperCase();
}

const slotStatus: Record<string, Status> = { approved: "approved", "your-turn": "yourTurn", waiting: "waiting" };

function Slot({ slot, all }: { slot: ApprovalSlotDto; all: number }) {
  const { t } = useTranslation("changes");
  const times = useTimes();
  const say = useSay();
  const person = slot.person ?? null;
  const given = slot.state === "approved";
  const said = [
    person === null
      ? null
      : given
        ? [person, slot.at === undefined || slot.at === null ? "" : times.clock(slot.at)]
            .filter((w) => w !== "")
            .join(", ")
        : t("maySign", { person }),
    slot.note === "" ? null : say.one(slot.noteSaid, slot.note),
    slot.units.length === 0 || slot.units.length >= all
      ? null
      : t("slotUnits", { units: slot.units.map(nameOf).join(", ") }),
  ].filter((part) => part !== null);
  return (
    <li className={slot.state === "your-turn" ? "me" : undefined}>
      <span className={person === null ? "avatar sm ring" : "avatar sm"} aria-hidden="true">
        {person === null ? "?" : initials(person)}
      </span>
      <div className="grow">
        <div className="m">{slot.role === "" ? t("anyPerson") : slot.role}</div>
        <div className="t12 mut cr-said">
          {say.join(said)} {slot.place !== undefined && slot.place !== null && <Why source={slot.place} short />}
        </div>
      </div>
      <StatusBadge status={slotStatus[slot.state] ?? "waiting"} />
    </li>
  );
}

function Approvals({ change }: { change: ChangeDetailDto }) {
  const { t } = useTranslation("changes");
  return (
    <section>
      <div className="ph">
        <h2>{t("approvals")}</h2>
        {change.approvals.length > 0 && (
          <span className="mut t12 num">
            {t("ofApprovals", { n: filled(change.approvals), all: change.approvals.length })}
          </span>
        )}
      </div>
      {change.approvals.length === 0 ? (
        <p className="cr-quiet sec">{t("noApprovals")}</p>
      ) : (
        <ul className="cr-slots">
          {change.approvals.map((slot, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: slots of one role have no other identity
            <Slot key={`${slot.role}-${i}`} slot={slot} all={change.units.length} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Result({ result }: { result: PolicyResultDto }) {
  const denied = result.outcome === "deny";
  return (
    <li className={denied ? "bad" : "warn"}>
      <Icon name={denied ? "bad" : "warn"} className="cc" />
      <div>
        <div>{result.message}</div>
        <div className="t12">
          <Why source={result.place} />{" "}
          <span className="mut">{result.unit == null ? result.rule : nameOf(result.unit)}</span>
        </div>
      </div>
    </li>
  );
}

function Policies({ change }: { change: ChangeDetailDto }) {
  const { t } = useTranslation("changes");
  const denies = change.policies.filter((policy) => policy.outcome === "deny");
  const warns = change.policies.filter((policy) => policy.outcome !== "deny");
  return (
    <section>
      <div className="ph">
        <h2>{t("policy.title")}</h2>
        <span className="grow" />
        {denies.length > 0 && (
          <span className="st bad">
            <Icon name="bad" />
            {t("policy.denied", { count: denies.length })}
          </span>
        )}
        {warns.length > 0 && (
          <span className="st warn">
            <Icon name="warn" />
            {t("policy.warnings", { count: warns.length })}
          </span>
        )}
        {change.policiesPassed > 0 && (
          <span className="st ok">
            <Icon name="ok" />
            {t("policy.passed", { count: change.policiesPassed })}
          </span>
        )}
      </div>
      {change.policies.length === 0 && change.policiesPassed === 0 && (
        <p className="cr-quiet sec">{t("policy.none")}</p>
      )}
      <ul className="cr-policies">
        {[...denies, ...warns].map((result) => (
          <Result key={`${result.rule} ${result.unit ?? ""} ${result.message}`} result={result} />
        ))}
      </ul>
    </section>
  );
}

const ways: { word: string; key: "exact" | "recreate" | "backup" | "none" | "open"; tone: Tone; icon: IconName }[] = [
  { word: "irreversible", key: "none", tone: "bad", icon: "bad" },
  { word: "recreate", key: "recreate", tone: "warn", icon: "retry" },
  { word: "needs-backup", key: "backup", tone: "warn", icon: "camera" },
  { word: "", key: "open", tone: "wait", icon: "unknown" },
  { word: "exact", key: "exact", tone: "ok", icon: "undo" },
];

function WayBack({ units }: { units: readonly ChangeUnitDto[] }) {
  const { t } = useTranslation("changes");
  const { t: tp } = useTranslation("parts");
  return (
    <section>
      <div className="ph">
        <h2>{t("wayBack")}</h2>
      </div>
      <ul className="cr-ways">
        {ways.map(({ word, key, tone, icon }) => {
          const some = units.filter((unit) => (unit.wayBack ?? "") === word);
          if (some.length === 0) return null;
          const names = some.map((unit) => nameOf(unit.id)).join(", ");
          return (
            <li key={key}>
              <span className={`st ${tone}`}>
                <Icon name={icon} />
                {key === "open" ? t("wayOpen") : tp(`reversibility.${key}`)}
              </span>
              <span title={names} className="cr-names">
                {names}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
