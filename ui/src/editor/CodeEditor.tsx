import { defaultKeymap, history, redo, redoDepth, undo, undoDepth } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, Transaction } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { codeTheme } from "../parts/codeTheme";
import { editorTheme } from "./editorTheme";
import { type Ask, type Journeys, languageService } from "./service";

export interface CodeEditorProps {
  text: string;
  /** A line to show, from 1. */
  line: number | null;
  label: string;
  ask: Ask;
  onType: (text: string) => void;
  onSave: () => void;
  /** Undo and redo beyond what was typed here: the workspace's own steps. */
  onUndo: () => void;
  onRedo: () => void;
  journeys: Journeys;
  /** Digest of the saved text while nothing is unsaved; a new one starts the typed steps anew. */
  saved: string | null;
}

const OUTSIDE = "set.outside";

/** What was typed and not saved; a save turns it into one step of the workspace's stack. */
const steps = new Compartment();

/** Words of the editor's own panels in the person's language. */
function phrases(t: (key: never) => string): Record<string, string> {
  const word = t as (key: string) => string;
  return {
    Find: word("find.find"),
    Replace: word("find.replaceWith"),
    next: word("find.next"),
    previous: word("find.previous"),
    all: word("find.all"),
    "match case": word("find.case"),
    regexp: word("find.regexp"),
    "by word": word("find.word"),
    replace: word("find.replace"),
    "replace all": word("find.replaceAll"),
    close: word("find.close"),
    "No diagnostics": word("noProblems"),
    Diagnostics: word("problems"),
    Completions: word("suggestions"),
  };
}

/** One text, editable, with the language service behind it. What is typed here is undone here first. */
export function CodeEditor(props: CodeEditorProps) {
  const { t } = useTranslation("editor");
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef(props);
  now.current = props;
  const { label } = props;
  useEffect(() => {
    const parent = host.current;
    if (parent === null) return;
    const { text } = now.current;
    const journeys: Journeys = {
      go: (targets) => now.current.journeys.go(targets),
      references: (targets) => now.current.journeys.references(targets),
    };
    const handled = (what: () => void) => {
      what();
      return true;
    };
    const report = {
      save: () => handled(now.current.onSave),
      undo: () => handled(now.current.onUndo),
      redo: () => handled(now.current.onRedo),
    };
    const ask: Ask = (...asked) => now.current.ask(...asked);
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          steps.of(history()),
          drawSelection(),
          highlightActiveLine(),
          search({ top: true }),
          yaml(),
          codeTheme,
          editorTheme,
          EditorState.phrases.of(phrases(t as never)),
          EditorState.lineSeparator.of(text.includes("\r\n") ? "\r\n" : "\n"),
          EditorState.tabSize.of(2),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          languageService(ask, journeys),
          keymap.of([
            { key: "Mod-s", run: report.save },
            { key: "Mod-z", run: (v) => (undoDepth(v.state) > 0 ? undo(v) : report.undo()) },
            { key: "Mod-Shift-z", run: (v) => (redoDepth(v.state) > 0 ? redo(v) : report.redo()) },
            { key: "Mod-y", run: (v) => (redoDepth(v.state) > 0 ? redo(v) : report.redo()) },
            ...searchKeymap,
            ...defaultKeymap,
          ]),
          EditorView.updateListener.of((update) => {
            const outside = update.transactions.some((tr) => tr.isUserEvent(OUTSIDE));
            if (update.docChanged && !outside) now.current.onType(update.state.sliceDoc());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [label, t]);
  const { text, line } = props;
  // Text that changed elsewhere (form, graph, undo, disk) comes in as the smallest change, so that the cursor stays.
  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.sliceDoc() === text) return;
    const old = editor.state.doc;
    const fresh = editor.state.toText(text);
    const changes = smallest(old.toString(), fresh.toString());
    editor.dispatch({
      changes: { from: changes.from, to: changes.to, insert: fresh.slice(changes.from, changes.end) },
      annotations: Transaction.addToHistory.of(false),
      userEvent: OUTSIDE,
    });
  }, [text]);
  const { saved } = props;
  useEffect(() => {
    if (saved === null) return;
    view.current?.dispatch({ effects: steps.reconfigure([]) });
    view.current?.dispatch({ effects: steps.reconfigure(history()) });
  }, [saved]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null || line === null) return;
    const at = editor.state.doc.line(Math.min(Math.max(1, line), editor.state.doc.lines)).from;
    editor.dispatch({
      selection: { anchor: at },
      effects: EditorView.scrollIntoView(at, { y: "start", yMargin: 48 }),
    });
  }, [line]);
  return <div ref={host} className="ed-code" />;
}

/** Where two texts differ: everything before `from` and behind is equal. */
export function smallest(before: string, after: string): { from: number; to: number; end: number } {
  let from = 0;
  const most = Math.min(before.length, after.length);
  while (from < most && before.charCodeAt(from) === after.charCodeAt(from)) from += 1;
  let to = before.length;
  let end = after.length;
  while (to > from && end > from && before.charCodeAt(to - 1) === after.charCodeAt(end - 1)) {
    to -= 1;
    end -= 1;
  }
  return { from, to, end };
}
