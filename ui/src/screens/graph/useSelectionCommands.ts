import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Command, useCommands } from "../../commands/registry";
import { choose } from "./selection";
import type { GraphUnit } from "./useGraph";

/** Selecting without a mouse: all that is shown; Shift with an arrow adds the next one on the canvas. */
export function useSelectionCommands(shown: GraphUnit[], select: (id: string | null) => void): void {
  const { t } = useTranslation("author");
  useCommands(
    useMemo(
      (): Command[] => [
        {
          id: "graph.selectAll",
          title: t("cmd.selectAll"),
          group: "screen",
          keys: "$mod+a",
          run: () =>
            choose(
              shown.map((unit) => unit.id),
              select,
            ),
        },
      ],
      [t, shown, select],
    ),
  );
}
