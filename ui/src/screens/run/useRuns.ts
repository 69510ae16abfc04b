import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { ApiError, useApi } from "../../api/client";
import type { EventDto, LocksDto, LogDto, LogLineDto, RunDto, RunListDto } from "../../api/dto";
import { useEvents } from "../../api/events";

/** All runs, newest first; any event of a run may change the list. */
export function useRuns() {
  const api = useApi();
  const client = useQueryClient();
  useEvents(
    useCallback(
      (events: EventDto[]) => {
        if (events.some((event) => event.run !== undefined && event.run !== null))
          void client.invalidateQueries({ queryKey: ["runs"] });
      },
      [client],
    ),
  );
  return useQuery({
    queryKey: ["runs"],
    queryFn: ({ signal }) => api.get<RunListDto>("/api/runs", signal),
    placeholderData: keepPreviousData,
  });
}

const LIVE_MS = 2000;

/** One run; asked for again by its events, and now and then while it is live in case the stream is lost. */
export function useRun(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["run", id],
    queryFn: ({ signal }) => api.get<RunDto>(`/api/runs/${id}`, signal),
    refetchInterval: (query) => (query.state.data !== undefined && isLive(query.state.data) ? LIVE_MS : false),
  });
}

export function isLive(run: { finishedAt?: string | null }): boolean {
  return run.finishedAt === undefined || run.finishedAt === null;
}

/** Locks and leases. */
export function useLocks() {
  const api = useApi();
  return useQuery({
    queryKey: ["locks"],
    queryFn: ({ signal }) => api.get<LocksDto>("/api/locks", signal),
    placeholderData: keepPreviousData,
  });
}

/** Host and process of a holder; its start and boot marks only tell machines that it is the same process. */
export function shortHolder(holder: string): string {
  return holder.split(" start ")[0] ?? holder;
}

const POLL_MS = 500;
const AFTER_ERROR_MS = 2000;
/** Older lines are dropped from memory beyond this; the file keeps them. */
const MOST_LINES = 200_000;

export interface LogState {
  lines: LogLineDto[];
  ended: boolean;
  error: Error | null;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The log of one unit, followed to its end; while nothing comes it asks again. */
export function useLog(run: string, unit: string | null, live: boolean): LogState {
  const api = useApi();
  const [state, setState] = useState<LogState>({ lines: [], ended: false, error: null });
  useEffect(() => {
    setState({ lines: [], ended: false, error: null });
    if (unit === null) return;
    const stop = new AbortController();
    let next = 0;
    const read = async () => {
      while (!stop.signal.aborted) {
        try {
          const piece = await api.get<LogDto>(`/api/runs/${run}/log/${unit}?from=${next}`, stop.signal);
          if (stop.signal.aborted) return;
          next = piece.next;
          setState((old) => ({
            lines: piece.lines.length === 0 ? old.lines : [...old.lines, ...piece.lines].slice(-MOST_LINES),
            ended: piece.ended,
            error: null,
          }));
          if (piece.lines.length > 0) continue;
          if (piece.ended || !live) return;
          await pause(POLL_MS, stop.signal);
        } catch (error) {
          if (stop.signal.aborted) return;
          // A unit that has not started has no log yet: that is a wait, not a fault.
          const none = error instanceof ApiError && error.status === 404;
          if (!none) setState((old) => ({ ...old, error: error instanceof Error ? error : new Error(String(error)) }));
          if (none && !live) return;
          await pause(AFTER_ERROR_MS, stop.signal);
        }
      }
    };
    void read();
    return () => stop.abort();
  }, [api, run, unit, live]);
  return state;
}
