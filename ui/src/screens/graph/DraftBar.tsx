import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftDto } from "../../api/dto";
import { Button } from "../../parts/controls";
import { StatusBadge } from "../../parts/StatusBadge";
import { DraftDiff } from "./DraftDiff";
import { useRedo, useUndo } from "./useDraft";
import { WhatIfButton } from "./whatif/WhatIfButton";

/** Shown while the working tree has edits (files, +/−, units, Undo, the text) or one that was undone can come back. */
export function DraftBar({ draft, onSelect }: { draft: DraftDto; onSelect: (unit: string) => void }) {
  const { t } = useTranslation("graph");
  const [open, setOpen] = useState(false);
  const undo = useUndo();
  const redo = useRedo();
  const failure = undo.error ?? redo.error;
  if (draft.files.length === 0 && draft.redo === null) return null;
  const added = draft.files.reduce((n, file) => n + file.added, 0);
  const removed = draft.files.reduce((n, file) => n + file.removed, 0);
  const only = draft.files.length === 1 ? draft.files[0] : undefined;
  return (
    <section className="draft" aria-label={t("draft.word")}>
      {draft.files.length === 0 ? (
        <span className="sec">{t("draft.none")}</span>
      ) : (
        <>
          <StatusBadge status="draft" />
          <span className="ell">
            {only === undefined ? (
              t("draft.inFiles", { count: draft.files.length })
            ) : (
              <>
                {t("draft.inFile")} <span className="mono">{only.path}</span>
              </>
            )}
          </span>
          <span className="mono num nw">
            <span className="ok cc">+{added}</span> <span className="bad cc">−{removed}</span>
          </span>
          <WhatIfButton draft={draft} onSelect={onSelect} />
        </>
      )}
      {failure !== null && (
        <span className="bad cc ell" role="alert">
          {failure.message}
        </span>
      )}
      <span className="draft-do">
        <Button
          kind="gho"
          icon="undo"
          keys="$mod+z"
          reason={draft.canUndo ? undefined : t("draft.nothingToUndo")}
          onClick={() => undo.mutate()}
        >
          {t("draft.undo")}
        </Button>
        {draft.redo !== null && (
          <Button kind="gho" keys="$mod+Shift+z" onClick={() => redo.mutate()}>
            {t("draft.redo")}
          </Button>
        )}
        {draft.files.length > 0 && (
          <Button kind="gho" onClick={() => setOpen(true)}>
            {t("draft.show")}
          </Button>
        )}
      </span>
      {open && <DraftDiff draft={draft} onClose={() => setOpen(false)} />}
    </section>
  );
}
