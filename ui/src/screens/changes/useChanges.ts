import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { query, useApi } from "../../api/client";
import type {
  ApplyRequest,
  ApproveRequest,
  ChangeDetailDto,
  ChangeListDto,
  DoneDto,
  ReasonRequest,
  ResumeRequest,
  UnitsRequest,
} from "../../api/dto";

/** The list, newest first; the server has already said whose turn it is. */
export function useChanges(env: string | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: ["changes", env ?? ""],
    queryFn: ({ signal }) => api.get<ChangeListDto>(`/api/changes${query({ env })}`, signal),
    placeholderData: keepPreviousData,
  });
}

/** One ChangeSet with everything its review shows. */
export function useChange(id: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: ["change", id ?? ""],
    queryFn: ({ signal }) => api.get<ChangeDetailDto>(`/api/changes/${id}`, signal),
    enabled: id !== null,
  });
}

interface Bodies {
  approve: ApproveRequest;
  reject: ReasonRequest;
  apply: ApplyRequest;
  cancel: ReasonRequest;
  pause: Record<string, never>;
  resume: ResumeRequest;
  "sign-off": UnitsRequest;
}

/** One step on a ChangeSet. Whatever it answers, the cached review is asked for again. */
export function useStep<A extends keyof Bodies>(id: string, action: A) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Bodies[A]) =>
      api.post<A extends "approve" | "reject" ? ChangeDetailDto : DoneDto>(`/api/changes/${id}/${action}`, body),
    onSettled: () => {
      for (const key of ["change", "changes", "run", "runs", "graph", "workspace", "locks"])
        void client.invalidateQueries({ queryKey: [key] });
    },
  });
}
