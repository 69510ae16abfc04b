import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useApi } from "../../api/client";
import type { EditResponse, ImpactDto, MatrixDto, MatrixEditRequest, TraceDto } from "../../api/dto";
import { useAfterEdit } from "../graph/useDraft";

// All follow the working tree, so they live under the keys an edit makes old.

/** The grid: built-in rows, each followed by the rows that patch it. */
export function useMatrix() {
  const api = useApi();
  return useQuery({
    queryKey: ["graph", "matrix"],
    queryFn: ({ signal }) => api.get<MatrixDto>("/api/matrix", signal),
    placeholderData: keepPreviousData,
  });
}

/** Which row wins, for one unit. */
export function useTrace(unit: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: ["graph", "trace", unit ?? ""],
    queryFn: ({ signal }) => api.get<TraceDto>(`/api/matrix/trace/${unit}`, signal),
    enabled: unit !== null,
    placeholderData: keepPreviousData,
  });
}

/** What the draft would change, over all units and recorded ChangeSets. */
export function useImpact() {
  const api = useApi();
  return useQuery({
    queryKey: ["graph", "impact"],
    queryFn: ({ signal }) => api.post<ImpactDto>("/api/matrix/impact", {}, signal),
    placeholderData: keepPreviousData,
  });
}

/** One edit of the grid; the server writes it into the row's document. */
export function useMatrixEdit() {
  const api = useApi();
  const done = useAfterEdit();
  return useMutation({
    mutationFn: (request: MatrixEditRequest) => api.post<EditResponse>("/api/matrix/edit", request),
    onSettled: done,
  });
}
