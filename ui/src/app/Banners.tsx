import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { WorkspaceDto } from "../api/dto";
import { useProblems } from "../api/workspace";
import { Icon } from "../parts/Icon";

/** What every screen must say: files that do not load, and that nobody is listed as a person. */
export function Banners({ workspace }: { workspace: WorkspaceDto }) {
  const { t } = useTranslation("frame");
  const problems = useProblems();
  const broken = problems.data?.brokenFiles ?? 0;
  return (
    <>
      {broken > 0 && (
        <div className="banner bad" role="status">
          <Icon name="bad" className="cc" />
          <span className="ell">
            {t("broken", { count: broken })}
            {" – "}
            {t("brokenUnits", { count: problems.data?.affectedUnits.length ?? 0, all: workspace.counts.units })}
          </span>
          <span className="grow" />
          <Link to="/problems" search={(old) => ({ env: old.env, ws: old.ws })} className="nw">
            {t("problems")}
          </Link>
        </div>
      )}
      {workspace.solo && (
        <div className="banner">
          <Icon name="user" />
          <span className="sec ell">{t("solo")}</span>
        </div>
      )}
      {workspace.sample && (
        <div className="banner">
          <Icon name="file" />
          <span className="sec ell">{t("sample")}</span>
        </div>
      )}
    </>
  );
}
