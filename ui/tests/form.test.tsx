import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it } from "vitest";
import type { FieldDto, FormDto, TypeDto, UnitDetailDto } from "../src/api/dto";
import { startI18n } from "../src/i18n/i18n";
import { type Platform, PlatformContext } from "../src/platform/platform";
import { FormTab } from "../src/screens/inspector/FormTab";
import { fresh } from "../src/screens/inspector/form/ValueEditor";

const type = (kind: string, more: Partial<TypeDto> = {}): TypeDto => ({
  kind,
  text: kind,
  members: [],
  attributes: [],
  ...more,
});
const here = { file: "compositions/pay.yaml", document: 0, pointer: "/spec/modules/0/inputs/size", digest: "d1" };
const there = {
  file: "envs/prod.yaml",
  document: 0,
  pointer: "/spec/compositions/0/modules/pay/inputs/size",
  digest: "d2",
};
const field = (more: Partial<FieldDto>): FieldDto => ({
  name: "size",
  type: type("number"),
  description: "",
  declared: true,
  required: false,
  sensitive: false,
  nullable: true,
  validations: [],
  kind: "literal",
  value: 15,
  origin: "composition",
  layers: [
    { layer: "composition", value: 15, edit: here },
    { layer: "environment-module", edit: there },
  ],
  reset: { edit: here, to: "default", value: 10 },
  diagnostics: [],
  ...more,
});

beforeAll(() => {
  startI18n();
});

interface Sent {
  path: string;
  body: Record<string, unknown>;
}

function show(fields: FieldDto[], more: Partial<FormDto> = {}, added: unknown[] = []) {
  const sent: Sent[] = [];
  const form: FormDto = {
    unit: "prod/pay/pay",
    moduleRef: "modules/pay",
    fields,
    engines: [],
    secrets: [{ reference: "vault:kv/pay#key", units: 2 }],
    schema: true,
    ...more,
  };
  const offers = [
    {
      unit: "prod/net/net",
      output: "id",
      typeText: "string",
      description: "",
      sensitive: false,
      reference: { from: "net", output: "id" },
      refused: "",
    },
    {
      unit: "prod/net/net",
      output: "ids",
      typeText: "list(any)",
      description: "",
      sensitive: false,
      reference: { from: "net", output: "ids" },
      refused: "expected a string",
    },
  ];
  const platform: Platform = {
    shell: "browser",
    request: (_method, path, body) => {
      sent.push({ path, body: (body ?? {}) as Record<string, unknown> });
      const answer = path.endsWith("/form")
        ? form
        : path.includes("/offers")
          ? { offers, total: 2 }
          : path === "/api/edit/check"
            ? { added, resolved: [] }
            : { file: "", oldText: "", newText: "", digest: "d3", diagnostics: [] };
      return Promise.resolve({ status: 200, body: answer });
    },
    stream: () => undefined,
    openFolderDialog: () => Promise.resolve(null),
    canOpenFolders: false,
    openExternal: () => undefined,
  };
  const unit = { node: { id: "prod/pay/pay" }, inputs: [], policies: [] } as unknown as UnitDetailDto;
  render(
    <PlatformContext value={platform}>
      <QueryClientProvider client={new QueryClient()}>
        <FormTab unit={unit} onSelect={() => undefined} />
      </QueryClientProvider>
    </PlatformContext>,
  );
  return { edits: () => sent.filter((s) => s.path === "/api/edit").map((s) => s.body), sent };
}

describe("the typed form", () => {
  it("writes to the layer in force, or only to this unit when a person says so", async () => {
    const seen = show([field({})]);
    const input = await screen.findByLabelText("size");
    await userEvent.clear(input);
    await userEvent.type(input, "16{Enter}");
    await waitFor(() => expect(seen.edits()).toHaveLength(1));
    expect(seen.edits()[0]).toMatchObject({ file: here.file, value: 16, remove: false, baseDigest: "d1" });
    await userEvent.selectOptions(screen.getByLabelText("Where edits of size go"), "environment-module");
    await userEvent.clear(input);
    await userEvent.type(input, "17{Enter}");
    await waitFor(() => expect(seen.edits()).toHaveLength(2));
    expect(seen.edits()[1]).toMatchObject({ file: there.file, pointer: there.pointer, value: 17 });
  });

  it("resets to what is below, and says what that is", async () => {
    const seen = show([field({})]);
    await userEvent.click(await screen.findByRole("button", { name: "Reset to inherited (10)" }));
    await waitFor(() => expect(seen.edits()).toHaveLength(1));
    expect(seen.edits()[0]).toMatchObject({ pointer: here.pointer, remove: true });
  });

  it("shows what the server says of a value while it is typed, and writes nothing yet", async () => {
    const finding = {
      severity: "error",
      code: "type-mismatch",
      message: "Does not fit.",
      hint: "",
      file: here.file,
      line: 1,
      column: 1,
      related: [],
    };
    const seen = show([field({ type: type("string"), value: "a" })], {}, [finding]);
    await userEvent.type(await screen.findByLabelText("size"), "b");
    expect(await screen.findByText("Does not fit.")).toBeTruthy();
    expect(screen.getByLabelText("size").getAttribute("aria-invalid")).toBe("true");
    const check = seen.sent.find((s) => s.path === "/api/edit/check");
    expect(check?.body).toMatchObject({ value: "ab", pointer: here.pointer });
    expect(seen.edits()).toEqual([]);
  });

  it("has switches, choices, lists, maps and objects that are edited by keyboard", async () => {
    const object = type("object", {
      attributes: [
        { name: "name", type: type("string"), required: true },
        { name: "weight", type: type("number"), required: false, default: 1 },
      ],
    });
    const seen = show([
      field({ name: "public", type: type("bool"), value: false }),
      field({ name: "tier", type: type("string"), value: "small", choices: ["small", "large"] }),
      field({ name: "zones", type: type("list", { items: type("string") }), value: ["a", "b"] }),
      field({ name: "tags", type: type("map", { items: type("string") }), value: { team: "pay" } }),
      field({ name: "pool", type: object, value: { name: "x", weight: 2 } }),
    ]);
    const toggle = await screen.findByRole("switch", { name: "public" });
    toggle.focus();
    await userEvent.keyboard(" ");
    await userEvent.selectOptions(screen.getByLabelText("tier"), "large");
    await userEvent.click(screen.getByRole("button", { name: "Remove zones 1" }));
    const key = screen.getByLabelText("New key of tags");
    await userEvent.type(key, "owner{Enter}");
    await userEvent.click(screen.getByRole("button", { name: "Remove pool weight" }));
    await waitFor(() => expect(seen.edits()).toHaveLength(5));
    expect(seen.edits().map((e) => e.value)).toEqual([true, "large", ["b"], { team: "pay", owner: "" }, { name: "x" }]);
    expect(fresh(object)).toEqual({ name: "" });
  });

  it("picks outputs that fit and secrets by reference only", async () => {
    const seen = show([field({ type: type("string"), value: "a" })]);
    await userEvent.click(await screen.findByRole("button", { name: "Wire an output to size" }));
    const picker = within(screen.getByRole("group", { name: "Wire an output to size" }));
    const wrong = await picker.findByRole("button", { name: /ids.*expected a string/ });
    expect(wrong).toHaveProperty("disabled", true);
    await userEvent.click(picker.getByRole("button", { name: /· id ?string/ }));
    await waitFor(() => expect(seen.edits()).toHaveLength(1));
    expect(seen.edits()[0]?.value).toEqual({ from: "net", output: "id" });
    await userEvent.click(screen.getByRole("button", { name: "Use a secret for size" }));
    await userEvent.type(screen.getByLabelText("Secret reference"), "env:SIZE{Enter}");
    await waitFor(() => expect(seen.edits()).toHaveLength(2));
    expect(seen.edits()[1]?.value).toEqual({ secret: "env:SIZE" });
  });
});
