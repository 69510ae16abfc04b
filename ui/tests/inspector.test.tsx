import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it } from "vitest";
import type { InputDto, UnitDetailDto } from "../src/api/dto";
import { startI18n } from "../src/i18n/i18n";
import { type Answer, type Platform, PlatformContext } from "../src/platform/platform";
import { FormTab, orderInputs } from "../src/screens/inspector/FormTab";
import { controlOf, parseTyped, same } from "../src/screens/inspector/values";

const edit = { file: "compositions/pay.yaml", document: 0, pointer: "/spec/modules/0/inputs/size", digest: "d1" };
const input = (more: Partial<InputDto>): InputDto => ({
  name: "size",
  typeText: "string",
  description: "",
  required: false,
  sensitive: false,
  kind: "literal",
  value: "15",
  origin: "module",
  edit,
  diagnostics: [],
  ...more,
});

beforeAll(() => {
  startI18n();
});

describe("values of inputs", () => {
  it("a string stays a string, however much it looks like a number", () => {
    expect(controlOf(input({ typeText: "string", value: "15" }))).toBe("text");
    expect(parseTyped("text", "16")).toEqual({ ok: true, value: "16" });
    expect(controlOf(input({ typeText: "", value: "15" }))).toBe("text");
    expect(parseTyped("number", "16")).toEqual({ ok: true, value: 16 });
  });

  it("what cannot be read is refused, not guessed", () => {
    expect(parseTyped("number", "many").ok).toBe(false);
    expect(parseTyped("number", "").ok).toBe(false);
    expect(parseTyped("json", "{a:1}").ok).toBe(false);
    expect(same("15", 15)).toBe(false);
  });

  it("changed inputs come first, then those with something to say", () => {
    const d = { severity: "warning", code: "c", message: "m", file: "f", line: 1, column: 1, hint: "", related: [] };
    const names = orderInputs([
      input({ name: "a" }),
      input({ name: "b", diagnostics: [d] }),
      input({ name: "c", was: "14" }),
    ]).map((i) => i.name);
    expect(names).toEqual(["c", "b", "a"]);
  });
});

function platform(answer: (path: string, body: unknown) => Answer, sent: { path: string; body: unknown }[]): Platform {
  return {
    shell: "browser",
    request: (_method, path, body) => {
      sent.push({ path, body });
      return Promise.resolve(answer(path, body));
    },
    stream: () => undefined,
    openFolderDialog: () => Promise.resolve(null),
    canOpenFolders: false,
    openExternal: () => undefined,
  };
}

function show(inputs: InputDto[], answer: (path: string, body: unknown) => Answer) {
  const sent: { path: string; body: unknown }[] = [];
  const unit = { inputs, policies: [] } as unknown as UnitDetailDto;
  render(
    <PlatformContext value={platform(answer, sent)}>
      <QueryClientProvider client={new QueryClient()}>
        <FormTab unit={unit} onSelect={() => undefined} />
      </QueryClientProvider>
    </PlatformContext>,
  );
  return sent;
}

describe("the form", () => {
  it("sends one edit of one value, with the digest of the text it was made on", async () => {
    const sent = show([input({})], () => ({
      status: 200,
      body: { file: edit.file, oldText: "", newText: "", digest: "d2", diagnostics: [] },
    }));
    const field = screen.getByLabelText("size");
    await userEvent.clear(field);
    await userEvent.type(field, "16{Enter}");
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toEqual({
      path: "/api/edit",
      body: { file: edit.file, document: 0, pointer: edit.pointer, baseDigest: "d1", value: "16", remove: false },
    });
  });

  it("keeps what was typed when it cannot be read, and sends nothing", async () => {
    const sent = show([input({ typeText: "number", value: 2 })], () => ({ status: 200, body: {} }));
    const field = screen.getByLabelText("size");
    await userEvent.clear(field);
    await userEvent.type(field, "two{Enter}");
    expect(field).toHaveProperty("value", "two");
    expect(screen.getByText("Not a number")).toBeTruthy();
    expect(sent).toEqual([]);
  });

  it("says so when the file changed under the edit", async () => {
    show([input({})], () => ({
      status: 409,
      body: { code: "edit-conflict", message: "changed", hint: "", diagnostics: [] },
    }));
    const field = screen.getByLabelText("size");
    await userEvent.clear(field);
    await userEvent.type(field, "16{Enter}");
    await waitFor(() => expect(screen.getByText(/file changed since it was read/)).toBeTruthy());
  });

  it("shows a secret as its reference and offers no way to reveal or type a value", () => {
    show([input({ kind: "secret", value: "vault:kv/pay#password", sensitive: true })], () => ({
      status: 200,
      body: {},
    }));
    expect(screen.getByText("vault:kv/pay#password")).toBeTruthy();
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(screen.queryByRole("button")).toBeNull();
  });
});
