import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { create } from "zustand";
import { type StreamEvent, usePlatform } from "../platform/platform";

type Listener = (events: StreamEvent[]) => void;

const listeners = new Set<Listener>();

/** What is known about the event stream: shown in the status bar, never guessed. */
interface StreamStore {
  state: "connecting" | "live" | "lost";
  lostSince: Date | null;
  lastSeq: number;
}

export const useStream = create<StreamStore>(() => ({ state: "connecting", lostSince: null, lastSeq: 0 }));

/** Calls `listener` with each batch of events while the component is mounted. */
export function useEvents(listener: Listener): void {
  useEffect(() => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, [listener]);
}

/** Which cached answers an event makes old, by the first word of its kind (`unit.applied` → unit). */
const STALE: Record<string, string[]> = {
  workspace: ["workspace", "graph", "unit", "draft", "matrix", "problems"],
  file: ["workspace", "graph", "unit", "draft", "matrix", "problems"],
  draft: ["draft", "graph", "unit", "workspace"],
  unit: ["graph", "unit", "changes", "run"],
  changeset: ["changes", "graph", "workspace"],
  change: ["changes", "graph", "workspace"],
  plan: ["changes", "graph", "unit"],
  approval: ["changes"],
  run: ["changes", "run", "graph", "workspace"],
  lease: ["locks", "graph", "workspace"],
  lock: ["locks", "graph", "workspace"],
  drift: ["graph", "unit", "workspace"],
};

/** The first segment of every query key this event kind makes old. */
export function staleAreas(kind: string): string[] {
  return STALE[kind.split(".")[0] ?? ""] ?? [];
}

/** Follows the one event stream and marks cached answers old; mounted once, by the frame. */
export function useEventStream(): void {
  const platform = usePlatform();
  const client = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    platform.stream(
      "/api/events",
      useStream.getState().lastSeq,
      (events) => {
        const last = events[events.length - 1];
        if (last === undefined) return;
        useStream.setState((old) => ({ lastSeq: Math.max(old.lastSeq, last.seq) }));
        const areas = new Set(events.flatMap((event) => staleAreas(event.kind)));
        for (const area of areas) void client.invalidateQueries({ queryKey: [area] });
        for (const listener of listeners) listener(events);
      },
      (state) => {
        if (state.kind === "live") {
          const wasLost = useStream.getState().state === "lost";
          useStream.setState({ state: "live", lostSince: null });
          if (wasLost) void client.invalidateQueries();
        } else if (state.kind === "lost") {
          useStream.setState((old) => ({ state: "lost", lostSince: old.lostSince ?? state.since }));
        } else {
          // Events were dropped: nothing cached can be trusted to be current.
          void client.invalidateQueries();
        }
      },
      stop.signal,
    );
    return () => stop.abort();
  }, [platform, client]);
}
