import { useEffect } from "react";
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

/** Selects what arrives, and forgets units of the selection that are gone. */
export function useArrivals(units: GraphUnit[] | undefined, select: (id: string | null) => void): void {
  const arriving = useAuthoring((state) => state.arriving);
  useEffect(() => {
    if (units === undefined) return;
    const ids = new Set(units.map((unit) => unit.id));
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
