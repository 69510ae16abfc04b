import "./settings.css";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useSession, useWorkspace } from "../../api/workspace";
import { Icon, type IconName } from "../../parts/Icon";
import { Appearance } from "./Appearance";
import { Doctor } from "./Doctor";
import { Keys } from "./Keys";
import { People } from "./People";
import { Store } from "./Store";

const parts = ["doctor", "store", "people", "appearance", "keys"] as const;
type Part = (typeof parts)[number];

const icons: Record<Part, IconName> = {
  doctor: "observe",
  store: "db",
  people: "user",
  appearance: "eye",
  keys: "key",
};

/** What this machine and this person bring: engines, store, identities, how the app looks. */
export function SettingsScreen() {
  const { t } = useTranslation("settings");
  const params = useParams({ from: "/settings/{-$part}" });
  const part = parts.find((known) => known === params.part) ?? "doctor";
  const workspace = useWorkspace();
  const session = useSession();
  return (
    <div className="se">
      <nav className="se-nav" aria-label={t("title")}>
        <h1>{t("title")}</h1>
        {parts.map((entry) => (
          <Link
            key={entry}
            to="/settings/{-$part}"
            params={{ part: entry }}
            search={(old) => ({ env: old.env, ws: old.ws })}
            className={entry === part ? "on" : undefined}
            aria-current={entry === part ? "page" : undefined}
          >
            <Icon name={icons[entry]} />
            {t(`part.${entry}`)}
          </Link>
        ))}
        <span className="grow" />
        {session.data !== undefined && <p className="mut t12">XCloudFlow {session.data.version}</p>}
      </nav>
      <section className="se-body" aria-label={t(`part.${part}`)}>
        {part === "doctor" && <Doctor />}
        {part === "store" && <Store workspace={workspace.data ?? null} />}
        {part === "people" && <People workspace={workspace.data ?? null} />}
        {part === "appearance" && <Appearance />}
        {part === "keys" && <Keys />}
      </section>
    </div>
  );
}
