import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { create } from "zustand";
import { useApi } from "../../api/client";
import type { ArrangeRequest, LayoutDto } from "../../api/dto";
import type { Point } from "./layout/types";
import { useAfterEdit } from "./useDraft";

/** Below the graph's key, so that whatever makes the graph old makes the places old; no Environment has an empty name. */
const KEY = ["graph", "", "places"];

/** Where people put units, by id. */
export function usePlaces() {
  const api = useApi();
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api.get<LayoutDto>("/api/layout", signal),
    // The picture waits for the places, so that nothing jumps; without them it must not wait long.
    retry: false,
  });
}

/** Why the last arrangement was not kept, until one is. */
export const useArranging = create<{ failure: Error | null }>(() => ({ failure: null }));

function arranged(old: LayoutDto | undefined, { place, release, releaseAll }: ArrangeRequest): LayoutDto {
  const units = releaseAll ? {} : { ...old?.units };
  for (const id of release ?? []) delete units[id];
  return { problem: old?.problem ?? null, units: { ...units, ...place } };
}

/** Two arrangements of which the second came while the first was on its way to the server. */
function joined(first: ArrangeRequest | null, second: ArrangeRequest): ArrangeRequest {
  if (first === null || second.releaseAll) return second;
  const place = { ...first.place };
  for (const id of second.release ?? []) delete place[id];
  return {
    place: { ...place, ...second.place },
    release: [...(first.release ?? []), ...(second.release ?? [])],
    releaseAll: first.releaseAll,
  };
}

/** Where a unit was put last, before any picture shows it there: keys come faster than pictures. */
export function useLastPlace(): (id: string) => Point | undefined {
  const client = useQueryClient();
  return useCallback((id) => client.getQueryData<LayoutDto>(KEY)?.units[id], [client]);
}

/** Puts units somewhere at once; the server keeps it. What comes while it does goes as one step, so a held key is few. */
export function useArrange(): (request: ArrangeRequest) => void {
  const api = useApi();
  const client = useQueryClient();
  const done = useAfterEdit();
  const busy = useRef(false);
  const waiting = useRef<ArrangeRequest | null>(null);
  const doneRef = useRef(done);
  doneRef.current = done;
  return useCallback(
    (request: ArrangeRequest) => {
      const send = async (next: ArrangeRequest) => {
        busy.current = true;
        try {
          await api.post<LayoutDto>("/api/layout", next);
          useArranging.setState({ failure: null });
        } catch (error) {
          useArranging.setState({ failure: error instanceof Error ? error : new Error(String(error)) });
        }
        const more = waiting.current;
        waiting.current = null;
        if (more !== null) return send(more);
        busy.current = false;
        doneRef.current();
      };
      void client.cancelQueries({ queryKey: KEY });
      client.setQueryData<LayoutDto>(KEY, (old) => arranged(old, request));
      if (busy.current) waiting.current = joined(waiting.current, request);
      else void send(request);
    },
    [api, client],
  );
}
