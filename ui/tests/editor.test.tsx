import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LanguageAnswer, MergeDto } from "../src/api/dto";
import { useBuffers } from "../src/editor/buffers";
import { smallest } from "../src/editor/CodeEditor";
import { EditorPanel } from "../src/editor/EditorPanel";
import { markdown } from "../src/editor/markdown";
import { fromService, toService } from "../src/editor/positions";
import { completionSource, diagnosticsOf } from "../src/editor/service";
import { startI18n } from "../src/i18n/i18n";
import { type Answer, type Method, type Platform, PlatformContext } from "../src/platform/platform";

const FILE = "compositions/shop.yaml";
const TEXT = "kind: Composition\nspec:\n  lifecycle: PaaS\n";
const none: LanguageAnswer = {
  suggestions: [],
  hover: null,
  targets: [],
  symbols: [],
  diagnostics: [],
  actions: [],
};
const span = (line: number, character: number, endCharacter: number) => ({
  line,
  character,
  endLine: line,
  endCharacter,
});

beforeAll(() => {
  startI18n();
  // jsdom lays nothing out; the editor asks how large its letters are.
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
});
beforeEach(() => useBuffers.setState({ open: {}, seen: {} }));

describe("positions", () => {
  it("go to the service and back, wide characters and all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(), (text, seed) => {
        const { doc } = EditorState.create({ doc: text });
        const pos = seed % (doc.length + 1);
        const at = toService(doc, pos);
        const back = fromService(doc, { ...at, endLine: at.line, endCharacter: at.character });
        expect(back).toEqual({ from: pos, to: pos });
      }),
    );
  });

  it("of an older text are cut to this one", () => {
    const { doc } = EditorState.create({ doc: "a\nbc" });
    expect(fromService(doc, { line: 1, character: 1, endLine: 9, endCharacter: 9 })).toEqual({ from: 3, to: 4 });
  });

  it("the smallest change makes one text of the other", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const { from, to, end } = smallest(a, b);
        expect(a.slice(0, from) + b.slice(from, end) + a.slice(to)).toBe(b);
      }),
    );
  });
});

describe("answers of the language service", () => {
  it("a suggestion replaces the word the service names, in the service's order", async () => {
    const state = EditorState.create({ doc: TEXT });
    const pos = TEXT.indexOf("PaaS") + 2;
    const suggestions = ["PaaS", "Config"].map((label) => ({
      label,
      kind: "word",
      detail: "",
      docs: "",
      insert: label,
      span: span(2, 13, 17),
    }));
    const source = completionSource(() => Promise.resolve({ ...none, suggestions }));
    const found = await source(new CompletionContext(state, pos, true));
    expect(found?.from).toBe(TEXT.indexOf("PaaS"));
    expect(found?.options.map((o) => o.label)).toEqual(["PaaS", "Config"]);
    expect((found?.options[0]?.boost ?? 0) > (found?.options[1]?.boost ?? 0)).toBe(true);
  });

  it("a taken suggestion keeps the file's line ends", async () => {
    const state = EditorState.create({ doc: "spec:\r\n  ", extensions: [EditorState.lineSeparator.of("\r\n")] });
    const suggestion = {
      label: "modules",
      kind: "key",
      detail: "",
      docs: "",
      insert: "modules:\n    - ",
      span: span(1, 2, 2),
    };
    const source = completionSource(() => Promise.resolve({ ...none, suggestions: [suggestion] }));
    const found = await source(new CompletionContext(state, state.doc.length, true));
    const view = new EditorView({ state });
    const option = found?.options[0];
    if (option === undefined || typeof option.apply !== "function") throw new Error("no suggestion");
    option.apply(view, option, found?.from ?? 0, found?.to ?? found?.from ?? 0);
    expect(view.state.sliceDoc()).toBe("spec:\r\n  modules:\r\n    - ");
    view.destroy();
  });

  it("a diagnostic brings its hint and only its own fixes", async () => {
    const state = EditorState.create({ doc: TEXT });
    const diagnostic = {
      severity: "error",
      code: "bad-value",
      message: "What?",
      file: FILE,
      line: 3,
      column: 14,
      hint: "Did you mean `PaaS`?",
      related: [],
    };
    const actions = [
      { title: "Replace", code: "bad-value", span: span(2, 13, 17), insert: "Config" },
      { title: "Elsewhere", code: "bad-value", span: span(0, 0, 1), insert: "x" },
    ];
    const answer = { ...none, diagnostics: [{ diagnostic, span: span(2, 13, 17) }], actions };
    const [one] = await diagnosticsOf(() => Promise.resolve(answer), state);
    expect(one?.message).toContain("Did you mean");
    expect(one?.actions?.map((a) => a.name)).toEqual(["Replace"]);
  });

  it("Markdown never becomes anything but text", () => {
    const dom = markdown("**a** `b` <img src=x>\n\n- one\n- two");
    expect(dom.querySelector("img")).toBeNull();
    expect([...dom.querySelectorAll("li")].map((li) => li.textContent)).toEqual(["one", "two"]);
    expect(dom.querySelector("b")?.textContent).toBe("a");
  });
});

interface Disk {
  text: string;
  digest: string;
}

/** A server with one file and its kept texts. */
function show(disk: Disk, kept: Record<string, unknown>[] = [], merged: Partial<MergeDto> = {}) {
  const sent: { method: Method; path: string; body: unknown }[] = [];
  const answer = (method: Method, path: string, body: unknown): Answer => {
    if (path.startsWith("/api/file") && method === "GET") return { status: 200, body: { file: FILE, ...disk } };
    if (path === "/api/file") {
      const request = body as { text: string; baseDigest: string };
      if (request.baseDigest !== disk.digest)
        return { status: 409, body: { code: "edit-conflict", message: "changed", hint: "", diagnostics: [] } };
      disk.text = request.text;
      disk.digest = `${disk.digest}+`;
      return {
        status: 200,
        body: { file: FILE, oldText: "", newText: disk.text, digest: disk.digest, diagnostics: [] },
      };
    }
    if (path === "/api/buffers") return { status: 200, body: { items: kept, unreadable: [] } };
    if (path === "/api/merge") {
      const whole = { kind: "text", pointer: "", mine: null, theirs: null };
      const body = {
        text: disk.text,
        mine: null,
        conflicts: [whole],
        diskText: disk.text,
        digest: disk.digest,
        ...merged,
      };
      return { status: 200, body };
    }
    if (path === "/api/language") return { status: 200, body: none };
    return { status: 200, body: { run: null, message: "" } };
  };
  const platform: Platform = {
    shell: "browser",
    request: (method, path, body) => {
      sent.push({ method, path, body });
      return Promise.resolve(answer(method, path, body));
    },
    stream: () => undefined,
    openFolderDialog: () => Promise.resolve(null),
    canOpenFolders: false,
    openExternal: () => undefined,
  };
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <PlatformContext value={platform}>
      <QueryClientProvider client={client}>
        <EditorPanel file={FILE} line={null} onGo={() => undefined} />
      </QueryClientProvider>
    </PlatformContext>,
  );
  return { sent, client };
}

async function editor(): Promise<EditorView> {
  const dom = await screen.findByRole("textbox", { name: FILE });
  const view = EditorView.findFromDOM(dom);
  if (view === null) throw new Error("no editor");
  return view;
}

async function type(text: string): Promise<void> {
  const view = await editor();
  act(() => view.dispatch({ changes: { from: view.state.doc.length, insert: text }, userEvent: "input.type" }));
}

const shown = async () => (await editor()).state.sliceDoc();

describe("unsaved text", () => {
  it("is kept while typing, and saving writes exactly it", async () => {
    const { sent } = show({ text: TEXT, digest: "d" });
    await type("# x\n");
    await waitFor(() => expect(sent.some((s) => s.method === "PUT" && s.path === "/api/buffer")).toBe(true));
    expect(sent.find((s) => s.path === "/api/buffer")?.body).toEqual({
      file: FILE,
      text: `${TEXT}# x\n`,
      baseText: TEXT,
    });
    await screen.findByText("Unsaved, kept");
    await userEvent.click(screen.getByRole("button", { name: /Save to draft/ }));
    await screen.findByText("Saved");
    const saved = sent.find((s) => s.method === "PUT" && s.path === "/api/file");
    expect(saved?.body).toEqual({ file: FILE, text: `${TEXT}# x\n`, baseDigest: "d" });
    await waitFor(() => expect(sent.some((s) => s.method === "DELETE")).toBe(true));
  });

  it("of an earlier session comes back, and can be put back", async () => {
    const kept = {
      file: FILE,
      text: `${TEXT}# lost?\n`,
      baseText: TEXT,
      baseDigest: "d",
      savedAt: "2026-01-01T00:00:00Z",
      changedOnDisk: false,
    };
    const { sent } = show({ text: TEXT, digest: "d" }, [kept]);
    await screen.findByText(/never saved was brought back/);
    expect(await shown()).toBe(`${TEXT}# lost?\n`);
    await userEvent.click(screen.getByRole("button", { name: "Put back" }));
    await waitFor(async () => expect(await shown()).toBe(TEXT));
    expect(sent.some((s) => s.method === "DELETE")).toBe(true);
  });

  it("is never written over a file that changed: a person chooses", async () => {
    const disk = { text: TEXT, digest: "d" };
    const { sent } = show(disk);
    await type("# mine\n");
    disk.text = `# theirs\n${TEXT}`;
    disk.digest = "e";
    await userEvent.click(screen.getByRole("button", { name: /Save to draft/ }));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("changed on disk");
    expect(disk.text).toContain("theirs");
    await userEvent.click(screen.getByRole("button", { name: "See both" }));
    expect(document.querySelector(".ed-conflict .diff-view")).not.toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Only mine" }));
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
    await userEvent.click(screen.getByRole("button", { name: /Save to draft/ }));
    await waitFor(() => expect(disk.text).toBe(`${TEXT}# mine\n`));
    expect(sent.filter((s) => s.method === "PUT" && s.path === "/api/file")).toHaveLength(2);
  });

  it("is merged with a change on disk that touches something else, and stays unsaved", async () => {
    const disk = { text: TEXT, digest: "d" };
    const both = `# theirs\n${TEXT}# mine\n`;
    show(disk, [], { text: both, conflicts: [] });
    await type("# mine\n");
    disk.text = `# theirs\n${TEXT}`;
    disk.digest = "e";
    await userEvent.click(screen.getByRole("button", { name: /Save to draft/ }));
    await screen.findByText(/was merged into your text/);
    expect(await shown()).toBe(both);
    expect(disk.text).not.toContain("mine");
    await userEvent.click(screen.getByRole("button", { name: /Save to draft/ }));
    await waitFor(() => expect(disk.text).toBe(both));
  });

  it("shows the places both sides changed, and takes the side a person names", async () => {
    const disk = { text: TEXT, digest: "d" };
    const place = { kind: "node", pointer: "/spec/lifecycle", mine: "Config", theirs: "K8s" };
    show(disk, [], { text: "theirs", mine: "mine", conflicts: [place] });
    await type("# mine\n");
    disk.text = `# theirs\n${TEXT}`;
    disk.digest = "e";
    await userEvent.click(screen.getByRole("button", { name: /Save to draft/ }));
    await screen.findByText("/spec/lifecycle");
    await userEvent.click(screen.getByRole("button", { name: /mine in these places/ }));
    await waitFor(async () => expect(await shown()).toBe("mine"));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("undo takes typed text back first, then asks the workspace", async () => {
    const { sent } = show({ text: TEXT, digest: "d" });
    const view = await editor();
    await type("# y\n");
    const press = () =>
      act(() => {
        view.contentDOM.dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true, bubbles: true }));
      });
    press();
    expect(view.state.sliceDoc()).toBe(TEXT);
    expect(sent.some((s) => s.path === "/api/draft/undo")).toBe(false);
    press();
    await waitFor(() => expect(sent.some((s) => s.path === "/api/draft/undo")).toBe(true));
  });
});
