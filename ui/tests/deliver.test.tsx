import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ChangeDetailDto, ChangeUnitDto } from "../src/api/dto";
import { makeRouter } from "../src/app/router";
import { startI18n } from "../src/i18n/i18n";
import { type Answer, type Method, type Platform, PlatformContext } from "../src/platform/platform";
import { groupOf, namedByHand, shortDigest, stepOf } from "../src/screens/changes/read";
import { reduced } from "../src/screens/run/Dag";
import { lineOfHash } from "../src/screens/run/LogPanel";
import { fillOf, ticks } from "../src/screens/run/spans";
import { checkStatus } from "../src/screens/settings/Doctor";
import { usePrefs } from "../src/state/prefs";
import { changes, review } from "./fixtures/changes";
import { noProblems, session, workspace } from "./fixtures/workspace";

const [first] = review.units;
const unit = (more: Partial<ChangeUnitDto>): ChangeUnitDto => {
  if (first === undefined) throw new Error("the fixture has no unit");
  return { ...first, ...more };
};

describe("reading a ChangeSet", () => {
  it("a risk this build does not know is not called undoable", () => {
    expect(groupOf(unit({ riskGroup: "splendid" }))).toBe("unknown");
    expect(groupOf(unit({ riskGroup: "exact", action: "plan-failed" }))).toBe("blocked");
    expect(groupOf(unit({ riskGroup: "not-runnable" }))).toBe("blocked");
  });

  it("names are asked for wherever something is deleted", () => {
    const quiet = unit({ removal: false, plan: null });
    expect(namedByHand([quiet])).toEqual([]);
    expect(namedByHand([unit({ removal: true, plan: null })])).toHaveLength(1);
    expect(namedByHand([unit({ removal: false })])).toHaveLength(1);
  });

  it("a gate that opens again does not take a run back on the line of steps", () => {
    expect(stepOf("AwaitingApproval", false)).toBe(2);
    expect(stepOf("AwaitingApproval", true)).toBe(4);
    expect(stepOf("Closed", true)).toBe(6);
  });

  it("a digest is shortened, anything else is shown whole", () => {
    expect(shortDigest("sha256:8c41b2de90f4a7731cf05ad2964de7d0")).toBe("sha256:8c41…e7d0");
    expect(shortDigest("odd")).toBe("odd");
  });
});

describe("drawing a run", () => {
  it("a drawn order says the same as all edges say", () => {
    const node = fc.integer({ min: 0, max: 9 });
    const pairs = fc.array(fc.tuple(node, node), { maxLength: 30 });
    fc.assert(
      fc.property(pairs, (raw) => {
        const edges = raw
          .filter(([a, b]) => a < b)
          .map(([a, b]) => ({ from: String(a), to: String(b), kind: "declared" }));
        const closure = (some: typeof edges) => {
          const out = new Set(some.map((e) => `${e.from}>${e.to}`));
          for (let k = 0; k < 10; k += 1)
            for (let i = 0; i < 10; i += 1)
              for (let j = 0; j < 10; j += 1) if (out.has(`${i}>${k}`) && out.has(`${k}>${j}`)) out.add(`${i}>${j}`);
          return [...out].sort();
        };
        expect(closure(reduced(edges))).toEqual(closure(edges));
      }),
    );
  });

  it("a failed phase is crossed whatever it was; a running apply is striped, a done one solid", () => {
    const phase = { phase: "applying", attempt: 1, startedAt: "2026-11-26T02:00:00Z", outcome: "running" };
    expect(fillOf(phase)).toBe("run");
    expect(fillOf({ ...phase, outcome: "ok" })).toBe("ok");
    expect(fillOf({ ...phase, phase: "backing-up", outcome: "failed" })).toBe("fail");
    expect(fillOf({ ...phase, phase: "observing" })).toBe("wait");
  });

  it("an axis never has more marks than asked for, and all lie inside", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 10_000, max: 1e10 }), (from, span) => {
        const marks = ticks(from, from + span, 5);
        expect(marks.length).toBeLessThanOrEqual(6);
        for (const at of marks) expect(at >= from && at <= from + span).toBe(true);
      }),
    );
  });

  it("only #L and a number is a line", () => {
    expect(lineOfHash("L1187")).toBe(1187);
    expect(lineOfHash("#L7")).toBe(7);
    expect(lineOfHash("plan")).toBeNull();
  });
});

it("a check with a word this build does not know is a warning, never passed", () => {
  const check = { id: "x", name: "x", status: "great", found: "", need: "", fix: "" };
  expect(checkStatus(check)).toBe("warning");
  expect(checkStatus({ ...check, status: "not-needed" })).toBe("not-needed");
});

interface Sent {
  method: Method;
  path: string;
  body: unknown;
}

function open(path: string, answers: Record<string, unknown>): Sent[] {
  const sent: Sent[] = [];
  const all: Record<string, unknown> = {
    "/api/session": session,
    "/api/workspace": workspace,
    "/api/problems": noProblems,
    "/api/changes": changes,
    ...answers,
  };
  const platform: Platform = {
    shell: "browser",
    request: (method, to, body): Promise<Answer> => {
      if (method !== "GET") sent.push({ method, path: to, body });
      const found = all[to.split("?")[0] ?? ""];
      if (to === "/api/session/open") all["/api/session"] = found;
      return Promise.resolve(
        found === undefined
          ? { status: 404, body: { code: "none", message: `nothing at ${to}`, hint: "", diagnostics: [] } }
          : { status: 200, body: found },
      );
    },
    stream: () => {},
    openFolderDialog: () => Promise.resolve(null),
    canOpenFolders: false,
    openExternal: () => {},
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

describe("the review", () => {
  beforeAll(() => {
    startI18n();
  });
  beforeEach(() => usePrefs.getState().set({ language: "en" }));

  it("approves the digest that was shown, only after the names of what is deleted are typed", async () => {
    const sent = open("/change/CS-1042", { "/api/changes/CS-1042": review, "/api/changes/CS-1042/approve": review });
    await userEvent.click(await screen.findByRole("button", { name: /Approve as dba/ }));
    const sheet = await screen.findByRole("dialog");
    expect(within(sheet).getByText(review.digest)).toBeTruthy();
    const go = within(sheet).getByRole("button", { name: /Approve as dba/ });
    await userEvent.click(go);
    expect(sent).toEqual([]);
    await userEvent.type(within(sheet).getByLabelText(/kafka-topics/), "kafka-topics");
    await userEvent.click(go);
    await waitFor(() =>
      expect(sent).toEqual([
        {
          method: "POST",
          path: "/api/changes/CS-1042/approve",
          body: { digest: review.digest, role: "dba", reason: "", asPerson: null },
        },
      ]),
    );
  });

  it("does not apply a removal before its name is typed, and sends exactly the agreed names", async () => {
    const removal = unit({ id: "prod/payments-prod/pg", removal: true, plan: null, action: "destroy" });
    const ready: ChangeDetailDto = {
      ...review,
      status: "Approved",
      units: [removal],
      allowed: [{ action: "apply", allowed: true, whyNot: "", roles: [] }],
    };
    const sent = open("/change/CS-1042", {
      "/api/changes/CS-1042": ready,
      "/api/changes/CS-1042/apply": { message: "asked" },
    });
    await userEvent.click(await screen.findByRole("button", { name: /^Apply…/ }));
    const sheet = await screen.findByRole("dialog");
    const go = within(sheet).getByRole("button", { name: "Apply to prod" });
    await userEvent.click(go);
    expect(sent).toEqual([]);
    expect(go.getAttribute("aria-disabled")).toBe("true");
    await userEvent.type(within(sheet).getByRole("textbox"), "pg");
    await userEvent.click(go);
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toEqual({
      allowDestroy: ["prod/payments-prod/pg"],
      acceptNotYetEffective: false,
      detach: false,
    });
  });

  it("a refused action keeps its button, says why, and does nothing", async () => {
    const denied: ChangeDetailDto = {
      ...review,
      status: "Denied",
      approvals: [],
      allowed: [{ action: "apply", allowed: false, whyNot: "a policy denies it: public bucket", roles: [] }],
    };
    const sent = open("/change/CS-1042", { "/api/changes/CS-1042": denied });
    const button = await screen.findByRole("button", { name: "Apply…" });
    expect(button.getAttribute("title")).toBe("a policy denies it: public bucket");
    await userEvent.click(button);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(sent).toEqual([]);
  });

  it("masks what the server marks, even if a value came along", async () => {
    const leaky = unit({
      id: "prod/payments-prod/rds-cluster",
      riskGroup: "irreversible",
      plan: {
        engine: "terraform",
        engineVersion: "1.11.4",
        counts: { create: 0, update: 1, replace: 0, delete: 0, other: 0 },
        changes: [
          {
            address: "db.main",
            type: "db",
            action: "update",
            replaceReasons: [],
            fidelity: "exact",
            attributes: [
              { path: "password", before: '"hunter1"', after: '"hunter2"', unknown: false, sensitive: true },
            ],
          },
        ],
        outputs: [],
        unknownInputs: [],
        warnings: [],
      },
    });
    open("/change/CS-1042", { "/api/changes/CS-1042": { ...review, units: [leaky] } });
    expect((await screen.findAllByText("masked")).length).toBe(2);
    expect(document.body.textContent).not.toContain("hunter");
  });
});

describe("the first run", () => {
  beforeAll(() => {
    startI18n();
  });

  it("makes the sample where it was told to, and only when asked", async () => {
    const sent = open("/welcome", {
      "/api/session": { ...session, open: false },
      "/api/session/open": { ...session, open: true },
      "/api/doctor": { checks: [], paths: [] },
      "/api/graph": { units: [], edges: [], unassembled: [], lanes: [], diagnostics: [], draft: true, position: 1 },
      "/api/draft": { branch: "main", files: [], units: [], canUndo: false, undo: null, redo: null },
    });
    const button = await screen.findByRole("button", { name: "Make and open the sample" });
    expect(sent).toEqual([]);
    await userEvent.click(button);
    await waitFor(() => expect(window.location.pathname).toBe("/graph"));
    expect(sent).toEqual([
      { method: "POST", path: "/api/session/open", body: { path: session.samplePath, sample: true } },
    ]);
    expect(await screen.findByText(workspace.name)).toBeTruthy();
  });
});
