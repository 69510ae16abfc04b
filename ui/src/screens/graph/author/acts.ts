import type { ActDto } from "../../../api/dto";
import { portOf, type Tie } from "./names";

/** The act that takes a wire or an order away. */
export function untie(tie: Tie): ActDto {
  const from = portOf(tie.source);
  const to = portOf(tie.target);
  if (tie.input !== undefined) return { op: "disconnect", to, input: tie.input };
  return from.composition === to.composition
    ? { op: "not-after", module: to, on: from.module }
    : { op: "undepend", composition: to.composition, on: from.composition };
}

/** The act that draws a wire (with ports) or an order without data. */
export function tie(source: string, target: string, ports: { output: string; input: string } | null): ActDto {
  const from = portOf(source);
  const to = portOf(target);
  if (ports !== null) return { op: "connect", from, to, ...ports };
  return from.composition === to.composition
    ? { op: "after", module: to, on: from.module }
    : { op: "depend", composition: to.composition, on: from.composition };
}

/** A name for a Composition of that module: the last part of its path. */
export function nameFor(reference: string): string {
  const last = reference.split("/").at(-1) ?? "";
  return last
    .replace(/\.[a-z]+$/i, "")
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
