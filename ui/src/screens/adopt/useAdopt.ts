import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useApi } from "../../api/client";
import type { AdoptDoneDto, AdoptPreviewDto, AdoptRequest } from "../../api/dto";

/** What adopting the repository of a folder would write; nothing is written. */
export function useAdoptPreview(path: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["adopt", path],
    queryFn: () => api.post<AdoptPreviewDto>("/api/adopt/preview", { path }),
    retry: false,
    // A look is of this moment: what the folder held when it was opened last time says nothing about now.
    gcTime: 0,
  });
}

/** Writes what was previewed. If the repository changed since, nothing is written and a new look is taken. */
export function useAdopt() {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: AdoptRequest) => api.post<AdoptDoneDto>("/api/adopt", request),
    onError: (_, request) => client.invalidateQueries({ queryKey: ["adopt", request.path] }),
  });
}
