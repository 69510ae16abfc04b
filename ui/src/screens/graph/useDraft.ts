import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useApi } from "../../api/client";
import type { CommitRequest, CommitResponse, DraftDto, PlanRequest, PlanResponse } from "../../api/dto";
import { errorCode } from "../../api/workspace";
import { showOverlay } from "../../commands/overlays";

/** Everything an edit, an undo or a commit makes old before the event stream can say so. */
const afterEdit = ["draft", "graph", "unit", "matrix", "problems", "workspace", "file"];

export function useAfterEdit(): () => void {
  const client = useQueryClient();
  return () => {
    for (const key of afterEdit) void client.invalidateQueries({ queryKey: [key] });
  };
}

/** The working tree against the head commit. */
export function useDraft() {
  const api = useApi();
  return useQuery({
    queryKey: ["draft"],
    queryFn: ({ signal }) => api.get<DraftDto>("/api/draft", signal),
    placeholderData: keepPreviousData,
  });
}

export function useUndo() {
  const api = useApi();
  const done = useAfterEdit();
  return useMutation({ mutationFn: () => api.post<DraftDto>("/api/draft/undo"), onSettled: done });
}

export function useRedo() {
  const api = useApi();
  const done = useAfterEdit();
  return useMutation({ mutationFn: () => api.post<DraftDto>("/api/draft/redo"), onSettled: done });
}

export function usePlan() {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: Partial<PlanRequest>) => api.post<PlanResponse>("/api/plan", request),
    onSuccess: () => {
      for (const key of ["changes", "change", "graph", "unit", "workspace"])
        void client.invalidateQueries({ queryKey: [key] });
    },
    onError: (error) => {
      if (errorCode(error) === "untrusted-workspace") showOverlay("trust");
    },
  });
}

export function useCommit() {
  const api = useApi();
  const done = useAfterEdit();
  return useMutation({
    mutationFn: (request: CommitRequest) => api.post<CommitResponse>("/api/commit", request),
    onSuccess: done,
  });
}
