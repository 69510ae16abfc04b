import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Command, useCommands } from "../../../commands/registry";
import { openSheet, useAuthoring } from "./state";
import { openMenuAt } from "./UnitMenu";
import type { Edit } from "./useEdits";

/** What can be drawn, as commands: each drag of the mouse has its twin here (ui.md §1.9). */
export function useAuthorCommands(selected: string | null, edits: Edit[]): void {
  const { t } = useTranslation("author");
  useCommands(
    useMemo(
      (): Command[] =>
        edits.flatMap((edit): Command[] => {
          const command: Command = { ...edit, id: `graph.${edit.id}`, group: "screen" };
          // Some keyboards have only one of the two keys.
          const twin = { ...command, id: "graph.delete.twin", keys: "Backspace", quiet: true };
          return edit.id === "delete" ? [command, twin] : [command];
        }),
      [edits],
    ),
  );
  useCommands(
    useMemo((): Command[] => {
      const reason = selected === null ? t("cmd.needUnit") : undefined;
      const needs = reason === undefined ? {} : { reason };
      return [
        {
          id: "graph.palette",
          title: t("cmd.palette"),
          group: "screen",
          keys: "m",
          run: () => useAuthoring.setState(({ palette }) => ({ palette: !palette })),
        },
        { id: "graph.add", title: t("cmd.add"), group: "screen", keys: "a", run: () => openSheet({ kind: "add" }) },
        {
          id: "graph.connect",
          title: t("cmd.connect"),
          group: "screen",
          keys: "c",
          run: () => openSheet({ kind: "connect", ...(selected === null ? {} : { from: selected }) }),
        },
        {
          id: "graph.wires",
          title: t("cmd.wires"),
          group: "screen",
          keys: "w",
          ...needs,
          run: () => selected !== null && openSheet({ kind: "wires", unit: selected }),
        },
        {
          id: "graph.menu",
          title: t("cmd.menu"),
          group: "screen",
          keys: "Shift+F10",
          ...needs,
          run: () => openMenuAt(selected),
        },
        {
          id: "graph.menu.twin",
          title: t("cmd.menu"),
          group: "screen",
          keys: "ContextMenu",
          quiet: true,
          ...needs,
          run: () => openMenuAt(selected),
        },
        {
          id: "graph.assemble",
          title: t("cmd.assemble"),
          group: "screen",
          run: () => openSheet({ kind: "assemble" }),
        },
        { id: "graph.adopt", title: t("cmd.adopt"), group: "screen", run: () => openSheet({ kind: "adopt" }) },
      ];
    }, [t, selected]),
  );
}
