import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftDto, ExportDto, ExportPreviewDto } from "../../../api/dto";
import { Button } from "../../../parts/controls";
import { Dialog } from "../../../parts/Dialog";
import { Field, TextArea, TextInput } from "../../../parts/Field";
import { ErrorState, SkeletonRows } from "../../../parts/states";
import { usePlatform } from "../../../platform/platform";
import { FileDiff, FileHead } from "../DraftDiff";
import { useExport, useExportPreview, useExportQueue, useSendQueue } from "./useExport";

/** Export to Git: review the text, name branch and pull request, commit, push, open the pull request. */
export function ExportSheet({
  draft,
  mayPlan,
  onClose,
}: {
  draft: DraftDto;
  mayPlan: () => boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation("graph");
  // The list of the moment it was opened: after the commit the draft is empty, and the result still stands here.
  const [files] = useState(draft.files);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState<string | null>(files.length === 1 ? (files[0]?.path ?? null) : null);
  const [form, setForm] = useState({ branch: "", title: "", message: "" });
  const chosen = files.filter((file) => !left.has(file.path)).map((file) => file.path);
  const preview = useExportPreview(chosen);
  const send = useExport();
  const look = preview.data;
  const reason =
    files.length > 0 && chosen.length === 0
      ? t("commitDialog.needFile")
      : look?.remote === null
        ? t("export.noRemote")
        : undefined;
  const go = () => {
    // A push runs what this repository's Git is set up to run.
    if (!mayPlan()) return;
    send.mutate({
      files: chosen,
      branch: form.branch.trim() === "" ? null : form.branch.trim(),
      title: form.title.trim() === "" ? null : form.title.trim(),
      message: form.message,
    });
  };
  const toggle = (path: string) =>
    setLeft((old) => {
      const next = new Set(old);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  if (send.data !== undefined) return <ExportResult done={send.data} onClose={onClose} />;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t("export.title")}
      text={t("export.text")}
      actions={
        <>
          <Button onClick={onClose}>{t("export.back")}</Button>
          <Button kind="pri" reason={reason} disabled={send.isPending || look === undefined} onClick={go}>
            {send.isPending ? t("export.sending") : t("export.do")}
          </Button>
        </>
      }
    >
      {preview.error !== null && <ErrorState error={preview.error} compact />}
      {look === undefined ? (
        <SkeletonRows rows={4} what={t("export.looking")} />
      ) : (
        <>
          <Where look={look} />
          <Field label={t("export.branch")} message={look.newBranch ? undefined : t("export.onBranch")} tone="warn">
            {(id, hint) => (
              <TextInput
                id={id}
                aria-describedby={hint}
                placeholder={look.branch}
                value={form.branch}
                onChange={(event) => setForm({ ...form, branch: event.target.value })}
              />
            )}
          </Field>
          <Field label={t("export.prTitle")}>
            {(id, hint) => (
              <TextInput
                id={id}
                aria-describedby={hint}
                placeholder={look.title}
                value={form.title}
                onChange={(event) => setForm({ ...form, title: event.target.value })}
              />
            )}
          </Field>
          <Field label={t("export.message")} stacked>
            {(id, hint) => (
              <TextArea
                id={id}
                aria-describedby={hint}
                placeholder={t("commitDialog.messageHint")}
                value={form.message}
                onChange={(event) => setForm({ ...form, message: event.target.value })}
              />
            )}
          </Field>
        </>
      )}
      {send.error !== null && <ErrorState error={send.error} compact />}
      <h3 className="t12 sec m">{t("commitDialog.files", { count: chosen.length })}</h3>
      <ul className="commit-files">
        {files.map((file) => (
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
      {look !== undefined && look.commits.length > 0 && (
        <>
          <h3 className="t12 sec m">{t("export.commits", { count: look.commits.length })}</h3>
          <ul className="sec">
            {[...new Set(look.commits)].map((title) => (
              <li key={title}>{title}</li>
            ))}
          </ul>
        </>
      )}
      <Waiting />
    </Dialog>
  );
}

/** Where it goes and what stands in the way. */
function Where({ look }: { look: ExportPreviewDto }) {
  const { t } = useTranslation("graph");
  return (
    <>
      <p className="sec">
        {look.forge !== null && look.forge !== undefined
          ? t("export.forge", {
              kind: look.forge.kind,
              host: look.forge.host,
              project: look.forge.project,
              base: look.base,
            })
          : t("export.plainGit", { base: look.base })}
      </p>
      {look.forge?.preview === true && <p className="warn cc">{t("export.preview")}</p>}
      {look.problems.map((problem) => (
        <p key={problem.code} className="warn cc" role="note">
          {problem.message} {problem.hint}
        </p>
      ))}
    </>
  );
}

/** What earlier exports left waiting. */
function Waiting() {
  const { t } = useTranslation("graph");
  const queue = useExportQueue();
  const send = useSendQueue();
  const items = queue.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-label={t("export.waiting", { count: items.length })}>
      <h3 className="t12 sec m">{t("export.waiting", { count: items.length })}</h3>
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            <span className="mono">{item.branch}</span> <span className="sec">{item.why}</span>
          </li>
        ))}
      </ul>
      <Button disabled={send.isPending} onClick={() => send.mutate()}>
        {t("export.sendNow")}
      </Button>
      {send.error !== null && <ErrorState error={send.error} compact />}
    </section>
  );
}

/** What became of it: the pull request, or that it waits. */
function ExportResult({ done, onClose }: { done: ExportDto; onClose: () => void }) {
  const { t } = useTranslation("graph");
  const platform = usePlatform();
  const request = done.pullRequest ?? null;
  const url = request?.url ?? null;
  const title =
    request !== null
      ? t(request.outcome === "created" ? "export.opened" : "export.updated", { number: request.number })
      : done.pushed
        ? t("export.pushed", { branch: done.branch })
        : t("export.queued", { branch: done.branch });
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      text={request?.title ?? done.branch}
      actions={
        <>
          <Button onClick={onClose}>{t("export.done")}</Button>
          {url !== null && (
            <Button kind="pri" onClick={() => platform.openExternal(url)}>
              {t("export.open")}
            </Button>
          )}
        </>
      }
    >
      {url !== null && <p className="mono sel">{url}</p>}
      <p className="sec">
        <span className="mono">{done.branch}</span> <span className="mono">{done.commit.slice(0, 12)}</span>
      </p>
      {done.notes.map((note) => (
        <p key={note} className="sec">
          {note}
        </p>
      ))}
    </Dialog>
  );
}
