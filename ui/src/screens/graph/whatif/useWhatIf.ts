import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useApi } from "../../../api/client";
import type { WhatIfDto } from "../../../api/dto";

/** Everything the draft would mean if it were planned now; asked for while there is a draft, made old by every edit. */
export function useWhatIf(enabled: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ["graph", "what-if"],
    queryFn: ({ signal }) => api.post<WhatIfDto>("/api/what-if", {}, signal),
    enabled,
    placeholderData: keepPreviousData,
  });
}
