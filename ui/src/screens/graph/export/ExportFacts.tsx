import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ExportPreviewDto } from "../../../api/dto";
import { Icon } from "../../../parts/Icon";

const forges: Record<string, string> = { github: "GitHub", gitea: "Gitea", gitlab: "GitLab" };

/** Where it goes, by whom, and what stands in the way. */
export function ExportFacts({ look }: { look: ExportPreviewDto }) {
  const { t } = useTranslation("graph");
  const forge = look.forge ?? null;
  const remote = look.remote ?? null;
  return (
    <>
      <dl className="export-facts">
        {remote !== null && (
          <Fact name={t("export.fact.push")}>
            <span className="mono sel">{remote}</span>
          </Fact>
        )}
        <Fact name={t("export.fact.into")}>
          <span className="mono">{look.base}</span>{" "}
          {forge === null
            ? remote !== null && t("export.plainGit")
            : t("export.forge", { kind: forges[forge.kind] ?? forge.kind, project: forge.project, host: forge.host })}
        </Fact>
        {(look.author ?? null) !== null && <Fact name={t("export.fact.author")}>{look.author}</Fact>}
      </dl>
      {forge?.preview === true && <Note>{t("export.preview")}</Note>}
      {look.problems.map((problem) => (
        <Note key={problem.code}>
          {problem.message} {problem.hint}
        </Note>
      ))}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="mut">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <p className="export-note warn" role="note">
      <Icon name="warn" className="cc" />
      <span>{children}</span>
    </p>
  );
}
