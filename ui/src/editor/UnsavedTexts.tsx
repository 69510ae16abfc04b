import { useTranslation } from "react-i18next";
import { Icon } from "../parts/Icon";
import { Why } from "../parts/Why";
import { useBuffers, useKept } from "./buffers";
import "./editor.css";

/** Texts that were typed and never saved, from this session or one that ended suddenly: never forgotten silently. */
export function UnsavedTexts() {
  const { t } = useTranslation("editor");
  const kept = useKept();
  const open = useBuffers((state) => state.open);
  const seen = useBuffers((state) => state.seen);
  const earlier = (kept.data?.items ?? []).filter((item) => seen[item.file] !== true).map((item) => item.file);
  const files = [...new Set([...Object.keys(open), ...earlier])].sort();
  if (files.length === 0) return null;
  return (
    <div className="banner" role="status">
      <Icon name="file" />
      <span className="sec nw">{t("unsaved", { count: files.length })}</span>
      <span className="fx ed-files">
        {files.slice(0, 3).map((file) => (
          <Why key={file} source={{ file }} />
        ))}
        {files.length > 3 && <span className="mut">+{files.length - 3}</span>}
      </span>
    </div>
  );
}
