import { useRef, useState } from "react";

export interface SteadyList<T> {
  shown: readonly T[];
  /** How many rows wait outside because the hand is in the list. */
  waiting: number;
  /** Puts the rows in their new order now. */
  take: () => void;
  /** For the list's own element. */
  hold: {
    onPointerEnter: () => void;
    onPointerLeave: () => void;
    onFocus: () => void;
    onBlur: () => void;
  };
}

/**
 * Nothing moves under the hand (ui.md §1.8): while pointer or focus is in the list its order stands still,
 * values change in place, and new rows wait behind a bar that says how many they are.
 */
export function useSteadyList<T>(items: readonly T[], keyOf: (item: T) => string): SteadyList<T> {
  const [holding, setHolding] = useState({ pointer: false, focus: false });
  const [, redraw] = useState(0);
  const order = useRef<string[]>([]);
  const held = (holding.pointer || holding.focus) && order.current.length > 0;
  if (!held) order.current = items.map(keyOf);
  const byKey = new Map(items.map((item) => [keyOf(item), item]));
  const known = new Set(order.current);
  const shown = held ? order.current.flatMap((key) => byKey.get(key) ?? []) : items;
  return {
    shown,
    waiting: held ? items.filter((item) => !known.has(keyOf(item))).length : 0,
    take: () => {
      order.current = items.map(keyOf);
      redraw((n) => n + 1);
    },
    hold: {
      onPointerEnter: () => setHolding((old) => ({ ...old, pointer: true })),
      onPointerLeave: () => setHolding((old) => ({ ...old, pointer: false })),
      onFocus: () => setHolding((old) => ({ ...old, focus: true })),
      onBlur: () => setHolding((old) => ({ ...old, focus: false })),
    },
  };
}

/** Moves focus to the next or previous element of `selector`; from outside the list to its first. */
export function stepFocus(selector: string, step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(selector)];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at === -1 ? (step === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  rows[next]?.focus();
}
