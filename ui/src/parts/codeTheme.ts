import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { fontSize: "12px", color: "var(--fg)", backgroundColor: "var(--bg-surface)", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "18px" },
  ".cm-content": { padding: "6px 0", caretColor: "var(--accent)" },
  ".cm-gutters": { backgroundColor: "var(--bg-surface)", color: "var(--fg-3)", border: "none", paddingRight: "4px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--bg-hover)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection": {
    backgroundColor: "var(--bg-selected)",
  },
  ".cm-changedLine, .cm-insertedLine": { backgroundColor: "var(--add-bg) !important" },
  ".cm-deletedChunk, .cm-deletedLine": { backgroundColor: "var(--del-bg) !important" },
  // The words that differ stand on a deeper ground; no pale colour of the syntax can be read there.
  ".cm-changedText, .cm-deletedText": { textDecoration: "none", borderRadius: "2px" },
  ".cm-changedText": { background: "color-mix(in srgb, var(--ok) 24%, transparent) !important" },
  ".cm-deletedText, &.cm-merge-a .cm-changedText": {
    background: "color-mix(in srgb, var(--bad) 24%, transparent) !important",
  },
  ".cm-changedText span, .cm-deletedChunk span, .cm-deletedText span": { color: "var(--fg)" },
  ".cm-merge-a .cm-changedLine": { backgroundColor: "var(--del-bg) !important" },
  ".cm-deletedChunk": { paddingLeft: "6px" },
  ".cm-collapsedLines": {
    color: "var(--fg-3)",
    background: "var(--bg-sunken)",
    borderBlock: "1px solid var(--line-faint)",
    fontFamily: "var(--font-ui)",
    padding: "2px 10px",
  },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: "none" },
  ".cm-changeGutter": { width: "3px", paddingLeft: "0" },
  ".cm-changedLineGutter": { background: "var(--ok) !important" },
  ".cm-deletedLineGutter, &.cm-merge-a .cm-changedLineGutter": { background: "var(--bad) !important" },
  ".cm-unit-span": { backgroundColor: "var(--bg-selected)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--fg)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--run)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--wait)" },
  { tag: [tags.comment, tags.meta], color: "var(--fg-3)" },
  { tag: [tags.invalid], color: "var(--bad)" },
]);

/** Editor colours from the tokens, so both themes and every editor follow one source. */
export const codeTheme: Extension = [look, syntaxHighlighting(colours)];
