import { useCallback } from "react";
import { useWorkspace } from "../../api/workspace";
import { showOverlay } from "../../commands/overlays";

/**
 * Asks for trust before anything of the repository runs; false where it had to ask. While the workspace is still being
 * read the server decides: it refuses what is not trusted, and the refusal asks.
 */
export function useMayPlan(): () => boolean {
  const refused = useWorkspace().data?.trusted === false;
  return useCallback(() => {
    if (refused) showOverlay("trust");
    return !refused;
  }, [refused]);
}
