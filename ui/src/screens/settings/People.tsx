import { useTranslation } from "react-i18next";
import type { IdentityDto, WorkspaceDto } from "../../api/dto";
import { Icon } from "../../parts/Icon";
import { EmptyState } from "../../parts/states";

/** The identities whose keys are on this machine, and who acts when nothing else is said. */
export function People({ workspace }: { workspace: WorkspaceDto | null }) {
  const { t } = useTranslation("settings");
  if (workspace === null) return <EmptyState icon="user" title={t("noWorkspace")} text={t("noWorkspaceText")} />;
  const others = workspace.identities.filter((person) => person.name !== workspace.you.name);
  return (
    <>
      <header className="se-head">
        <h2>{t("part.people")}</h2>
      </header>
      <p className="sec se-text">{workspace.solo ? t("people.solo") : t("people.text")}</p>
      <ul className="se-people">
        <Person person={workspace.you} you />
        {others.map((person) => (
          <Person key={person.name} person={person} />
        ))}
      </ul>
    </>
  );
}

function Person({ person, you = false }: { person: IdentityDto; you?: boolean }) {
  const { t } = useTranslation("settings");
  return (
    <li>
      <b>{person.name === "" ? t("people.nobody") : person.name}</b>
      {you && <span className="org ov">{t("people.you")}</span>}
      <span className="sec">{person.email}</span>
      <span className="mono sec">{person.roles.join(", ")}</span>
      <span className="grow" />
      <span className={person.hasKey ? "st ok" : "st idle"}>
        <Icon name="key" />
        {person.hasKey ? t("people.key") : t("people.noKey")}
      </span>
    </li>
  );
}
