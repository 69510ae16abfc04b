import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useApi } from "../../api/client";
import type { OpenRequest, SessionDto } from "../../api/dto";

/** Opens a folder, or makes a sample and opens it; then the graph is shown. */
export function useOpen() {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: OpenRequest) => api.post<SessionDto>("/api/session/open", body),
    onSuccess: (session) => {
      client.setQueryData(["session"], session);
      // Nothing of the workspace open before may show under the new one's name.
      void client.resetQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      if (session.open) void navigate({ to: "/graph", search: {} });
    },
  });
}

export type Open = ReturnType<typeof useOpen>;
