import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftDto, DraftFileDto } from "../../api/dto";
import { Seg } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { DiffView } from "../../parts/DiffView";
import type { Tone } from "../../parts/status";

const tones: Record<string, Tone> = { added: "ok", modified: "run", deleted: "bad", renamed: "idle" };
type FileStatus = "added" | "modified" | "deleted" | "renamed";

function isFileStatus(word: string): word is FileStatus {
  return word in tones;
}

export function FileHead({ file }: { file: DraftFileDto }) {
  const { t } = useTranslation("graph");
  return (
    <span className="diff-file">
      <span className="mono ell">{file.path}</span>
      <span className={`t12 ${tones[file.status] ?? "idle"} cc`}>
        {isFileStatus(file.status) ? t(`draft.${file.status}`) : file.status}
      </span>
      <span className="grow" />
      <span className="mono num">
        <span className="ok cc">+{file.added}</span> <span className="bad cc">−{file.removed}</span>
      </span>
    </span>
  );
}

export function FileDiff({ file, split = false }: { file: DraftFileDto; split?: boolean }) {
  const { t } = useTranslation("graph");
  const text = (file.oldText ?? null) !== null || (file.newText ?? null) !== null;
  return text ? (
    <DiffView before={file.oldText ?? ""} after={file.newText ?? ""} split={split} label={file.path} />
  ) : (
    <p className="mut">{t("draft.binary")}</p>
  );
}

/** Every changed file of the working tree, as text. */
export function DraftDiff({ draft, onClose }: { draft: DraftDto; onClose: () => void }) {
  const { t } = useTranslation("graph");
  const { t: tp } = useTranslation("parts");
  const [style, setStyle] = useState<"unified" | "split">("unified");
  return (
    <Dialog open onClose={onClose} title={t("draft.title")} wide>
      <div className="diff-head">
        <p className="sec grow">{t("draft.summary", { branch: draft.branch })}</p>
        <Seg
          label={t("draft.show")}
          value={style}
          onChange={setStyle}
          options={[
            { value: "unified", label: tp("diff.unified") },
            { value: "split", label: tp("diff.split") },
          ]}
        />
      </div>
      {draft.files.map((file) => (
        <section key={file.path} className="diff-section">
          <FileHead file={file} />
          <FileDiff file={file} split={style === "split"} />
        </section>
      ))}
    </Dialog>
  );
}
