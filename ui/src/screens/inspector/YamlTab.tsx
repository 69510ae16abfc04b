import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { UnitYamlDto } from "../../api/dto";
import { codeTheme } from "../../parts/codeTheme";
import { Button } from "../../parts/controls";
import { ErrorState } from "../../parts/states";
import { Why } from "../../parts/Why";
import { useSaveText } from "./useUnit";

/** The file that holds the unit, editable; saving writes exactly this text. */
export function YamlTab({ yaml: file }: { yaml: UnitYamlDto }) {
  const { t } = useTranslation("inspector");
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const [edited, setEdited] = useState(false);
  const save = useSaveText();
  const { mutate, error } = save;
  const write = useRef<() => void>(() => undefined);
  write.current = () => {
    const text = view.current?.state.doc.toString();
    if (text !== undefined && text !== file.text) mutate({ file: file.file, text, baseDigest: file.digest });
  };
  useEffect(() => {
    const parent = host.current;
    if (parent === null) return;
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: file.text,
        extensions: [
          lineNumbers(),
          history(),
          search({ top: true }),
          yaml(),
          codeTheme,
          EditorView.contentAttributes.of({ "aria-label": file.file }),
          EditorState.lineSeparator.of(file.text.includes("\r\n") ? "\r\n" : "\n"),
          keymap.of([
            {
              key: "Mod-s",
              run: () => {
                write.current();
                return true;
              },
            },
            ...defaultKeymap,
            ...historyKeymap,
            ...searchKeymap,
          ]),
          EditorView.updateListener.of(
            (update) => update.docChanged && setEdited(update.state.doc.toString() !== file.text),
          ),
        ],
      }),
    });
    view.current = editor;
    setEdited(false);
    const line = Math.min(Math.max(1, file.startLine), editor.state.doc.lines);
    editor.dispatch({
      effects: EditorView.scrollIntoView(editor.state.doc.line(line).from, { y: "start", yMargin: 24 }),
    });
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [file]);
  const revert = () => {
    const editor = view.current;
    if (editor !== null) editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: file.text } });
  };
  return (
    <div className="yaml-tab">
      <div className="yaml-head">
        <Why source={{ file: file.file, line: file.startLine }} />
        <span className="grow" />
        {edited && <span className="mut t12">{t("yaml.edited")}</span>}
        {edited && (
          <Button kind="gho" onClick={revert}>
            {t("yaml.revert")}
          </Button>
        )}
        {edited && (
          <Button keys="$mod+s" disabled={save.isPending} onClick={() => write.current()}>
            {t("yaml.save")}
          </Button>
        )}
      </div>
      {error !== null && <ErrorState error={error} compact />}
      <div ref={host} className="yaml-edit" />
    </div>
  );
}
