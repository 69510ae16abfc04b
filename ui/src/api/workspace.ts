import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { type Api, ApiError, useApi } from "./client";
import type { ProblemsDto, SessionDto, WorkspaceDto } from "./dto";

/** Whether a workspace is open, and what the first-run screen offers. */
export function useSession() {
  const api = useApi();
  return useQuery(sessionQuery(api));
}

/** Apart from the hook, so that the start can ask before the first screen's code is there. */
export function sessionQuery(api: Api) {
  return queryOptions({
    queryKey: ["session"],
    queryFn: ({ signal }) => api.get<SessionDto>("/api/session", signal),
  });
}

/** The open workspace: where am I, what would I hit. Not asked for while none is open. */
export function useWorkspace() {
  const api = useApi();
  const session = useSession();
  return useQuery({
    queryKey: ["workspace"],
    queryFn: ({ signal }) => api.get<WorkspaceDto>("/api/workspace", signal),
    enabled: session.data?.open === true,
    placeholderData: keepPreviousData,
  });
}

/** Every diagnostic of the workspace. */
export function useProblems() {
  const api = useApi();
  const session = useSession();
  return useQuery({
    queryKey: ["problems"],
    queryFn: ({ signal }) => api.get<ProblemsDto>("/api/problems", signal),
    enabled: session.data?.open === true,
    placeholderData: keepPreviousData,
  });
}

/** The code of a refused request; empty when the request never reached the server. */
export function errorCode(error: unknown): string {
  return error instanceof ApiError ? error.body.code : "";
}
