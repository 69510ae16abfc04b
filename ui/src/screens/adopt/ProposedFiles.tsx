import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AdoptFileDto } from "../../api/dto";
import { Button } from "../../parts/controls";
import { DiffView } from "../../parts/DiffView";

/** Up to so many texts stand open: a few are read as one page, hundreds would be a wall and slow to draw. */
const OPEN_AT_ONCE = 6;

/** The very texts that would be written. */
export function ProposedFiles({ files }: { files: AdoptFileDto[] }) {
  const { t } = useTranslation("adopt");
  const [open, setOpen] = useState<ReadonlySet<string>>(
    new Set(files.length <= OPEN_AT_ONCE ? files.map((file) => file.path) : []),
  );
  const toggle = (path: string) =>
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  const all = open.size === files.length;
  return (
    <section aria-label={t("files", { count: files.length })}>
      <div className="adopt-files-head">
        <h3 className="t12 sec m">{t("files", { count: files.length })}</h3>
        <span className="grow" />
        <Button kind="gho" onClick={() => setOpen(all ? new Set() : new Set(files.map((file) => file.path)))}>
          {t(all ? "hideAll" : "showAll")}
        </Button>
      </div>
      <ul className="commit-files adopt-files">
        {files.map((file) => (
          <li key={file.path}>
            <button
              type="button"
              className="commit-file-name diff-file"
              aria-expanded={open.has(file.path)}
              onClick={() => toggle(file.path)}
            >
              <span className="mono ell">{file.path}</span>
              <span className={`t12 ${(file.oldText ?? null) === null ? "ok" : "run"} cc`}>
                {t((file.oldText ?? null) === null ? "new" : "changed")}
              </span>
            </button>
            {open.has(file.path) && <DiffView before={file.oldText ?? ""} after={file.text} label={file.path} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
