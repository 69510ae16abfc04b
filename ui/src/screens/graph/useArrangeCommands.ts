import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ArrangeRequest } from "../../api/dto";
import { type Command, useCommands } from "../../commands/registry";
import { align, alignments } from "./layout/align";
import { STEP } from "./layout/manual";
import type { Layout, Point } from "./layout/types";
import { subjects } from "./selection";
import type { GraphUnit } from "./useGraph";
import { useCanvasView } from "./view";

const nudges = { Left: [-1, 0], Right: [1, 0], Up: [0, -1], Down: [0, 1] } as const;
const directions = ["Left", "Right", "Up", "Down"] as const;

/** Arranging without a mouse: aligning several, nudging by a step, and back to the layout. */
export function useArrangeCommands({
  layout,
  shown,
  put,
  nudge,
  arrange,
}: {
  layout: Layout;
  shown: Map<string, GraphUnit>;
  put: (places: ReadonlyMap<string, Point>) => void;
  nudge: (units: readonly string[], by: Point) => void;
  arrange: (request: ArrangeRequest) => void;
}): void {
  const { t } = useTranslation("author");
  const several = useCanvasView((state) => state.picked.size > 1);
  const any = useCanvasView((state) => state.selected !== null || state.picked.size > 0);
  useCommands(
    useMemo((): Command[] => {
      const chosen = () => {
        const { selected, picked } = useCanvasView.getState();
        const ids = new Set(subjects(selected, picked));
        return layout.units.flatMap(({ id, x, y }) => {
          const layer = shown.get(id)?.layer;
          return ids.has(id) && layer !== undefined ? [{ id, x, y, layer }] : [];
        });
      };
      const needSeveral = several ? {} : { reason: t("cmd.needSeveral") };
      const needAny = any ? {} : { reason: t("cmd.needUnit") };
      return [
        ...alignments.map(
          (how): Command => ({
            id: `graph.align.${how}`,
            title: t(`align.${how}`),
            group: "screen",
            ...needSeveral,
            run: () => put(align(chosen(), how)),
          }),
        ),
        ...directions.map((direction): Command => {
          const [x, y] = nudges[direction];
          return {
            id: `graph.nudge.${direction}`,
            title: t(`nudge.${direction}`),
            group: "screen",
            keys: `Alt+Arrow${direction}`,
            ...needAny,
            run: () =>
              nudge(
                chosen().map((unit) => unit.id),
                { x: x * STEP, y: y * STEP },
              ),
          };
        }),
        {
          id: "graph.tidy",
          title: t("align.tidy"),
          group: "screen",
          ...needAny,
          run: () => arrange({ release: chosen().map((u) => u.id) }),
        },
        {
          id: "graph.tidyAll",
          title: t("align.tidyAll"),
          group: "screen",
          run: () => arrange({ releaseAll: true }),
        },
      ];
    }, [t, layout, shown, put, nudge, arrange, several, any]),
  );
}
