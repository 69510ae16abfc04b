import type { Facts } from "../../filter/filter";
import type { GraphUnit } from "./useGraph";

/** What a unit answers to the filter's keys. */
export function factsOf(unit: GraphUnit): Facts {
  const drifted = unit.status === "drift";
  return {
    text: unit.id.toLowerCase(),
    env: [unit.environment],
    layer: [unit.layer, unit.lifecycle],
    comp: [unit.composition],
    module: [unit.module],
    engine: unit.engine === null ? [] : [unit.engine],
    status: [unit.status, ...(unit.draft ? ["draft"] : [])],
    gate: [unit.gate],
    drift: [drifted ? "yes" : "no"],
    label: unit.labels,
    lock: [unit.locked === null ? "no" : "yes", ...(unit.locked === null ? [] : [unit.locked])],
  };
}

/** The ids nearest in spelling to one that is not here: shared path parts first, then shared letters. */
export function nearestIds(id: string, ids: string[], count: number): string[] {
  const parts = new Set(id.toLowerCase().split(/[/-]/));
  const score = (other: string) => {
    const own = other.toLowerCase().split(/[/-]/);
    return own.filter((part) => parts.has(part)).length * 10 - Math.abs(other.length - id.length);
  };
  return [...ids].sort((a, b) => score(b) - score(a) || a.localeCompare(b)).slice(0, count);
}
