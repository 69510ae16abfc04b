import { yaml } from "@codemirror/lang-yaml";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { codeTheme } from "./codeTheme";

/** Before and after of one text, read only; unchanged runs are folded. */
export function DiffView({
  before,
  after,
  split = false,
  label,
}: {
  before: string;
  after: string;
  split?: boolean;
  label: string;
}) {
  const host = useRef<HTMLDivElement>(null);
  const { t } = useTranslation("parts");
  useEffect(() => {
    const parent = host.current;
    if (parent === null || before === after) return;
    const shared = [
      lineNumbers(),
      yaml(),
      codeTheme,
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorState.phrases.of({ "$ unchanged lines": t("diff.unchanged") }),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    ];
    const collapseUnchanged = { margin: 3, minSize: 6 };
    // Of a text that is all new or all gone, no word stands out.
    const highlightChanges = before !== "" && after !== "";
    if (split) {
      const view = new MergeView({
        parent,
        a: { doc: before, extensions: shared },
        b: { doc: after, extensions: shared },
        collapseUnchanged,
        highlightChanges,
        gutter: true,
      });
      return () => view.destroy();
    }
    const view = new EditorView({
      parent,
      doc: after,
      extensions: [
        shared,
        unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged, highlightChanges, gutter: true }),
      ],
    });
    return () => view.destroy();
  }, [before, after, split, label, t]);
  if (before === after) return <p className="mut diff-none">{t("diff.none")}</p>;
  return <div ref={host} className="diff-view" />;
}
