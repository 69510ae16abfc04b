import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChangeDetailDto } from "../../api/dto";
import { Button } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { Field, TextArea } from "../../parts/Field";
import { ErrorState } from "../../parts/states";
import { useStep } from "./useChanges";

/** Reject ends the ChangeSet for good, so a reason is asked for. */
export function RejectDialog({ change, onClose }: { change: ChangeDetailDto; onClose: () => void }) {
  const { t } = useTranslation("changes");
  const reject = useStep(change.id, "reject");
  const [reason, setReason] = useState("");
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("reject.title", { id: change.id })}
      text={t("reject.text")}
      actions={
        <>
          <Button onClick={onClose}>{t("back")}</Button>
          <Button
            kind="dng"
            reason={reason.trim() === "" ? t("needReason") : undefined}
            disabled={reject.isPending}
            onClick={() => reject.mutate({ reason: reason.trim() }, { onSuccess: onClose })}
          >
            {t("reject.do", { id: change.id })}
          </Button>
        </>
      }
    >
      <Field label={t("reason")} stacked>
        {(id) => <TextArea id={id} autoFocus value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      {reject.error !== null && <ErrorState error={reject.error} compact />}
    </Dialog>
  );
}
