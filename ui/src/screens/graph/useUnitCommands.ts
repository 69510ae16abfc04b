import { useMemo, useRef } from "react";
import type { Command } from "../../commands/registry";
import type { GraphView } from "./useGraph";

/** One command per unit; the list is another one only if its words are, so that an edit registers nothing anew. */
export function useUnitCommands(view: GraphView | null, select: (id: string) => void): Command[] {
  const last = useRef<{ select: (id: string) => void; list: Command[] } | null>(null);
  return useMemo(() => {
    const list = (view?.units ?? []).map(
      (unit): Command => ({
        id: `unit:${unit.id}`,
        title: unit.id,
        words: `${unit.layer} ${unit.engine ?? ""}`,
        group: "units",
        run: () => select(unit.id),
      }),
    );
    const old = last.current;
    const same = old?.select === select && old.list.length === list.length;
    if (same && list.every((c, i) => c.id === old.list[i]?.id && c.words === old.list[i]?.words)) return old.list;
    last.current = { select, list };
    return list;
  }, [view, select]);
}
