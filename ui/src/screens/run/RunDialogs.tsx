import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RunDto } from "../../api/dto";
import { Button, Seg } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { Field, TextArea } from "../../parts/Field";
import { StatusBadge } from "../../parts/StatusBadge";
import { ErrorState } from "../../parts/states";
import { statusOf, toneOf } from "../../parts/status";
import { useSay } from "../../parts/useSay";
import { useStep } from "../changes/useChanges";

function Reason({
  value,
  onChange,
  focus = false,
}: {
  value: string;
  onChange: (text: string) => void;
  focus?: boolean;
}) {
  const { t } = useTranslation("run");
  return (
    <Field label={t("reason")} stacked>
      {(id) => <TextArea id={id} autoFocus={focus} value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

/** Cancel says what stays behind before it asks. */
export function CancelDialog({ run, onClose }: { run: RunDto; onClose: () => void }) {
  const { t } = useTranslation("run");
  const say = useSay();
  const cancel = useStep(run.changeSet, "cancel");
  const [reason, setReason] = useState("");
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("cancel.title", { id: run.id })}
      text={t("cancel.text")}
      actions={
        <>
          <Button onClick={onClose}>{t("cancel.keep")}</Button>
          <Button
            kind="dng"
            reason={reason.trim() === "" ? t("needReason") : undefined}
            disabled={cancel.isPending}
            onClick={() => cancel.mutate({ reason: reason.trim() }, { onSuccess: onClose })}
          >
            {t("cancel.do", { id: run.id })}
          </Button>
        </>
      }
    >
      {run.ifCancelled.length > 0 && (
        <section>
          <h3 className="t12 sec m">{t("cancel.behind")}</h3>
          <ul className="rn-behind">
            {run.ifCancelled.map((line, i) => (
              <li key={line}>{say.one(run.ifCancelledSaid?.[i], line)}</li>
            ))}
          </ul>
        </section>
      )}
      <Reason value={reason} onChange={setReason} focus />
      {cancel.error !== null && <ErrorState error={cancel.error} compact />}
    </Dialog>
  );
}

/** Sign-off per unit, with what it was decided on. */
export function SignOffDialog({ run, onClose }: { run: RunDto; onClose: () => void }) {
  const { t } = useTranslation("run");
  const say = useSay();
  const signOff = useStep(run.changeSet, "sign-off");
  const units = run.units.filter((unit) => unit.needsSignOff);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [reason, setReason] = useState("");
  const chosen = units.filter((unit) => !left.has(unit.id)).map((unit) => unit.id);
  const toggle = (id: string) =>
    setLeft((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("signOff.title", { id: run.id })}
      text={t("signOff.text")}
      actions={
        <>
          <Button onClick={onClose}>{t("back")}</Button>
          <Button
            kind="pri"
            icon="usercheck"
            reason={chosen.length === 0 ? t("signOff.needUnit") : undefined}
            disabled={signOff.isPending}
            onClick={() => signOff.mutate({ units: chosen, reason: reason.trim() }, { onSuccess: onClose })}
          >
            {t("signOff.do", { count: chosen.length })}
          </Button>
        </>
      }
    >
      <ul className="rn-choice">
        {units.map((unit) => (
          <li key={unit.id}>
            <label>
              <input type="checkbox" checked={!left.has(unit.id)} onChange={() => toggle(unit.id)} />
              <span className="mono">{unit.id}</span>
              <span className="sec ell">{say.one(unit.whySaid, unit.why)}</span>
            </label>
          </li>
        ))}
      </ul>
      <Reason value={reason} onChange={setReason} />
      {signOff.error !== null && <ErrorState error={signOff.error} compact />}
    </Dialog>
  );
}

type Way = "retry" | "skip" | "leave";

/** What to do with each failed unit: try again, go on without it, or leave it for later. */
export function ResolveDialog({ run, onClose }: { run: RunDto; onClose: () => void }) {
  const { t } = useTranslation("run");
  const say = useSay();
  const resume = useStep(run.changeSet, "resume");
  const units = run.units.filter((unit) => toneOf(statusOf(unit.state)) === "bad");
  const [ways, setWays] = useState<Readonly<Record<string, Way>>>({});
  const [reason, setReason] = useState("");
  const wayOf = (id: string): Way => ways[id] ?? "retry";
  const by = (way: Way) => units.filter((unit) => wayOf(unit.id) === way).map((unit) => unit.id);
  const skipped = by("skip");
  const why =
    skipped.length > 0 && reason.trim() === ""
      ? t("resolve.needReason")
      : !run.waitingForDriver && units.length === by("leave").length
        ? t("resolve.needOne")
        : undefined;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t("resolve.title", { id: run.id })}
      text={t("resolve.text")}
      actions={
        <>
          <Button onClick={onClose}>{t("back")}</Button>
          <Button
            kind="pri"
            reason={why}
            disabled={resume.isPending}
            onClick={() =>
              resume.mutate({ retry: by("retry"), skip: skipped, reason: reason.trim() }, { onSuccess: onClose })
            }
          >
            {t("resolve.do")}
          </Button>
        </>
      }
    >
      <ul className="rn-choice">
        {units.map((unit) => (
          <li key={unit.id} className="rn-resolve">
            <div className="grow">
              <span className="mono">{unit.id}</span> <StatusBadge status={statusOf(unit.state)} />
              <p className="sec">{say.one(unit.whySaid, unit.error?.message ?? unit.why)}</p>
              {unit.leftBehind !== "" && <p className="warn cc t12">{unit.leftBehind}</p>}
            </div>
            <Seg
              label={unit.id}
              value={wayOf(unit.id)}
              options={(["retry", "skip", "leave"] as const).map((value) => ({ value, label: t(`resolve.${value}`) }))}
              onChange={(way) => setWays((old) => ({ ...old, [unit.id]: way }))}
            />
          </li>
        ))}
      </ul>
      <Reason value={reason} onChange={setReason} />
      {resume.error !== null && <ErrorState error={resume.error} compact />}
    </Dialog>
  );
}
