import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useApi } from "../../../api/client";
import type {
  DoneDto,
  ExportDto,
  ExportPreviewDto,
  ExportRequest,
  FlushDto,
  PrCheckDto,
  PrCheckRequest,
  QueueDto,
} from "../../../api/dto";
import { useAfterEdit } from "../useDraft";

/** What an export of this would do; writes nothing and speaks to nobody. */
export function useExportPreview(request: Partial<ExportRequest>, enabled: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ["export", "preview", request],
    queryFn: () => api.post<ExportPreviewDto>("/api/export/preview", request),
    placeholderData: keepPreviousData,
    // What it is made of (commits, remotes, the author) changes outside this window too.
    gcTime: 0,
    enabled,
  });
}

/** Commits, pushes, opens or updates the pull request; what can't go out now is queued by the server. */
export function useExport() {
  const api = useApi();
  const client = useQueryClient();
  const done = useAfterEdit();
  return useMutation({
    mutationFn: (request: Partial<ExportRequest>) => api.post<ExportDto>("/api/export", request),
    onSettled: () => {
      done();
      return client.invalidateQueries({ queryKey: ["export"] });
    },
  });
}

/** Plans the commit against the branch it goes into and tells the pull request: text, comment, check. */
export function useCheck() {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: Partial<PrCheckRequest>) => api.post<PrCheckDto>("/api/export/check", request),
    onSettled: () => {
      for (const key of ["changes", "change", "graph", "unit", "workspace"])
        void client.invalidateQueries({ queryKey: [key] });
    },
  });
}

/** What has not gone out yet. */
export function useExportQueue() {
  const api = useApi();
  return useQuery({
    queryKey: ["export", "queue"],
    queryFn: ({ signal }) => api.get<QueueDto>("/api/export/queue", signal),
  });
}

/** Sends everything that waits, also what was stopped. */
export function useSendQueue() {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<FlushDto>("/api/export/queue/send?all=true"),
    onSettled: () => client.invalidateQueries({ queryKey: ["export"] }),
  });
}

/** Takes one out of the queue; its commit stays on its branch. */
export function useForget() {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.delete<DoneDto>(`/api/export/queue/${encodeURIComponent(id)}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["export"] }),
  });
}
