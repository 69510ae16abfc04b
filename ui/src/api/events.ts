import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { create } from "zustand";
import { type StreamEvent, usePlatform } from "../platform/platform";
import type { EventDto } from "./dto";

type Listener = (events: EventDto[]) => void;

const listeners = new Set<Listener>();

/** What is known about the event stream: shown in the status bar, never guessed. */
interface StreamStore {
  state: "connecting" | "live" | "lost";
  lostSince: Date | null;
  lastSeq: number;
}

export const useStream = create<StreamStore>(() => ({ state: "connecting", lostSince: null, lastSeq: 0 }));

/** Calls `listener` (stable: useCallback) with each batch of events while the component is mounted. */
export function useEvents(listener: Listener): void {
  useEffect(() => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, [listener]);
}

/** `change:CS-7` is the query key `["change", "CS-7"]`; `graph` is `["graph"]` and all below it. */
export function queryKeyOf(stale: string): string[] {
  const colon = stale.indexOf(":");
  return colon === -1 ? [stale] : [stale.slice(0, colon), stale.slice(colon + 1)];
}

/** Which keys a batch makes old, each once; the server says which, the screens never compute it. */
export function staleKeys(events: EventDto[]): string[][] {
  return [...new Set(events.flatMap((event) => event.stales ?? []))].map(queryKeyOf);
}

function takeBatch(client: QueryClient, batch: StreamEvent[]): void {
  const last = batch[batch.length - 1];
  if (last === undefined) return;
  useStream.setState((old) => ({ lastSeq: Math.max(old.lastSeq, last.seq) }));
  const events = batch.map((event) => event.data as EventDto);
  for (const queryKey of staleKeys(events)) void client.invalidateQueries({ queryKey });
  for (const listener of listeners) listener(events);
}

/** Follows the one event stream of the open workspace and marks cached answers old; mounted once, by the frame. */
export function useEventStream(workspace: { uid: string; position: number } | null): void {
  const platform = usePlatform();
  const client = useQueryClient();
  const uid = workspace?.uid ?? null;
  const start = useRef(0);
  start.current = workspace?.position ?? 0;
  useEffect(() => {
    if (uid === null) return;
    const stop = new AbortController();
    // Another workspace has another log: its numbers start where its own first answer stood.
    useStream.setState({ state: "connecting", lostSince: null, lastSeq: start.current });
    platform.stream(
      "/api/events?tree=true",
      start.current,
      (batch) => takeBatch(client, batch),
      (state) => {
        if (state.kind === "lost") {
          useStream.setState((old) => ({ state: "lost", lostSince: old.lostSince ?? state.since }));
          return;
        }
        const wasLost = useStream.getState().state === "lost";
        useStream.setState({ state: "live", lostSince: null });
        // After a loss or a gap nothing cached can be trusted to be current.
        if (wasLost || state.kind === "gap") void client.invalidateQueries();
      },
      stop.signal,
    );
    return () => stop.abort();
  }, [platform, client, uid]);
}
