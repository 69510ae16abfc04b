import type { Page } from "@playwright/test";
import type { ProblemDto } from "../../src/api/dto";
import { adoption, catalog, emptyQueue, exportPreview } from "../fixtures/authoring";
import { changes, emptyReview, moving, noChanges, review } from "../fixtures/changes";
import { emptyGraph, graph, rdsDetail } from "../fixtures/graph";
import { freshRun, locks, log, noLocks, noLog, noRuns, run, runs } from "../fixtures/runs";
import { builtInOnly, doctor, emptyDoctor, impact, matrix, noImpact, trace, whatIf } from "../fixtures/system";
import {
  brokenProblems,
  closed,
  draft,
  emptyWorkspace,
  NOW,
  noDraft,
  noProblems,
  problems,
  session,
  workspace,
} from "../fixtures/workspace";

/** `full` resembles a working day, `empty` a workspace with nothing in it, `error` a server that refuses. */
export type Scene = "full" | "empty" | "error";

type Answers = [RegExp, unknown][];

const full: Answers = [
  [/^session$/, session],
  [/^workspace$/, workspace],
  [/^problems$/, problems],
  [/^graph$/, graph],
  [/^layout$/, { units: {}, problem: null }],
  [/^units\//, rdsDetail],
  [/^draft$/, draft],
  [/^changes$/, changes],
  [/^changes\/CS-1042$/, review],
  [/^changes\/CS-1039$/, moving],
  [/^runs$/, runs],
  [/^runs\/R-\d+$/, run],
  [/^runs\/R-\d+\/log\//, log],
  [/^locks$/, locks],
  [/^matrix$/, matrix],
  [/^matrix\/impact$/, impact],
  [/^what-if$/, whatIf],
  [/^catalog$/, catalog],
  [/^adopt\/preview$/, adoption],
  [/^export\/preview$/, exportPreview],
  [/^export\/queue$/, emptyQueue],
  [/^matrix\/trace\//, trace],
  [/^doctor$/, doctor],
];

const empty: Answers = [
  [/^session$/, session],
  [/^workspace$/, emptyWorkspace],
  [/^problems$/, noProblems],
  [/^graph$/, emptyGraph],
  [/^layout$/, { units: {}, problem: null }],
  [/^units\//, null],
  [/^draft$/, noDraft],
  [/^changes$/, noChanges],
  [/^changes\//, emptyReview],
  [/^runs$/, noRuns],
  [/^runs\/R-\d+$/, freshRun],
  [/^runs\/R-\d+\/log\//, noLog],
  [/^locks$/, noLocks],
  [/^matrix$/, builtInOnly],
  [/^matrix\/impact$/, noImpact],
  [/^doctor$/, emptyDoctor],
];

/** What stays readable when everything else is refused: who and where. */
const error: Answers = [
  [/^session$/, session],
  [/^workspace$/, { ...workspace, counts: { ...workspace.counts, errors: 2 } }],
  [/^problems$/, brokenProblems],
];

const refusal: ProblemDto = {
  code: "store-unreachable",
  message: "The state store does not answer: the disk with meridian.db is full",
  hint: "Free some space on it and try again; nothing was lost or half-written",
  diagnostics: [],
};

const scenes: Record<Scene, Answers> = { full, empty, error };

/** Puts the fixtures of a scene before the page's requests; unknown ones are refused, never invented. */
export async function playScene(page: Page, scene: Scene, options: { closed?: boolean } = {}): Promise<void> {
  await page.clock.setFixedTime(new Date(NOW));
  await page.route(/\/api\/(?!events)/, async (route) => {
    const url = new URL(route.request().url());
    const name = url.pathname.replace(/^\/api\//, "");
    if (name === "session" && options.closed === true)
      return route.fulfill({
        json: scene === "error" ? { ...closed, problem: "~/notes is not a Git repository" } : closed,
      });
    // A log is read to its end once; what follows it is nothing yet.
    if (/^runs\/R-\d+\/log\//.test(name) && url.searchParams.get("from") !== "0" && scene !== "error")
      return route.fulfill({ json: { lines: [], next: Number(url.searchParams.get("from")), ended: false } });
    const found = scenes[scene].find(([pattern]) => pattern.test(name));
    if (found === undefined || found[1] === null) return route.fulfill({ status: 503, json: refusal });
    return route.fulfill({ json: found[1] });
  });
}

/** Theme and language as a person would have chosen them before. */
export async function choose(page: Page, theme: "light" | "dark", language: "en" | "zh-CN"): Promise<void> {
  await page.addInitScript(
    ([chosenTheme, chosenLanguage]) => {
      localStorage.setItem(
        "xcloudflow.prefs",
        JSON.stringify({
          state: {
            theme: chosenTheme,
            language: chosenLanguage,
            density: "compact",
            inspectorOpen: true,
            inspectorWidth: 384,
            keys: {},
            recentCommands: [],
          },
          version: 1,
        }),
      );
    },
    [theme, language] as const,
  );
}
