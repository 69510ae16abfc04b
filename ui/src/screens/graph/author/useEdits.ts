import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSubjects } from "../selection";
import { portOf } from "./names";
import { openSheet, useAuthoring } from "./state";

/** One thing that can be done to the selection, wherever it is offered: palette, key, menu, bar. */
export interface Edit {
  id: string;
  title: string;
  keys?: string;
  /** Set to disable it; says why. */
  reason?: string;
  danger?: boolean;
  run: () => void;
}

const clipOf = (units: string[], cut: boolean) => () => useAuthoring.setState({ clip: { units, cut } });

/** What can be done to the selected units; the same list stands in the menus, the bar and the palette. */
export function useEdits(selected: string | null): Edit[] {
  const { t } = useTranslation("author");
  const units = useSubjects(selected);
  const clip = useAuthoring((state) => state.clip);
  const key = units.join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says everything about the units
  return useMemo((): Edit[] => {
    const none = units.length === 0 ? { reason: t("cmd.needUnit") } : {};
    const one = units.length > 1 ? { reason: t("cmd.needOne") } : none;
    const empty = clip === null ? { reason: t("cmd.needClip") } : {};
    const into = selected === null ? {} : { into: portOf(selected).composition };
    return [
      {
        id: "rename",
        title: t("cmd.rename"),
        keys: "F2",
        ...one,
        run: () => units[0] !== undefined && openSheet({ kind: "rename", unit: units[0] }),
      },
      { id: "move", title: t("cmd.move"), keys: "Shift+m", ...none, run: () => openSheet({ kind: "move", units }) },
      {
        id: "duplicate",
        title: t("cmd.duplicate"),
        keys: "$mod+d",
        ...none,
        run: () => openSheet({ kind: "copy", units }),
      },
      { id: "copy", title: t("cmd.copy"), keys: "$mod+c", ...none, run: clipOf(units, false) },
      { id: "cut", title: t("cmd.cut"), keys: "$mod+x", ...none, run: clipOf(units, true) },
      {
        id: "paste",
        title: t("cmd.paste"),
        keys: "$mod+v",
        ...empty,
        run: () => clip !== null && openSheet({ kind: clip.cut ? "move" : "copy", units: clip.units, ...into }),
      },
      {
        id: "delete",
        title: t("cmd.delete"),
        keys: "Delete",
        danger: true,
        ...none,
        run: () => openSheet({ kind: "delete", units }),
      },
    ];
  }, [t, key, selected, clip]);
}
