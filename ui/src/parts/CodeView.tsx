import { yaml } from "@codemirror/lang-yaml";
import { EditorState, type Extension, RangeSetBuilder } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { codeTheme } from "./codeTheme";

const marked = Decoration.line({ class: "cm-unit-span" });

function lineMarks(state: EditorState, from: number, to: number): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (let n = Math.max(1, from); n <= Math.min(state.doc.lines, to); n += 1) {
    const line = state.doc.line(n);
    builder.add(line.from, line.from, marked);
  }
  return builder.finish();
}

/** One file, read only, with a line or a span of lines marked and scrolled to. Lines count from 1. */
export function CodeView({
  text,
  line,
  lastLine,
  label,
}: {
  text: string;
  line: number | null;
  lastLine?: number;
  label: string;
}) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = host.current;
    if (parent === null) return;
    const extensions: Extension[] = [
      lineNumbers(),
      yaml(),
      codeTheme,
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    ];
    if (line !== null)
      extensions.push(EditorView.decorations.of((view) => lineMarks(view.state, line, lastLine ?? line)));
    const view = new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
    if (line !== null && line >= 1 && line <= view.state.doc.lines) {
      view.dispatch({ effects: EditorView.scrollIntoView(view.state.doc.line(line).from, { y: "center" }) });
    }
    return () => view.destroy();
  }, [text, line, lastLine, label]);
  return <div ref={host} className="code-view" />;
}
