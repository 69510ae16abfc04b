import type { IconName } from "./drawings";

export type Tone = "ok" | "run" | "wait" | "warn" | "bad" | "idle";

/** Every state word of ui.md §4, with its tone and shape. Colour is never the only carrier. */
export const statuses = {
  brokenFile: ["bad", "bad"],
  unresolved: ["bad", "unknown"],
  stuck: ["bad", "stuck"],
  failed: ["bad", "bad"],
  onHold: ["warn", "stop"],
  applying: ["run", "run"],
  observing: ["run", "eye"],
  queued: ["wait", "clock"],
  awaitingApproval: ["wait", "usercheck"],
  drift: ["warn", "drift"],
  draftChange: ["idle", "idle"],
  pendingChange: ["wait", "delta"],
  replanNeeded: ["wait", "retry"],
  unknown: ["wait", "unknown"],
  expired: ["idle", "clock"],
  corrected: ["ok", "ok"],
  healthy: ["ok", "ok"],
  unassembled: ["idle", "idle"],
  draft: ["idle", "idle"],
  planned: ["wait", "file"],
  denied: ["bad", "bad"],
  approved: ["ok", "ok"],
  paused: ["wait", "pause"],
  cancelling: ["warn", "stop"],
  rollingBack: ["warn", "undo"],
  closed: ["ok", "ok"],
  rolledBack: ["warn", "undo"],
  cancelled: ["idle", "x"],
  rejected: ["bad", "bad"],
  superseded: ["idle", "changes"],
  waitingForDriver: ["wait", "clock"],
  pending: ["idle", "idle"],
  waiting: ["wait", "clock"],
  deferred: ["wait", "unknown"],
  backingUp: ["run", "camera"],
  verifying: ["run", "eye"],
  done: ["ok", "ok"],
  skipped: ["idle", "right"],
  reversing: ["warn", "undo"],
  reversed: ["warn", "undo"],
  breached: ["bad", "bad"],
  inconclusive: ["warn", "unknown"],
  waitingForSamples: ["wait", "clock"],
  passed: ["ok", "ok"],
  warning: ["warn", "warn"],
  waived: ["warn", "flag"],
  connected: ["ok", "ok"],
  unreachable: ["bad", "bad"],
  locked: ["wait", "lock"],
  readOnly: ["idle", "lock"],
  stale: ["warn", "clock"],
  error: ["bad", "bad"],
  info: ["idle", "idle"],
  cannotRunHere: ["warn", "warn"],
  yourTurn: ["wait", "usercheck"],
} as const satisfies Record<string, readonly [Tone, IconName]>;

export type Status = keyof typeof statuses;

const byLetters = new Map(Object.keys(statuses).map((name) => [name.toLowerCase(), name as Status]));

/**
 * The status an API word names, however it is cased (`AwaitingApproval`, `awaiting-approval`,
 * `awaiting_approval`). A word this build does not know is "unknown", never "healthy".
 */
export function statusOf(word: string | null | undefined): Status {
  return byLetters.get((word ?? "").replace(/[^a-z]/gi, "").toLowerCase()) ?? "unknown";
}

export function toneOf(status: Status): Tone {
  return statuses[status][0];
}

export function iconOf(status: Status): IconName {
  return statuses[status][1];
}

/** States that fill a node's status line and come first in every list. */
export function wantsAttention(status: Status): boolean {
  return attention.has(status);
}

const attention = new Set<Status>([
  "brokenFile",
  "unresolved",
  "stuck",
  "failed",
  "onHold",
  "drift",
  "breached",
  "denied",
]);

/** Worst first; used to order lists and to name a composition's state at far zoom. */
const severity: Status[] = [
  "stuck",
  "failed",
  "brokenFile",
  "unresolved",
  "onHold",
  "drift",
  "unknown",
  "awaitingApproval",
  "applying",
  "observing",
  "queued",
  "pendingChange",
  "draftChange",
  "expired",
  "unassembled",
  "corrected",
  "healthy",
];

/** Smaller is worse; words outside the unit standings rank with unknown. */
export function severityOf(status: Status): number {
  const at = severity.indexOf(status);
  return at === -1 ? severity.indexOf("unknown") : at;
}

/** Which of the four far-zoom cell shapes a standing has: shape carries the state, not hue alone. */
export function cellShape(status: Status): "ok" | "changed" | "failed" | "unknown" {
  const tone = toneOf(status);
  if (tone === "bad") return "failed";
  if (tone === "ok") return "ok";
  if (status === "unknown" || status === "unassembled" || status === "expired") return "unknown";
  return "changed";
}
