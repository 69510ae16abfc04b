import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftFileDto } from "../../api/dto";
import { FileDiff, FileHead } from "./DraftDiff";

/** Changed files to choose from, each with its text on demand; one alone stands open. */
export function ChosenFiles({
  files,
  left,
  onToggle,
}: {
  files: DraftFileDto[];
  /** Paths that are not chosen. */
  left: ReadonlySet<string>;
  onToggle: (path: string) => void;
}) {
  const { t } = useTranslation("graph");
  const [shown, setShown] = useState<string | null>(files.length === 1 ? (files[0]?.path ?? null) : null);
  return (
    <>
      <h3 className="t12 sec m">
        {t("commitDialog.files", { count: files.filter((file) => !left.has(file.path)).length })}
      </h3>
      <ul className="commit-files">
        {files.map((file) => (
          <li key={file.path}>
            <div className="commit-file">
              <input
                type="checkbox"
                aria-label={file.path}
                checked={!left.has(file.path)}
                onChange={() => onToggle(file.path)}
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
    </>
  );
}

/** The set with `path` taken out, or put in where it was not. */
export function toggled(set: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(path)) next.add(path);
  return next;
}
