import { useMutation, useQuery } from "@tanstack/react-query";
import { useApi } from "../../../api/client";
import type { ActDto, AuthorResponse, CatalogDto } from "../../../api/dto";
import { useAfterEdit } from "../useDraft";

/** Draws one act into the documents; one step of undo. */
export function useAct() {
  const api = useApi();
  const done = useAfterEdit();
  return useMutation({
    mutationFn: (act: ActDto) => api.post<AuthorResponse>("/api/author", { act, dryRun: false }),
    onSuccess: done,
  });
}

/** What an act would write, before it is done; refusals come as errors. */
export function usePreview(act: ActDto | null) {
  const api = useApi();
  return useQuery({
    queryKey: ["preview", JSON.stringify(act)],
    queryFn: () => api.post<AuthorResponse>("/api/author", { act, dryRun: true }),
    enabled: act !== null,
    retry: false,
    gcTime: 0,
  });
}

/** Every module of the working tree, as cards. */
export function useCatalog(enabled: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ["workspace", "catalog"],
    queryFn: ({ signal }) => api.get<CatalogDto>("/api/catalog", signal),
    enabled,
  });
}
