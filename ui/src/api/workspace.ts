import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useApi } from "./client";

export interface EnvironmentView {
  name: string;
  protected: boolean;
}

/** What the frame needs to answer "where am I and what would I hit". */
export interface WorkspaceView {
  name: string;
  path: string;
  branch: string | null;
  ahead: number;
  dirtyFiles: string[];
  environments: EnvironmentView[];
  store: { kind: string; host: string; reachable: boolean; latencyMs: number | null; since: string | null };
  solo: boolean;
  trusted: boolean;
  readOnly: boolean;
  actor: string | null;
  diagnostics: { errors: number; warnings: number; brokenFiles: number; unitsFromLastGood: number; units: number };
  activity: {
    applying: number;
    queued: number;
    nextOpening: string | null;
    observing: number;
    failed: number;
    stuck: number;
    leases: number;
  };
  waiting: { changes: number; runs: number; stuckRuns: number };
  engines: { ready: number; needed: number } | null;
}

/** The open workspace, or null when the server has none open (first run). */
export function useWorkspace() {
  const api = useApi();
  return useQuery({
    queryKey: ["workspace"],
    queryFn: ({ signal }) => api.get<WorkspaceView | null>("/api/workspace", signal),
    placeholderData: keepPreviousData,
  });
}
