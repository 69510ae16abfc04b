import { type OnNodeDrag, useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { modulesOf } from "./author/modules";
import { openSheet } from "./author/state";
import { under } from "./author/under";
import { cornerOf, held, steps, within } from "./layout/manual";
import type { Layout, Point } from "./layout/types";
import { useArrangeCommands } from "./useArrangeCommands";
import type { GraphUnit } from "./useGraph";
import { useArrange, useLastPlace } from "./usePlaces";
import { useCanvasView } from "./view";

/** Moves units by hand: those held follow the pointer, and keep their places when they are let go. */
export function useRearrange(layout: Layout, shown: Map<string, GraphUnit>) {
  const flow = useReactFlow();
  const arrange = useArrange();
  const [moved, show] = useState<ReadonlyMap<string, Point> | null>(null);
  // The pointer may be let go before its last step was drawn.
  const latest = useRef<ReadonlyMap<string, Point> | null>(null);
  const setMoved = useCallback((next: ReadonlyMap<string, Point> | null) => {
    latest.current = next;
    show(next);
  }, []);
  // The next picture has the units where they were put.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new picture lets go
  useEffect(() => setMoved(null), [layout, setMoved]);
  const at = useMemo(() => new Map(layout.units.map((unit) => [unit.id, unit])), [layout]);

  const put = useCallback(
    (places: ReadonlyMap<string, Point>) => {
      const place: Record<string, Point> = {};
      for (const [id, point] of places) {
        const unit = shown.get(id);
        if (unit === undefined || unit.environment === "") continue;
        const { x, y } = within(layout, unit, point);
        const corner = cornerOf(layout, unit);
        place[id] = { x: Math.round(x - corner.x), y: Math.round(y - corner.y) };
      }
      if (Object.keys(place).length > 0) arrange({ place });
    },
    [layout, shown, arrange],
  );
  const last = useLastPlace();
  const nudge = useCallback(
    (ids: readonly string[], by: Point) =>
      put(
        new Map(
          ids.flatMap((id): [string, Point][] => {
            const unit = shown.get(id);
            const drawn = at.get(id);
            if (unit === undefined || drawn === undefined) return [];
            const corner = cornerOf(layout, unit);
            const put = last(id);
            const from = put === undefined ? drawn : { x: corner.x + put.x, y: corner.y + put.y };
            return [[id, { x: from.x + by.x, y: from.y + by.y }]];
          }),
        ),
      ),
    [at, layout, shown, last, put],
  );
  useArrangeCommands({ layout, shown, put, nudge, arrange });

  const onNodeDrag = useCallback<OnNodeDrag>(
    (_, node) => {
      const from = at.get(node.id);
      if (from === undefined) return;
      const by = steps(from, node.position);
      // A click that trembles is no move.
      if (by.x === 0 && by.y === 0) return setMoved(null);
      const { picked } = useCanvasView.getState();
      const all = picked.has(node.id) ? [...picked] : [node.id];
      setMoved(
        new Map(
          all.flatMap((id): [string, Point][] => {
            const unit = shown.get(id);
            const start = at.get(id);
            if (unit === undefined || start === undefined || unit.environment === "") return [];
            return [[id, within(layout, unit, { x: start.x + by.x, y: start.y + by.y })]];
          }),
        ),
      );
    },
    [at, shown, layout, setMoved],
  );

  const onNodeDragStop = useCallback<OnNodeDrag>(
    (event, node) => {
      const moved = latest.current;
      if (moved === null) return;
      const point = "clientX" in event ? flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }) : null;
      const own = shown.get(node.id)?.composition;
      const into = point === null ? undefined : under(layout, point).composition;
      // Let go over another Composition is a wish to be in it; the sheet says what that means.
      if (into !== undefined && into !== own && !insideOwn(layout, shown.get(node.id), point)) {
        setMoved(null);
        const units = [...moved.keys()];
        if (modulesOf(units).some((module) => module.composition !== into)) openSheet({ kind: "move", units, into });
        return;
      }
      put(moved);
    },
    [flow, shown, layout, put, setMoved],
  );

  const picture = useMemo(() => (moved === null ? layout : held(layout, moved)), [layout, moved]);
  return { picture, onNodeDrag, onNodeDragStop };
}

/** Compositions may overlap once their units were moved; over its own, a unit stays in it. */
function insideOwn(layout: Layout, unit: GraphUnit | undefined, point: Point | null): boolean {
  if (unit === undefined || point === null) return true;
  const group = layout.groups.find((g) => g.id === `${unit.environment}/${unit.composition}`);
  if (group === undefined) return false;
  return (
    point.x >= group.x && point.x <= group.x + group.width && point.y >= group.y && point.y <= group.y + group.height
  );
}
