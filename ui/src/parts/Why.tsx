import { useTranslation } from "react-i18next";
import { useOpenSource } from "./source";

export interface SourceRef {
  file: string;
  line?: number | null;
}

export function sourceText({ file, line }: SourceRef): string {
  return line === undefined || line === null || line === 0 ? file : `${file}:${line}`;
}

/** A `file:line` that opens the text it names. Built-in rows have no file: they show as plain words. */
export function Why({ source, short = false }: { source: SourceRef; short?: boolean }) {
  const { t } = useTranslation("parts");
  const openSource = useOpenSource();
  const full = sourceText(source);
  const shown = short ? sourceText({ ...source, file: source.file.split("/").pop() ?? source.file }) : full;
  return (
    <button type="button" className="src" title={t("openFile", { where: full })} onClick={() => openSource(source)}>
      {shown}
    </button>
  );
}
