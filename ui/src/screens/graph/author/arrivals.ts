import { useEffect, useRef } from "react";
import type { UnitChangesDto } from "../../../api/dto";
import { choose, subjects } from "../selection";
import type { GraphUnit } from "../useGraph";
import { useCanvasView } from "../view";
import { useAuthoring } from "./state";

/** Follows the selected units to their new ids, or turns to the new ones; the graph shows them a moment later. */
export function arrive({ moved, added, removed }: UnitChangesDto, environment: string | undefined): void {
  const { selected, picked } = useCanvasView.getState();
  const chosen = new Set(subjects(selected, picked));
  const env = environment ?? selected?.split("/")[0];
  const followed = moved.filter(({ from }) => chosen.has(from)).map(({ to }) => to);
  const here = added.filter((id) => id.startsWith(`${env}/`));
  const arriving = followed.length > 0 ? followed : here;
  const gone = removed.some((id) => chosen.has(id));
  useAuthoring.setState({ arriving: arriving.length > 0 || gone ? arriving : null });
}

/**
 * The new id of a unit that went while others came: an undone rename brings back the old name. Told only where one of
 * them alone has the module's name, or stands alone in its Composition's place.
 */
export function follow(gone: string, before: ReadonlySet<string>, now: ReadonlySet<string>): string | null {
  if (!before.has(gone) || now.has(gone)) return null;
  const came = [...now].filter((id) => !before.has(id));
  const [environment, composition, module] = gone.split("/");
  const only = (fits: (parts: string[]) => boolean) => {
    const found = came.filter((id) => fits(id.split("/")));
    return found.length === 1 ? (found[0] ?? null) : null;
  };
  return (
    only(([env, , mod]) => env === environment && mod === module) ??
    only(([env, comp]) => env === environment && comp === composition)
  );
}

/** Selects what arrives, and forgets units of the selection that are gone. */
export function useArrivals(units: GraphUnit[] | undefined, select: (id: string | null) => void): void {
  const arriving = useAuthoring((state) => state.arriving);
  const before = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (units === undefined) return;
    const ids = new Set(units.map((unit) => unit.id));
    const { selected } = useCanvasView.getState();
    const back = arriving === null && selected !== null ? follow(selected, before.current, ids) : null;
    before.current = ids;
    if (back !== null) select(back);
    const { picked } = useCanvasView.getState();
    const left = [...picked].filter((id) => ids.has(id));
    if (left.length !== picked.size) useCanvasView.setState({ picked: new Set(left.length > 1 ? left : []) });
    if (arriving === null) return;
    const found = arriving.filter((id) => ids.has(id));
    if (found.length === 0 && arriving.length > 0) return;
    useAuthoring.setState({ arriving: null });
    choose(found, select);
  }, [units, arriving, select]);
}
