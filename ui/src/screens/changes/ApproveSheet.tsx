import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChangeDetailDto, ChangeUnitDto } from "../../api/dto";
import { useWorkspace } from "../../api/workspace";
import { Button } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { Field, TextArea } from "../../parts/Field";
import { PlanCounts } from "../../parts/marks";
import { ErrorState } from "../../parts/states";
import { allowedOf, isBlocked, namedByHand, signCounts, splitId } from "./read";
import { allTyped, type Typed, TypedNames } from "./TypedNames";
import { useStep } from "./useChanges";

/** The units an approval in this role speaks for; without a role, those of every slot still open. */
function coveredBy(change: ChangeDetailDto, role: string): ChangeUnitDto[] {
  const slots = change.approvals.filter((slot) => slot.state !== "approved" && (role === "" || slot.role === role));
  if (slots.length === 0 || slots.some((slot) => slot.units.length === 0)) return change.units;
  const ids = new Set(slots.flatMap((slot) => slot.units));
  return change.units.filter((unit) => ids.has(unit.id));
}

/** Approve: what exactly is signed, for which units, as whom. The digest seen here is the one that is sent. */
export function ApproveSheet({ change, onClose }: { change: ChangeDetailDto; onClose: () => void }) {
  const { t } = useTranslation("changes");
  const workspace = useWorkspace();
  const approve = useStep(change.id, "approve");
  const mine = allowedOf(change, "approve");
  const people = (workspace.data?.identities ?? []).filter((each) => each.hasKey);
  const you = workspace.data?.you.name ?? "";
  const [chosenRole, setRole] = useState<string | null>(null);
  const role = chosenRole !== null && mine.roles.includes(chosenRole) ? chosenRole : (mine.roles[0] ?? "");
  // The server names, per open slot, whose key on this machine fits; another may be chosen, it will say why not.
  const fitting = change.approvals.find((slot) => slot.state === "your-turn" && slot.role === role)?.person ?? you;
  const [chosenPerson, setPerson] = useState<string | null>(null);
  const person = chosenPerson ?? fitting;
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState<Typed>({});
  const covered = coveredBy(change, role);
  const byHand = namedByHand(covered);
  const why = allTyped(byHand, typed) ? undefined : t("typed.first");
  const send = () =>
    approve.mutate(
      {
        digest: change.digest,
        role: role === "" ? null : role,
        reason: reason.trim(),
        asPerson: person === you ? null : person,
      },
      { onSuccess: onClose },
    );
  return (
    <Dialog
      open
      sheet
      onClose={onClose}
      title={t("approve.title", { id: change.id })}
      text={t("approve.text", { count: covered.length, env: change.environment })}
      actions={
        <>
          <Button onClick={onClose}>{t("back")}</Button>
          <Button kind="pri" icon="usercheck" reason={why} disabled={approve.isPending} onClick={send}>
            {role === "" ? t("approve.open") : t("approve.as", { role })}
          </Button>
        </>
      }
    >
      <dl className="cr-sign">
        <div>
          <dt>{t("digest")}</dt>
          <dd className="mono">{change.digest}</dd>
        </div>
        <div>
          <dt>{t("approve.revision")}</dt>
          <dd className="num">{change.revision}</dd>
        </div>
      </dl>
      {mine.roles.length > 1 && (
        <Field label={t("approve.role")} stacked>
          {(id) => (
            <select
              id={id}
              className="field select"
              value={role}
              onChange={(event) => {
                setRole(event.target.value);
                setPerson(null);
              }}
            >
              {mine.roles.map((word) => (
                <option key={word}>{word}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      {people.length > 1 && (
        <Field label={t("approve.person")} stacked>
          {(id) => (
            <select id={id} className="field select" value={person} onChange={(event) => setPerson(event.target.value)}>
              {people.map((someone) => (
                <option key={someone.name} value={someone.name}>
                  {someone.name}
                  {someone.roles.length > 0 && ` (${someone.roles.join(", ")})`}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Covered units={covered} />
      <TypedNames units={byHand} typed={typed} onType={setTyped} />
      <Field label={change.solo ? t("approve.reasonSolo") : t("approve.reason")} stacked>
        {(id) => <TextArea id={id} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      {approve.error !== null && <ErrorState error={approve.error} compact />}
    </Dialog>
  );
}

/** Every unit the signature is for, with its signs; those without a plan are asked about again later. */
export function Covered({ units }: { units: readonly ChangeUnitDto[] }) {
  const { t } = useTranslation("changes");
  return (
    <section>
      <h3 className="t12 sec m">{t("approve.covers", { count: units.length })}</h3>
      <ul className="cr-covered">
        {units.map((unit) => {
          const { path, name } = splitId(unit.id);
          return (
            <li key={unit.id}>
              <span className="ell">
                <span className="mut">{path}</span>
                <b>{name}</b>
              </span>
              <span className="grow" />
              {unit.plan !== undefined && unit.plan !== null ? (
                <PlanCounts counts={signCounts(unit.plan.counts)} />
              ) : (
                <span className={isBlocked(unit) ? "bad cc t12" : "wait cc t12"}>
                  {isBlocked(unit) ? t("noPlan") : t("asksAgain")}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
