import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useApi } from "../api/client";
import type { WorkspaceDto } from "../api/dto";
import { showOverlay, useOverlay } from "../commands/overlays";
import { Button } from "../parts/controls";
import { Dialog } from "../parts/Dialog";
import { ErrorState } from "../parts/states";

/** Asked before the first plan in a repository opened the first time; opening and editing need no trust. */
export function TrustPrompt({ workspace }: { workspace: WorkspaceDto }) {
  const { t } = useTranslation("frame");
  const open = useOverlay((state) => state.open === "trust");
  const api = useApi();
  const client = useQueryClient();
  const trust = useMutation({
    mutationFn: () => api.post("/api/session/trust"),
    onSuccess: async () => {
      // The screen behind asks the workspace: closed before it knows, the next click would ask again.
      await client.invalidateQueries({ queryKey: ["workspace"], exact: true });
      showOverlay(null);
    },
  });
  return (
    <Dialog
      open={open}
      onClose={() => showOverlay(null)}
      title={t("trust.title")}
      text={t("trust.text", { name: workspace.name })}
      actions={
        <>
          <Button onClick={() => showOverlay(null)}>{t("trust.no")}</Button>
          <Button kind="pri" disabled={trust.isPending} onClick={() => trust.mutate()}>
            {t("trust.yes")}
          </Button>
        </>
      }
    >
      <p className="fact">
        <span className="mut">{t("trust.path")}</span> <span className="mono">{workspace.path}</span>
      </p>
      {trust.error !== null && <ErrorState error={trust.error} compact />}
    </Dialog>
  );
}
