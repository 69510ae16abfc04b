import type { PhaseDto, RunUnitDto } from "../../api/dto";

/** How long a unit has worked, in ms: first start to end, or to now while it lasts; null before it starts. */
export function spanOf(unit: RunUnitDto, now: number): number | null {
  const working = unit.phases.filter((phase) => phase.phase !== "waiting");
  const start = working[0]?.startedAt ?? unit.startedAt;
  if (start === undefined || start === null) return null;
  const end = unit.endedAt === undefined || unit.endedAt === null ? now : Date.parse(unit.endedAt);
  return Math.max(0, end - Date.parse(start));
}

export function phaseSpan(phase: PhaseDto, now: number): number {
  const end = phase.endedAt === undefined || phase.endedAt === null ? now : Date.parse(phase.endedAt);
  return Math.max(0, end - Date.parse(phase.startedAt));
}

export const phaseWords = [
  "waiting",
  "planning",
  "backing-up",
  "applying",
  "verifying",
  "observing",
  "reversing",
] as const;
export type PhaseWord = (typeof phaseWords)[number];

export function phaseWord(word: string): PhaseWord | null {
  return phaseWords.find((known) => known === word) ?? null;
}

/** Fill of a bar (ui.md §4): the fill tells the phase, the hue only repeats it. */
export type Fill = "plan" | "snap" | "run" | "ok" | "fail" | "wait";

export function fillOf(phase: PhaseDto): Fill {
  if (phase.outcome === "failed") return "fail";
  if (phase.phase === "waiting" || phase.phase === "observing") return "wait";
  if (phase.phase === "backing-up") return "snap";
  if (phase.phase === "planning" || phase.phase === "verifying") return "plan";
  return phase.outcome === "running" ? "run" : "ok";
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];

/** Round moments between two times, at most `most` of them. */
export function ticks(from: number, to: number, most: number): number[] {
  const step =
    (STEPS_S.find((s) => (to - from) / (s * 1000) <= most) ?? 86400 * Math.ceil((to - from) / (86_400_000 * most))) *
    1000;
  const out: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) out.push(at);
  return out;
}
