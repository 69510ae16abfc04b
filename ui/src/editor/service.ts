import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeCompletion,
  completionStatus,
  pickedCompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import { type Action, type Diagnostic, linter, lintGutter, lintKeymap } from "@codemirror/lint";
import { type EditorState, type Extension, Prec } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, type Tooltip } from "@codemirror/view";
import type { Api } from "../api/client";
import type { LanguageAnswer, LanguageMethod, LanguageRequest, SuggestionDto, TargetDto } from "../api/dto";
import { markdown } from "./markdown";
import { fromService, toService } from "./positions";

/** Asks the language service about the text as it is in the editor. */
export type Ask = (
  method: LanguageMethod,
  state: EditorState,
  pos: number,
  signal?: AbortSignal,
) => Promise<LanguageAnswer>;

export function askOf(api: Api, file: string): Ask {
  return (method, state, pos, signal) => {
    const body: LanguageRequest = { method, file, text: state.sliceDoc(), ...toService(state.doc, pos) };
    return api.post<LanguageAnswer>("/api/language", body, signal);
  };
}

const looks: Record<string, string> = {
  key: "property",
  word: "enum",
  name: "class",
  input: "variable",
  output: "interface",
};

function accept(suggestion: SuggestionDto): Completion["apply"] {
  return (view, completion, from, to) => {
    const insert = view.state.toText(suggestion.insert.replaceAll("\n", view.state.lineBreak));
    view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + insert.length },
      annotations: pickedCompletion.of(completion),
      userEvent: "input.complete",
      scrollIntoView: true,
    });
    // A key was taken: its value comes next.
    if (/[:-]\s*$/.test(suggestion.insert)) startCompletion(view);
  };
}

/** True where a list of suggestions helps although no letter was typed yet. */
function invites(before: string): boolean {
  return /(^|[:{,[-])\s*$/.test(before);
}

export function completionSource(ask: Ask) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const word = /[^\s{}[\],:]*$/.exec(before)?.[0] ?? "";
    if (!context.explicit && word === "" && !invites(before)) return null;
    const stop = new AbortController();
    context.addEventListener("abort", () => stop.abort());
    const answer = await ask("completion", context.state, context.pos, stop.signal).catch(() => null);
    const first = answer?.suggestions[0];
    if (answer === null || first === undefined || context.aborted) return null;
    const { from, to } = fromService(context.state.doc, first.span);
    return {
      from,
      to,
      options: answer.suggestions.map((s, index) => ({
        label: s.label,
        detail: s.detail === "" ? undefined : s.detail,
        type: looks[s.kind],
        info: s.docs === "" ? undefined : () => markdown(s.docs),
        // The service's order: required keys, then the schema's own.
        boost: Math.max(-99, 99 - index),
        apply: accept(s),
      })),
      validFor: /^[^\s{}[\],:]*$/,
    };
  };
}

function hovers(ask: Ask): Extension {
  return hoverTooltip(async (view, pos): Promise<Tooltip | null> => {
    const answer = await ask("hover", view.state, pos).catch(() => null);
    if (answer?.hover === undefined || answer.hover === null) return null;
    const { text, span } = answer.hover;
    const { from, to } = fromService(view.state.doc, span);
    return { pos: from, end: to, above: true, create: () => ({ dom: markdown(text) }) };
  });
}

function severity(word: string): Diagnostic["severity"] {
  return word === "error" || word === "warning" ? word : "info";
}

/** The diagnostics of `xcf validate` for the text being typed, with the fixes that are exact. */
export async function diagnosticsOf(ask: Ask, state: EditorState): Promise<Diagnostic[]> {
  const answer = await ask("diagnostics", state, 0);
  return answer.diagnostics.map(({ diagnostic: d, span }) => {
    const { from, to } = fromService(state.doc, span);
    const actions: Action[] = answer.actions
      .filter((a) => a.code === d.code && a.span.line >= span.line && a.span.endLine <= span.endLine)
      .map((a) => ({
        name: a.title,
        apply: (view) => {
          const at = fromService(view.state.doc, a.span);
          view.dispatch({ changes: { ...at, insert: a.insert }, userEvent: "input.fix" });
        },
      }));
    return {
      from,
      to: Math.max(to, Math.min(from + 1, state.doc.length)),
      severity: severity(d.severity),
      source: d.code,
      message: d.hint === "" ? d.message : `${d.message}\n${d.hint}`,
      actions,
    };
  });
}

export interface Journeys {
  go: (targets: TargetDto[]) => void;
  references: (targets: TargetDto[]) => void;
}

function travel(ask: Ask, method: "definition" | "references", arrive: (targets: TargetDto[]) => void) {
  return (view: EditorView, pos = view.state.selection.main.head): boolean => {
    void ask(method, view.state, pos)
      .then((answer) => arrive(answer.targets))
      .catch(() => arrive([]));
    return true;
  };
}

/** Completion, hover, live diagnostics, definitions and references, all answered by the product's own service. */
export function languageService(ask: Ask, journeys: Journeys): Extension {
  const define = travel(ask, "definition", journeys.go);
  const refer = travel(ask, "references", journeys.references);
  return [
    autocompletion({ override: [completionSource(ask)], icons: false, maxRenderedOptions: 200 }),
    hovers(ask),
    linter((view) => diagnosticsOf(ask, view.state).catch(() => []), { delay: 300 }),
    lintGutter(),
    keymap.of([
      { key: "F12", run: (view) => define(view) },
      { key: "Shift-F12", run: (view) => refer(view) },
      ...lintKeymap,
    ]),
    EditorView.domEventHandlers({
      mousedown: (event, view) => {
        if (event.button !== 0 || !(event.ctrlKey || event.metaKey)) return false;
        const pos = view.posAtCoords({ x: event.clientX, y: event.clientY });
        if (pos === null) return false;
        event.preventDefault();
        return define(view, pos);
      },
    }),
    // Escape closes the list of suggestions, not the dialog around the editor.
    Prec.highest(
      EditorView.domEventHandlers({
        keydown: (event, view) => {
          if (event.key !== "Escape" || completionStatus(view.state) === null) return false;
          closeCompletion(view);
          event.preventDefault();
          event.stopPropagation();
          return true;
        },
      }),
    ),
  ];
}
