import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useApi } from "../../api/client";
import type { MatrixDto, TraceDto } from "../../api/dto";

// Both follow the working tree, so they live under the keys an edit makes old.

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
