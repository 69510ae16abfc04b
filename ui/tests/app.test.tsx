import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GraphDto, PlanResponse, UnitNodeDto, WorkspaceDto } from "../src/api/dto";
import { makeRouter } from "../src/app/router";
import { showOverlay } from "../src/commands/overlays";
import { startI18n } from "../src/i18n/i18n";
import { type Method, type Platform, PlatformContext } from "../src/platform/platform";
import { usePrefs } from "../src/state/prefs";

const place = { file: "compositions/net.yaml", line: 4, column: 5 };
const unit = (id: string, standing: string): UnitNodeDto => {
  const [environment = "", composition = "", module = ""] = id.split("/");
  return {
    id,
    environment,
    composition,
    module,
    lifecycle: "PaaS",
    layer: "PaaS",
    changeFrequency: "medium",
    engine: "terraform",
    standing,
    standingWhy: "",
    draft: false,
    dependsOn: [],
    reads: [],
    inputs: [],
    outputs: [],
    gate: "approve",
    labels: {},
    place,
  };
};
const graph: GraphDto = {
  units: [unit("prod/net/vpc", "healthy"), unit("prod/pay/rds", "failed")],
  edges: [],
  unassembled: [],
  lanes: [],
  diagnostics: [],
  draft: true,
  position: 9,
};
const workspace: WorkspaceDto = {
  name: "shop-infra",
  uid: "u1",
  path: "/repo",
  branch: "main",
  commit: "abc",
  ahead: 0,
  dirty: 0,
  environments: [{ name: "prod", protected: true, approval: "strong", after: [], units: 2 }],
  store: { kind: "sqlite", location: "state.db", ok: true, problem: "" },
  solo: false,
  trusted: true,
  sample: false,
  you: { name: "Lin Wei", email: "", roles: [], hasKey: true },
  identities: [],
  counts: {
    errors: 0,
    warnings: 0,
    units: 2,
    applying: 0,
    queued: 0,
    observing: 0,
    failed: 1,
    awaiting: 0,
    running: 0,
    locks: 0,
  },
  position: 9,
  version: "0",
};
const nothingPlanned: PlanResponse = { changeSets: [], diagnostics: [], unchanged: ["prod/net/vpc", "prod/pay/rds"] };

type Answers = Record<string, unknown>;
const usual: Answers = {
  "GET /api/session": { open: true, recent: [], samplePath: "/tmp/sample", problem: "", version: "0" },
  "GET /api/workspace": workspace,
  "GET /api/graph": graph,
  "GET /api/draft": { branch: "main", files: [], units: [], canUndo: false, undo: null, redo: null },
  "GET /api/problems": { diagnostics: [], brokenFiles: 0, affectedUnits: [] },
  "POST /api/plan": nothingPlanned,
};

function open(path: string, change: Answers = {}) {
  const answers = { ...usual, ...change };
  const sent: string[] = [];
  const platform: Platform = {
    shell: "browser",
    request: (method: Method, target) => {
      const key = `${method} ${target.split("?")[0] ?? ""}`;
      sent.push(key);
      return Promise.resolve(
        key in answers
          ? { status: 200, body: answers[key] }
          : { status: 404, body: { code: "not-found", message: `nothing at ${key}`, hint: "", diagnostics: [] } },
      );
    },
    stream: () => undefined,
    openFolderDialog: () => Promise.resolve(null),
    canOpenFolders: false,
    openExternal: () => undefined,
  };
  window.history.replaceState(null, "", path);
  render(
    <PlatformContext value={platform}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <RouterProvider router={makeRouter("browser")} />
      </QueryClientProvider>
    </PlatformContext>,
  );
  return sent;
}

beforeAll(() => {
  startI18n();
});
beforeEach(() => {
  usePrefs.setState({ language: "en", theme: "light", inspectorOpen: true });
  showOverlay(null);
});

describe("the app", () => {
  it("says where one is, and that the environment is protected", async () => {
    open("/graph?env=prod");
    expect(await screen.findByText("shop-infra")).toBeTruthy();
    expect(screen.getByText("protected")).toBeTruthy();
    expect(await screen.findByText("2 units")).toBeTruthy();
  });

  it("keeps the filter in the address, shows how many it leaves, and clears it", async () => {
    open("/graph?env=prod&q=status:failed");
    expect(await screen.findByText(/1 of 2 units, filtered/)).toBeTruthy();
    await userEvent.click(screen.getByText("Clear (Esc)"));
    await waitFor(() => expect(window.location.search).toBe("?env=prod"));
  });

  it("shows the same units as a tree", async () => {
    open("/graph?env=prod");
    await userEvent.click(await screen.findByRole("radio", { name: "Outline" }));
    expect(await screen.findByRole("tree")).toBeTruthy();
  });

  it("names the nearest units of one that is gone", async () => {
    open("/graph?env=prod&sel=prod/pay/rds-cluster");
    expect(await screen.findByText(/prod\/pay\/rds-cluster is not in this workspace/)).toBeTruthy();
    expect(screen.getAllByText("prod/pay/rds").length).toBeGreaterThan(0);
  });

  it("goes to the first screen when no workspace is open", async () => {
    open("/graph", { "GET /api/session": { open: false, recent: [], samplePath: "", problem: "", version: "0" } });
    await waitFor(() => expect(window.location.pathname).toBe("/welcome"));
  });

  it("speaks the language that is chosen, at once", async () => {
    open("/graph?env=prod");
    await screen.findByText("2 units");
    usePrefs.getState().set({ language: "zh-CN" });
    expect(await screen.findByText("2 个单元")).toBeTruthy();
    expect(screen.getByText("受保护")).toBeTruthy();
  });

  it("runs a command from the palette by its name", async () => {
    open("/graph?env=prod");
    await screen.findByText("2 units");
    await userEvent.keyboard("{Control>}k{/Control}");
    await userEvent.type(await screen.findByRole("combobox"), "dark theme{Enter}");
    await waitFor(() => expect(usePrefs.getState().theme).toBe("dark"));
  });
});

describe("planning from the graph", () => {
  it("d13_plans_nothing_before_the_repository_is_trusted", async () => {
    const sent = open("/graph?env=prod", { "GET /api/workspace": { ...workspace, trusted: false } });
    await userEvent.click(await screen.findByRole("button", { name: /Plan draft/ }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText("Trust this repository?")).toBeTruthy();
    expect(sent).not.toContain("POST /api/plan");
  });

  it("says that nothing would change only when every unit could be planned", async () => {
    open("/graph?env=prod");
    await userEvent.click(await screen.findByRole("button", { name: /Plan draft/ }));
    expect(await screen.findByText(/Nothing would change/)).toBeTruthy();
  });

  it("never says it beside a unit that could not be planned", async () => {
    const failed = {
      severity: "error",
      code: "plan-failed",
      message: "terraform is not installed",
      file: "",
      line: 0,
      column: 0,
      hint: "",
      related: [],
    };
    open("/graph?env=prod", { "POST /api/plan": { ...nothingPlanned, diagnostics: [failed] } });
    await userEvent.click(await screen.findByRole("button", { name: /Plan draft/ }));
    expect(await screen.findByText("terraform is not installed")).toBeTruthy();
    expect(screen.queryByText(/Nothing would change/)).toBeNull();
  });
});
