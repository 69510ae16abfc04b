import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChangeDetailDto } from "../../api/dto";
import { Button } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { ErrorState } from "../../parts/states";
import { Covered } from "./ApproveSheet";
import { isBlocked } from "./read";
import { allTyped, type Typed, TypedNames } from "./TypedNames";
import { useStep } from "./useChanges";

/** Apply: what will run now, what is destroyed and agreed to by name, what does not protect yet. */
export function ApplySheet({ change, onClose }: { change: ChangeDetailDto; onClose: () => void }) {
  const { t } = useTranslation("changes");
  const navigate = useNavigate();
  const apply = useStep(change.id, "apply");
  const [typed, setTyped] = useState<Typed>({});
  const [accept, setAccept] = useState(false);
  const removals = change.units.filter((unit) => unit.removal && !unit.consented);
  const early = change.units.filter((unit) => unit.notYetEffective.length > 0);
  const blocked = change.units.filter(isBlocked);
  const why = !allTyped(removals, typed)
    ? t("typed.first")
    : early.length > 0 && !accept
      ? t("apply.acceptFirst")
      : undefined;
  const send = () =>
    apply.mutate(
      { allowDestroy: removals.map((unit) => unit.id), acceptNotYetEffective: accept, detach: false },
      {
        onSuccess: (done) => {
          onClose();
          const run = "run" in done ? done.run : null;
          if (run !== undefined && run !== null) void navigate({ to: "/run/$id", params: { id: run } });
        },
      },
    );
  return (
    <Dialog
      open
      sheet
      onClose={onClose}
      title={t("apply.title", { id: change.id, env: change.environment })}
      text={t("apply.text", { count: change.units.length - blocked.length })}
      actions={
        <>
          <Button onClick={onClose}>{t("back")}</Button>
          <Button kind="pri" reason={why} disabled={apply.isPending} onClick={send}>
            {t("apply.do", { env: change.environment })}
          </Button>
        </>
      }
    >
      <Covered units={change.units} />
      <TypedNames units={removals} typed={typed} onType={setTyped} />
      {early.length > 0 && (
        <div className="cr-early">
          <p className="warn cc m">{t("apply.notYet")}</p>
          <ul>
            {early.map((unit) => (
              <li key={unit.id} className="sec">
                <span className="mono">{unit.id}</span> {unit.notYetEffective.join(", ")}
              </li>
            ))}
          </ul>
          <label className="cr-accept">
            <input type="checkbox" checked={accept} onChange={(event) => setAccept(event.target.checked)} />
            {t("apply.accept")}
          </label>
        </div>
      )}
      {apply.error !== null && <ErrorState error={apply.error} compact />}
    </Dialog>
  );
}
