import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useApi } from "../../../api/client";
import type { ExportDto, ExportPreviewDto, ExportRequest, FlushDto, QueueDto } from "../../../api/dto";
import { useAfterEdit } from "../useDraft";

/** What an export of these files would do; writes nothing and speaks to nobody. */
export function useExportPreview(files: string[]) {
  const api = useApi();
  return useQuery({
    queryKey: ["export", "preview", files],
    queryFn: () => api.post<ExportPreviewDto>("/api/export/preview", { files } satisfies Partial<ExportRequest>),
    placeholderData: keepPreviousData,
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
      void client.invalidateQueries({ queryKey: ["export"] });
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
    onSettled: () => void client.invalidateQueries({ queryKey: ["export"] }),
  });
}
