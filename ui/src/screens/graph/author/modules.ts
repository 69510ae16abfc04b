import type { ActDto, PortDto } from "../../../api/dto";
import { portOf } from "./names";

/** The modules behind units, each once: the units of one module in several Environments are one module. */
export function modulesOf(units: Iterable<string>): PortDto[] {
  const found = new Map<string, PortDto>();
  for (const id of units) {
    const port = portOf(id);
    found.set(`${port.composition}/${port.module}`, port);
  }
  return [...found.values()];
}

/** Acts as one: alone as they are, several as one step of undo; none if there is nothing to do. */
export function together(acts: ActDto[]): ActDto | null {
  const first = acts[0];
  if (first === undefined) return null;
  return acts.length === 1 ? first : { op: "several", acts };
}

/** The Composition all of them are in, if it is one. */
export function sharedComposition(modules: PortDto[]): string | null {
  const names = new Set(modules.map((module) => module.composition));
  const [only] = names;
  return names.size === 1 && only !== undefined ? only : null;
}
