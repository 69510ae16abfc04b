import { place } from "./place";
import type { Layout, LayoutInput } from "./types";
import { routeGroups, routeUnits } from "./wires";

/** The whole picture: rectangles and wires. Pure, linear in units and links. */
export function layOut(input: LayoutInput): Layout {
  const placement = place(input);
  return {
    units: placement.units,
    groups: placement.groups,
    lanes: placement.lanes,
    columns: placement.columns,
    wires: routeUnits(placement, input.links),
    bundles: routeGroups(placement, input.links),
    width: placement.width,
    height: placement.height,
  };
}
