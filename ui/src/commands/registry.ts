import { useEffect, useRef } from "react";
import { createKeybindingsHandler } from "tinykeys";
import { create } from "zustand";
import { usePrefs } from "../state/prefs";
import { isPlainKey, isTyping } from "./keys";

export type CommandGroup = "screen" | "units" | "go" | "view" | "app";

/** One thing a person can do. The palette, the key sheet, menus and tests all read this list. */
export interface Command {
  /** Stable id; key overrides hang on it. */
  id: string;
  /** Translated name. */
  title: string;
  group: CommandGroup;
  /** Keys in tinykeys' words, e.g. `$mod+k`, `g g`, `[Shift]+?`. */
  keys?: string;
  /** Set to disable the command; says why. */
  reason?: string;
  /** Extra words the palette finds it by. */
  words?: string;
  /** Left out of the palette and the key sheet (it stays reachable by its key). */
  quiet?: boolean;
  run: () => void;
}

interface Registry {
  lists: readonly (readonly Command[])[];
}

const useRegistry = create<Registry>(() => ({ lists: [] }));

/** Registers commands while the component is mounted. The list must be stable (useMemo). */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    useRegistry.setState((old) => ({ lists: [...old.lists, commands] }));
    return () => useRegistry.setState((old) => ({ lists: old.lists.filter((list) => list !== commands) }));
  }, [commands]);
}

/** All commands now reachable; a later registration of the same id replaces the earlier one. */
export function currentCommands(): Command[] {
  const byId = new Map<string, Command>();
  for (const list of useRegistry.getState().lists) for (const command of list) byId.set(command.id, command);
  return [...byId.values()];
}

export function useAllCommands(): Command[] {
  useRegistry((state) => state.lists);
  return currentCommands();
}

/** The keys in force for a command: the person's own, else the shipped ones. */
export function keysOf(command: Command): string | undefined {
  const own = usePrefs.getState().keys[command.id];
  if (own === "") return undefined;
  return own ?? command.keys;
}

/** Runs a command by id, if it is reachable and not disabled; remembers it for the palette. */
export function runCommand(id: string): void {
  const command = currentCommands().find((c) => c.id === id);
  if (command === undefined || command.reason !== undefined) return;
  usePrefs
    .getState()
    .set({ recentCommands: [id, ...usePrefs.getState().recentCommands.filter((r) => r !== id)].slice(0, 6) });
  command.run();
}

function bindings(
  commands: Command[],
  run: (command: Command) => void,
): Record<string, (event: KeyboardEvent) => void> {
  const out: Record<string, (event: KeyboardEvent) => void> = {};
  for (const command of commands) {
    const keys = keysOf(command);
    if (keys === undefined || command.reason !== undefined) continue;
    // Later registrations win: a screen may take over a global key while it is open.
    out[keys] = (event) => {
      if (isTyping(event.target) && yieldsToText(keys)) return;
      if (copies.test(keys) && document.getSelection()?.isCollapsed === false) return;
      // An open dialog owns its keys; only the app's own commands reach over it.
      if (insideOverlay(event.target) && (command.group === "screen" || isPlainKey(keys))) return;
      event.preventDefault();
      run(command);
    };
  }
  // The listener stops at the first that is complete: `g c` must be asked before `c`, whoever registered first.
  const presses = (keys: string) => keys.split(" ").length;
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => presses(b) - presses(a)));
}

/** Keys that mean something inside a text field: plain letters, undo and redo, the clipboard, moving by words. */
function yieldsToText(keys: string): boolean {
  return isPlainKey(keys) || /\+(z|y|Shift\+z|a|c|x|v|d|Arrow\w+)$/i.test(keys);
}

/** Text that is marked anywhere is what a person means to copy. */
const copies = /\+[cx]$/i;

function insideOverlay(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[role=dialog],[role=menu],[role=listbox]") !== null;
}

/** How long a chord waits for its next key; the listener's own time. */
const CHORD_MS = 1000;

/** Listens for every registered key; mounted once, by the frame. */
export function useCommandKeys(): void {
  const lists = useRegistry((state) => state.lists);
  const own = usePrefs((state) => state.keys);
  // The keys of a chord that is not complete: data that arrives between `g` and `c` must not lose the `g`.
  const begun = useRef<KeyboardEvent[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists and overrides are read through currentCommands
  useEffect(() => {
    let live = false;
    let ran = false;
    const run = (command: Command) => {
      if (!live) return;
      ran = true;
      command.run();
    };
    const handler = createKeybindingsHandler(bindings(currentCommands(), run), {
      ignore: (event) => event.isComposing || event.defaultPrevented,
      timeout: CHORD_MS,
    });
    const recent = () => begun.current.filter((event) => performance.now() - event.timeStamp < CHORD_MS);
    for (const event of recent()) handler(event);
    live = true;
    const listener = (event: KeyboardEvent) => {
      ran = false;
      handler(event);
      begun.current = ran ? [] : [...recent(), event];
    };
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, [lists, own]);
}
