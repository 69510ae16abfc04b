import { useTranslation } from "react-i18next";
import type { WorkspaceDto } from "../../api/dto";
import { StatusBadge } from "../../parts/StatusBadge";
import { EmptyState } from "../../parts/states";

/** The state store: where the events are, and whether it answered. */
export function Store({ workspace }: { workspace: WorkspaceDto | null }) {
  const { t } = useTranslation("settings");
  if (workspace === null) return <EmptyState icon="db" title={t("noWorkspace")} text={t("noWorkspaceText")} />;
  const { store } = workspace;
  return (
    <>
      <header className="se-head">
        <h2>{t("part.store")}</h2>
        <StatusBadge status={store.ok ? "connected" : "unreachable"} />
      </header>
      {store.problem !== "" && <p className="bad cc se-text">{store.problem}</p>}
      <dl className="se-rows">
        <div>
          <dt>{t("store.kind")}</dt>
          <dd className="mono">{store.kind}</dd>
        </div>
        <div>
          <dt>{t("store.location")}</dt>
          <dd className="mono">{store.location}</dd>
        </div>
        <div>
          <dt>{t("store.position")}</dt>
          <dd className="num">{workspace.position}</dd>
        </div>
        <div>
          <dt>{t("store.workspace")}</dt>
          <dd className="mono">{workspace.uid}</dd>
        </div>
        <div>
          <dt>{t("store.folder")}</dt>
          <dd className="mono">{workspace.path}</dd>
        </div>
      </dl>
    </>
  );
}
