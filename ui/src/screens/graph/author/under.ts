import type { Layer } from "../../../parts/marks";
import type { Layout } from "../layout/types";

/** What lies under a point of the canvas: a Composition, or only its lane. */
export function under(layout: Layout, point: { x: number; y: number }): { composition?: string; layer?: Layer } {
  const group = layout.groups.find(
    (g) => point.x >= g.x && point.x <= g.x + g.width && point.y >= g.y && point.y <= g.y + g.height,
  );
  if (group !== undefined) return { composition: group.composition };
  const lane = layout.lanes.find((l) => point.y >= l.y && point.y <= l.y + l.height);
  return lane === undefined ? {} : { layer: lane.layer };
}
