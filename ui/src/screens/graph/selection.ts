import { useCanvasView } from "./view";

/** What an act is about: the several that are picked, else the one that is selected. */
export function subjects(selected: string | null, picked: ReadonlySet<string>): string[] {
  if (picked.size > 0) return [...picked];
  return selected === null ? [] : [selected];
}

export function useSubjects(selected: string | null): string[] {
  const picked = useCanvasView((state) => state.picked);
  return subjects(selected, picked);
}

/** Selects exactly these; the last one is the one the Inspector shows. */
export function choose(ids: string[], select: (id: string | null) => void): void {
  select(ids.at(-1) ?? null);
  useCanvasView.setState({ picked: new Set(ids.length > 1 ? ids : []), wire: null });
}

/** With one unit more, or less if it was in. */
export function toggled(chosen: string[], id: string): string[] {
  return chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
}

/** Adds a unit to the selection or takes it out, as a click with Shift or Ctrl does. */
export function toggle(id: string, select: (id: string | null) => void): void {
  const { selected, picked } = useCanvasView.getState();
  choose(toggled(subjects(selected, picked), id), select);
}
