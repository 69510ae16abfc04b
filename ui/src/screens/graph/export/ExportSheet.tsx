import "./export.css";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftDto, ExportPreviewDto } from "../../../api/dto";
import { Button } from "../../../parts/controls";
import { Dialog } from "../../../parts/Dialog";
import { Field, TextArea, TextInput } from "../../../parts/Field";
import { ErrorState, SkeletonRows } from "../../../parts/states";
import { useSettled } from "../../inspector/form/useForm";
import { ChosenFiles, toggled } from "../ChosenFiles";
import { ChangedGraph } from "./ChangedGraph";
import { ExportFacts } from "./ExportFacts";
import { ExportResult } from "./ExportResult";
import { useCheck, useExport, useExportPreview } from "./useExport";
import { Waiting } from "./Waiting";

/** What a person wrote; null where the server's own words stand. */
interface Words {
  branch: string | null;
  title: string | null;
  message: string;
}

const given = (text: string | null) => (text === null || text.trim() === "" ? null : text.trim());

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
  const [words, setWords] = useState<Words>({ branch: null, title: null, message: "" });
  const [tell, setTell] = useState(true);
  const chosen = useMemo(() => files.map((f) => f.path).filter((path) => !left.has(path)), [files, left]);
  const send = useExport();
  const check = useCheck();
  // An export that failed after its commit: what is to be sent lies in the queue, and a second commit would be wrong.
  const committed = send.error !== null && chosen.length > 0 && !draft.files.some((file) => chosen.includes(file.path));
  const settled = useSettled(JSON.stringify(words));
  const asked = JSON.parse(settled) as Words;
  const preview = useExportPreview(
    { files: chosen, branch: given(asked.branch), title: given(asked.title), message: asked.message },
    send.data === undefined && !committed,
  );
  const look = useLast(preview.data);
  if (send.data !== undefined) return <ExportResult done={send.data} check={check} onClose={onClose} />;
  const hasForge = (look?.forge ?? null) !== null;
  const nothing = look?.problems.find((problem) => problem.code === "nothing-to-export");
  const reason =
    files.length > 0 && chosen.length === 0
      ? t("commitDialog.needFile")
      : look !== null && (look.remote ?? null) === null
        ? t("export.noRemote")
        : committed
          ? t("export.committed")
          : (preview.error?.message ?? nothing?.message);
  const go = () => {
    // A push runs what this repository's Git is set up to run.
    if (look === null || send.isPending || !mayPlan()) return;
    // What stands on screen, not what the server would choose by then.
    send.mutate(
      {
        files: chosen,
        branch: given(words.branch) ?? look.branch,
        title: given(words.title) ?? look.title,
        message: words.message,
      },
      {
        // The pull request is open at once; the plan follows it there.
        onSuccess: (done) => {
          const number = done.pullRequest?.number;
          if (tell && number !== undefined) check.mutate({ pullRequest: number });
        },
      },
    );
  };
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
          <Button kind="pri" reason={reason} disabled={send.isPending || look === null} onClick={go}>
            {send.isPending ? t("export.sending") : t(hasForge ? "export.do" : "export.doPush")}
          </Button>
        </>
      }
    >
      {preview.error !== null && <ErrorState error={preview.error} compact />}
      {send.error !== null && <ErrorState error={send.error} compact />}
      {committed && <p className="sec">{t("export.committed")}</p>}
      <Waiting mayPlan={mayPlan} />
      {look === null
        ? preview.error === null && <SkeletonRows rows={4} what={t("export.looking")} />
        : !committed && (
            <>
              <ExportFacts look={look} />
              <Naming look={look} words={words} onWords={setWords} />
              {hasForge && (
                <label className="export-tell">
                  <input type="checkbox" checked={tell} onChange={(event) => setTell(event.target.checked)} />
                  <span>
                    {t("export.tell")} <span className="sec">{t("export.tellText")}</span>
                  </span>
                </label>
              )}
            </>
          )}
      {!committed && files.length > 0 && (
        <div className="export-review">
          <div>
            <ChosenFiles files={files} left={left} onToggle={(path) => setLeft((old) => toggled(old, path))} />
          </div>
          {look !== null && <ChangedGraph changed={look.units} />}
        </div>
      )}
      {look !== null && look.commits.length > 0 && <Commits titles={look.commits} />}
    </Dialog>
  );
}

/** The last look there was: a name that is refused must not take the form away. */
function useLast(look: ExportPreviewDto | undefined): ExportPreviewDto | null {
  const [last, setLast] = useState<ExportPreviewDto | null>(null);
  if (look !== undefined && look !== last) setLast(look);
  return look ?? last;
}

function Naming({ look, words, onWords }: { look: ExportPreviewDto; words: Words; onWords: (words: Words) => void }) {
  const { t } = useTranslation("graph");
  const own = given(words.branch);
  return (
    <>
      <Field label={t("export.prTitle")}>
        {(id, hint) => (
          <TextInput
            id={id}
            aria-describedby={hint}
            placeholder={look.title}
            value={words.title ?? look.title}
            onChange={(event) => onWords({ ...words, title: event.target.value })}
          />
        )}
      </Field>
      <Field
        label={t("export.branch")}
        message={look.newBranch || (own !== null && own !== look.branch) ? undefined : t("export.onBranch")}
        tone="warn"
      >
        {(id, hint) => (
          <TextInput
            id={id}
            mono
            aria-describedby={hint}
            placeholder={look.branch}
            value={words.branch ?? look.branch}
            onChange={(event) => onWords({ ...words, branch: event.target.value })}
          />
        )}
      </Field>
      <Field label={t("export.message")} stacked>
        {(id, hint) => (
          <TextArea
            id={id}
            aria-describedby={hint}
            placeholder={t("commitDialog.messageHint")}
            value={words.message}
            onChange={(event) => onWords({ ...words, message: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

/** Commits of the branch that go out with it. */
function Commits({ titles }: { titles: string[] }) {
  const { t } = useTranslation("graph");
  return (
    <section aria-label={t("export.commits", { count: titles.length })}>
      <h3 className="t12 sec m">{t("export.commits", { count: titles.length })}</h3>
      <ul className="sec">
        {[...new Set(titles)].map((title) => (
          <li key={title}>{title}</li>
        ))}
      </ul>
    </section>
  );
}
