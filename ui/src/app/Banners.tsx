import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { WorkspaceView } from "../api/workspace";
import { Icon } from "../parts/Icon";
import { Why } from "../parts/Why";

/** What every screen must say: files that do not parse, and that nobody is listed as a person. */
export function Banners({ workspace }: { workspace: WorkspaceView | null }) {
  const { t } = useTranslation("frame");
  if (workspace === null) return null;
  const d = workspace.diagnostics;
  return (
    <>
      {d.brokenFiles > 0 && (
        <div className="banner bad" role="status">
          <Icon name="bad" className="cc" />
          <span>{t("broken", { count: d.brokenFiles, shown: d.unitsFromLastGood, units: d.units })}</span>
          <span className="grow" />
          <Link to="/problems" search={(old) => ({ env: old.env, ws: old.ws })}>
            {t("problems")}
          </Link>
        </div>
      )}
      {workspace.solo && (
        <div className="banner">
          <Icon name="user" />
          <span className="sec">{t("solo")}</span>
          <Why source={{ file: t("soloLink") }} />
        </div>
      )}
    </>
  );
}
