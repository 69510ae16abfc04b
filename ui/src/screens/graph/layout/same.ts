import type { LayoutInput } from "./types";

function sameList<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return a === b || (a.length === b.length && a.every((x, i) => x === b[i] || same(x, b[i] as T)));
}

const sameWord = (a: string, b: string) => a === b;

/** Whether two inputs make the same picture: layout is pure, so equal questions have equal answers. */
export function sameInput(a: LayoutInput, b: LayoutInput): boolean {
  return (
    sameList(a.environments, b.environments, sameWord) &&
    sameList(a.folded, b.folded, sameWord) &&
    sameList(
      a.units,
      b.units,
      (x, y) =>
        x.id === y.id && x.environment === y.environment && x.composition === y.composition && x.layer === y.layer,
    ) &&
    sameList(a.links, b.links, (x, y) => x.source === y.source && x.target === y.target) &&
    samePlaces(a.places, b.places)
  );
}

function samePlaces(a: LayoutInput["places"], b: LayoutInput["places"]): boolean {
  if (a === b) return true;
  const [left, right] = [Object.entries(a ?? {}), b ?? {}];
  return (
    left.length === Object.keys(right).length &&
    left.every(([id, at]) => right[id]?.x === at.x && right[id]?.y === at.y)
  );
}
