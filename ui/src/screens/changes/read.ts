import type { AllowedDto, ApprovalSlotDto, ChangeDetailDto, ChangeUnitDto, CountsDto } from "../../api/dto";
import type { IconName } from "../../parts/drawings";
import { isPlanAction, type PlanAction, type Risk } from "../../parts/marks";
import type { Tone } from "../../parts/status";

/** The groups of the review, most dangerous first (ui.md §1.1); `blocked` holds what has no plan at all. */
export const riskGroups = ["blocked", "irreversible", "blind", "recreate", "needs-backup", "unknown", "exact"] as const;
export type RiskGroup = (typeof riskGroups)[number];

export const groupLook: Record<RiskGroup, { tone: Tone; icon: IconName }> = {
  blocked: { tone: "bad", icon: "warn" },
  irreversible: { tone: "bad", icon: "bad" },
  blind: { tone: "bad", icon: "eye" },
  recreate: { tone: "warn", icon: "retry" },
  "needs-backup": { tone: "warn", icon: "camera" },
  unknown: { tone: "wait", icon: "unknown" },
  exact: { tone: "ok", icon: "undo" },
};

/** Actions of units that nobody can apply as they stand; the reason is in their diagnostics. */
const blockedActions = ["cannot-run", "plan-failed", "unresolved"];

export function isBlocked(unit: ChangeUnitDto): boolean {
  return blockedActions.includes(unit.action);
}

/** The group the server put a unit in; a word this build does not know counts as "not fully known". */
export function groupOf(unit: ChangeUnitDto): RiskGroup {
  if (isBlocked(unit) || unit.riskGroup === "not-runnable") return "blocked";
  return riskGroups.find((group) => group === unit.riskGroup) ?? "unknown";
}

/** `environment/composition/` and the module. */
export function splitId(id: string): { path: string; name: string } {
  const at = id.lastIndexOf("/") + 1;
  return { path: id.slice(0, at), name: id.slice(at) };
}

export function nameOf(id: string): string {
  return splitId(id).name;
}

export function riskOf(word: string): Risk {
  return word === "low" || word === "moderate" || word === "high" ? word : "critical";
}

/** Counts as the sign row wants them; `other` has no sign of its own. */
export function signCounts(counts: CountsDto): Partial<Record<PlanAction, number>> {
  return {
    create: counts.create,
    update: counts.update,
    replace: counts.replace,
    delete: counts.delete,
    move: counts.other,
  };
}

export function planAction(word: string): PlanAction {
  return isPlanAction(word) ? word : "read";
}

/** What the server says about one action; a word it does not send is not allowed and has no reason. */
export function allowedOf(change: ChangeDetailDto | undefined, action: string): AllowedDto {
  return change?.allowed.find((entry) => entry.action === action) ?? { action, allowed: false, whyNot: "", roles: [] };
}

export function shortDigest(digest: string): string {
  const [kind, hex] = digest.includes(":") ? digest.split(":", 2) : ["", digest];
  if (hex === undefined || hex.length < 14) return digest;
  return `${kind === "" ? "" : `${kind}:`}${hex.slice(0, 4)}…${hex.slice(-4)}`;
}

export function filled(slots: readonly ApprovalSlotDto[]): number {
  return slots.filter((slot) => slot.state === "approved").length;
}

/** Units an approval or an apply must name by hand: they are removed, or their plan deletes something. */
export function namedByHand(units: readonly ChangeUnitDto[]): ChangeUnitDto[] {
  return units.filter((unit) => unit.removal || (unit.plan?.counts.delete ?? 0) > 0);
}

/** The five-step line; states beside it stand where they stopped (dsl §9). */
export const steps = ["draft", "planned", "awaitingApproval", "queued", "applying", "observing", "closed"] as const;

const at: Record<string, number> = {
  draft: 0,
  planned: 1,
  denied: 2,
  awaitingapproval: 2,
  rejected: 2,
  expired: 2,
  superseded: 2,
  approved: 3,
  queued: 3,
  applying: 4,
  paused: 4,
  cancelling: 4,
  failed: 4,
  stuck: 4,
  cancelled: 4,
  rollingback: 4,
  rolledback: 4,
  observing: 5,
  closed: 6,
};

export function stepOf(status: string, hasRun: boolean): number {
  const step = at[status.replace(/[^a-z]/gi, "").toLowerCase()] ?? 1;
  // A gate that opens again while a run is on its way does not take the run back.
  return hasRun && step === 2 ? 4 : step;
}
