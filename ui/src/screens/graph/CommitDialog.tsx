import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftDto } from "../../api/dto";
import { Button } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { Field, TextArea } from "../../parts/Field";
import { ErrorState } from "../../parts/states";
import { ChosenFiles, toggled } from "./ChosenFiles";
import { useCommit, usePlan } from "./useDraft";

/** Commit chosen files on the current branch; with *Commit and plan* an applicable ChangeSet follows. */
export function CommitDialog({
  draft,
  mayPlan,
  onClose,
}: {
  draft: DraftDto;
  mayPlan: () => boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation("graph");
  const navigate = useNavigate();
  const [message, setMessage] = useState("");
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const commit = useCommit();
  const plan = usePlan();
  const files = draft.files.filter((file) => !left.has(file.path)).map((file) => file.path);
  const busy = commit.isPending || plan.isPending;
  const reason =
    draft.branch === ""
      ? t("commitDialog.detached")
      : message.trim() === ""
        ? t("commitDialog.needMessage")
        : files.length === 0
          ? t("commitDialog.needFile")
          : undefined;
  const write = async () => {
    // A commit that is already made must not be made twice when only the plan after it failed.
    if (!commit.isSuccess) await commit.mutateAsync({ message: message.trim(), files });
  };
  const commitOnly = () => void write().then(onClose, () => undefined);
  const commitAndPlan = () => {
    if (!mayPlan()) return;
    void write()
      .then(() => plan.mutateAsync({}))
      .then((made) => {
        onClose();
        const first = made.changeSets[0];
        void (made.changeSets.length === 1 && first !== undefined
          ? navigate({ to: "/change/$id/{-$part}", params: { id: first.id, part: undefined } })
          : navigate({ to: "/changes" }));
      })
      .catch(() => undefined);
  };
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t("commitDialog.title", { branch: draft.branch })}
      text={t("commitDialog.text")}
      actions={
        <>
          <Button reason={reason} disabled={busy} onClick={commitOnly}>
            {t("commitDialog.commit")}
          </Button>
          <Button kind="pri" reason={reason} disabled={busy} onClick={commitAndPlan}>
            {t("commitDialog.commitAndPlan")}
          </Button>
        </>
      }
    >
      <Field label={t("commitDialog.message")} stacked>
        {(id, hint) => (
          <TextArea
            id={id}
            aria-describedby={hint}
            autoFocus
            placeholder={t("commitDialog.messageHint")}
            value={message}
            onChange={(event) => setMessage(event.target.value)}
          />
        )}
      </Field>
      {(commit.error ?? plan.error) !== null && <ErrorState error={commit.error ?? plan.error} compact />}
      <ChosenFiles files={draft.files} left={left} onToggle={(path) => setLeft((old) => toggled(old, path))} />
    </Dialog>
  );
}
