import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useApi } from "../../api/client";
import type { EditRequest, EditResponse, SaveTextRequest, UnitDetailDto } from "../../api/dto";
import { useAfterEdit } from "../graph/useDraft";

/** Everything about one unit; the path keeps the slashes of the id. */
export function useUnit(id: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: ["unit", id],
    queryFn: ({ signal }) =>
      api.get<UnitDetailDto>(`/api/units/${(id ?? "").split("/").map(encodeURIComponent).join("/")}`, signal),
    enabled: id !== null && !id.startsWith("/"),
  });
}

/** Writes one value into its document; the server edits the text and says what the workspace thinks of it. */
export function useEdit() {
  const api = useApi();
  const done = useAfterEdit();
  return useMutation({
    mutationFn: (request: EditRequest) => api.post<EditResponse>("/api/edit", request),
    onSettled: done,
  });
}

/** Saves a whole file from the YAML tab. */
export function useSaveText() {
  const api = useApi();
  const client = useQueryClient();
  const done = useAfterEdit();
  return useMutation({
    mutationFn: (request: SaveTextRequest) => api.put<EditResponse>("/api/file", request),
    onSuccess: (saved) =>
      client.setQueryData(["file", saved.file], { file: saved.file, text: saved.newText, digest: saved.digest }),
    onSettled: done,
  });
}
