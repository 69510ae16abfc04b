import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftDto } from "../../api/dto";
import { Button } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { Field, TextArea } from "../../parts/Field";
import { ErrorState } from "../../parts/states";
import { FileDiff, FileHead } from "./DraftDiff";
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
  const [shown, setShown] = useState<string | null>(draft.files.length === 1 ? (draft.files[0]?.path ?? null) : null);
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
  const toggle = (path: string) =>
    setLeft((old) => {
      const next = new Set(old);
      if (!next.delete(path)) next.add(path);
      return next;
    });
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
      <h3 className="t12 sec m">{t("commitDialog.files", { count: files.length })}</h3>
      <ul className="commit-files">
        {draft.files.map((file) => (
          <li key={file.path}>
            <div className="commit-file">
              <input
                type="checkbox"
                aria-label={file.path}
                checked={!left.has(file.path)}
                onChange={() => toggle(file.path)}
              />
              <button
                type="button"
                className="commit-file-name"
                aria-expanded={shown === file.path}
                onClick={() => setShown(shown === file.path ? null : file.path)}
              >
                <FileHead file={file} />
              </button>
            </div>
            {shown === file.path && <FileDiff file={file} />}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
