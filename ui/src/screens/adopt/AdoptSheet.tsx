import "./adopt.css";
import { useTranslation } from "react-i18next";
import type { AdoptPreviewDto } from "../../api/dto";
import { Button } from "../../parts/controls";
import { DiagnosticList } from "../../parts/Diagnostics";
import { Dialog } from "../../parts/Dialog";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states";
import { FoundTable } from "./FoundTable";
import { ProposedFiles } from "./ProposedFiles";
import { useAdopt, useAdoptPreview } from "./useAdopt";

/** What a repository has already, as documents: looked at whole, then written whole, or not at all. */
export function AdoptSheet({
  path,
  again = false,
  onAdopted,
  onClose,
}: {
  /** A folder of the repository. */
  path: string;
  /** True if the repository is a workspace already and only the rest of it is taken in. */
  again?: boolean;
  onAdopted: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("adopt");
  const preview = useAdoptPreview(path);
  const adopt = useAdopt();
  const look = preview.data;
  // A refused look may stand over an older one: what can't be shown again must not be accepted.
  const shown = preview.error === null ? look : undefined;
  const none = shown !== undefined && shown.files.length === 0;
  const accept = () => {
    if (shown === undefined || none || adopt.isPending || preview.isFetching) return;
    adopt.mutate({ path, uid: shown.uid, digest: shown.digest }, { onSuccess: onAdopted });
  };
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t(again ? "titleAgain" : "title")}
      text={shown === undefined || none ? (look?.path ?? path) : t(again ? "textAgain" : "text", { path: shown.path })}
      actions={
        <>
          <Button onClick={onClose}>{t(none || preview.error !== null ? "close" : "back")}</Button>
          {preview.error === null && !none && (
            <Button kind="pri" disabled={shown === undefined || adopt.isPending || preview.isFetching} onClick={accept}>
              {adopt.isPending ? t("writing") : t("accept", { count: shown?.files.length ?? 0 })}
            </Button>
          )}
        </>
      }
    >
      {adopt.error !== null && <ErrorState error={adopt.error} compact />}
      {adopt.error !== null && shown !== undefined && !preview.isFetching && <p role="status">{t("newLook")}</p>}
      {preview.error !== null && <ErrorState error={preview.error} onRetry={() => void preview.refetch()} compact />}
      {preview.isPending && <SkeletonRows rows={4} what={t("looking")} />}
      {shown !== undefined && (none ? <Nothing look={shown} /> : <Proposal look={shown} />)}
    </Dialog>
  );
}

function Nothing({ look }: { look: AdoptPreviewDto }) {
  const { t } = useTranslation("adopt");
  return (
    <>
      <EmptyState icon="graph" title={t("none.title")} text={t("none.text")} />
      <Remarks look={look} />
    </>
  );
}

function Proposal({ look }: { look: AdoptPreviewDto }) {
  return (
    <>
      <FoundTable found={look.found} />
      <Remarks look={look} />
      {/* A new look is another proposal: which texts were open says nothing about it. */}
      <ProposedFiles key={look.digest} files={look.files} />
    </>
  );
}

/** What was left out, and what a person has to add. */
function Remarks({ look }: { look: AdoptPreviewDto }) {
  const { t } = useTranslation("adopt");
  if (look.diagnostics.length === 0) return null;
  return (
    <section aria-label={t("remarks", { count: look.diagnostics.length })}>
      <h3 className="t12 sec m">{t("remarks", { count: look.diagnostics.length })}</h3>
      <DiagnosticList diagnostics={look.diagnostics} plain />
    </section>
  );
}
