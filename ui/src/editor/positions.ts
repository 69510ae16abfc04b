import type { Text } from "@codemirror/state";
import type { SpanDto } from "../api/dto";

/** A document position as the service counts: lines from 0, UTF-16 units from 0, which are CodeMirror's own. */
export function toService(doc: Text, pos: number): { line: number; character: number } {
  const line = doc.lineAt(pos);
  return { line: line.number - 1, character: pos - line.from };
}

function position(doc: Text, line: number, character: number): number {
  if (line >= doc.lines) return doc.length;
  const found = doc.line(line + 1);
  return Math.min(found.from + character, found.to);
}

/** The service's span in this document, cut to it: the document may have changed since it was asked. */
export function fromService(doc: Text, span: SpanDto): { from: number; to: number } {
  const from = position(doc, span.line, span.character);
  const to = position(doc, span.endLine, span.endCharacter);
  return { from: Math.min(from, to), to: Math.max(from, to) };
}
