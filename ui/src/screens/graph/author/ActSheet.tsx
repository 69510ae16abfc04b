import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ActDto, AuthorResponse } from "../../../api/dto";
import { Button } from "../../../parts/controls";
import { DiagnosticList } from "../../../parts/Diagnostics";
import { Dialog } from "../../../parts/Dialog";
import { DiffView } from "../../../parts/DiffView";
import { ErrorState } from "../../../parts/states";
import { UnitChanges } from "./UnitChanges";
import { useAct, usePreview } from "./useAuthor";

/** A sheet over one act: its fields, then the very text it would write, then the verb. */
export function ActSheet({
  title,
  verb,
  act,
  missing,
  grave = false,
  onDone,
  onClose,
  children,
}: {
  title: string;
  verb: string;
  /** None while something is still to be chosen; `missing` says what. */
  act: ActDto | null;
  missing?: string;
  /** Takes things away: focus starts on Cancel, Enter in a field does nothing, and the preview must have been seen. */
  grave?: boolean;
  onDone: (answer: AuthorResponse) => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t: tp } = useTranslation("parts");
  const doing = useAct();
  const preview = usePreview(act);
  const refused = preview.error;
  const go = () => {
    if (act === null || refused !== null || doing.isPending || (grave && preview.data === undefined)) return;
    doing.mutate(act, { onSuccess: onDone });
  };
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={title}
      actions={
        grave ? (
          <>
            <Button data-first onClick={onClose}>
              {tp("cancel")}
            </Button>
            <Button
              kind="dng"
              reason={refused?.message}
              disabled={doing.isPending || preview.data === undefined}
              onClick={go}
            >
              {verb}
            </Button>
          </>
        ) : (
          <Button
            kind="pri"
            reason={act === null ? missing : refused?.message}
            disabled={doing.isPending}
            type="submit"
            form="act"
          >
            {verb}
          </Button>
        )
      }
    >
      <form
        id="act"
        className="act"
        onSubmit={(event) => {
          event.preventDefault();
          if (!grave) go();
        }}
      >
        {children}
      </form>
      {doing.error !== null && <ErrorState error={doing.error} compact />}
      {act !== null && (refused !== null ? <ErrorState error={refused} compact /> : <Written answer={preview.data} />)}
    </Dialog>
  );
}

/** The text an act writes, file by file, and what the workspace will say of it. */
function Written({ answer }: { answer: AuthorResponse | undefined }) {
  const { t } = useTranslation("author");
  if (answer === undefined) return null;
  return (
    <>
      <UnitChanges units={answer.units} />
      <h3 className="t12 sec m">{t("writes")}</h3>
      {answer.files.map((file) => (
        <section key={file.file} className="diff-section">
          <span className="diff-file mono">{file.file}</span>
          <DiffView before={file.oldText ?? ""} after={file.newText ?? ""} label={file.file} />
        </section>
      ))}
      {answer.fresh.length > 0 && (
        <>
          <h3 className="t12 sec m">{t("brings", { count: answer.fresh.length })}</h3>
          <DiagnosticList diagnostics={answer.fresh} />
        </>
      )}
    </>
  );
}
