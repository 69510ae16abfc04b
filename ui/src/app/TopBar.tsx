import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { WorkspaceDto } from "../api/dto";
import { showOverlay } from "../commands/overlays";
import { IconButton } from "../parts/controls";
import { Icon } from "../parts/Icon";
import { KeyHint } from "../parts/KeyHint";
import { Menu, type MenuEntry } from "../parts/Menu";
import { StatusBadge } from "../parts/StatusBadge";
import { useOpenSource } from "../parts/source";
import { type Density, type Language, type Theme, usePrefs } from "../state/prefs";

function Mark() {
  return (
    <span className="mark">
      <svg
        viewBox="0 0 22 22"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        role="img"
        aria-label="XCloudFlow"
      >
        <path d="M3 5.5h5.2c2.8 0 2.8 11 5.6 11H19" />
        <path d="M3 11h16" opacity=".55" />
        <path d="M3 16.5h5.2M13.8 5.5H19" />
      </svg>
    </span>
  );
}

function EnvironmentChip({ workspace }: { workspace: WorkspaceDto }) {
  const { t } = useTranslation("frame");
  const { env } = useSearch({ from: "__root__" });
  const navigate = useNavigate();
  const current = workspace.environments.find((e) => e.name === env);
  // Hosts, protection and approvers are in its text; with one Environment there is no doubt which is meant.
  const named = current ?? (workspace.environments.length === 1 ? workspace.environments[0] : undefined);
  const place = named?.place ?? null;
  const openSource = useOpenSource();
  const choose = (name: string | undefined) =>
    void navigate({ to: ".", search: (old) => ({ ...old, env: name, sel: undefined }) });
  const entries: MenuEntry[] = [
    { id: "all", label: t("top.allEnvironments"), on: env === undefined, run: () => choose(undefined) },
    ...workspace.environments.map((e) => ({
      id: e.name,
      label: <span className="mono">{e.name}</span>,
      note: e.protected ? t("top.protected") : undefined,
      on: e.name === env,
      run: () => choose(e.name),
    })),
    ...(place === null || named === undefined
      ? []
      : [
          {
            id: "text",
            label: t("cmd.textOf", { name: named.name }),
            icon: "file" as const,
            run: () => openSource(place),
          },
        ]),
  ];
  const guarded = current?.protected === true;
  return (
    <Menu
      entries={entries}
      trigger={
        <button type="button" className={guarded ? "ctx env" : "ctx env calm"}>
          <span className="vh">{t("top.environment")}: </span>
          {guarded && <Icon name="shield" />}
          {env ?? t("top.allEnvironments")}
          {guarded && <span className="k">{t("top.protected")}</span>}
          <Icon name="down" size="xs" />
        </button>
      }
    />
  );
}

function Store({ store }: { store: WorkspaceDto["store"] }) {
  const { t } = useTranslation("frame");
  return (
    <span className="ctx" title={`${t("top.store")}: ${store.location}`}>
      <Icon name="db" />
      <span>{storeNames[store.kind] ?? store.kind}</span>
      <span className="k store-host ell">{store.location}</span>
      <StatusBadge status={store.ok ? "connected" : "unreachable"} detail={store.ok ? undefined : store.problem} />
    </span>
  );
}

const storeNames: Record<string, string> = { sqlite: "SQLite", postgres: "PostgreSQL", s3: "S3" };

function Appearance() {
  const { t } = useTranslation("frame");
  const prefs = usePrefs();
  const themes: Theme[] = ["system", "light", "dark"];
  const languages: [Language, string][] = [
    ["en", "English"],
    ["zh-CN", "简体中文"],
  ];
  const densities: Density[] = ["compact", "comfortable"];
  const entries: MenuEntry[] = [
    { id: "h-theme", heading: t("theme.label") },
    ...themes.map((theme) => ({
      id: `theme-${theme}`,
      label: t(`theme.${theme}`),
      on: prefs.theme === theme,
      run: () => prefs.set({ theme }),
    })),
    { id: "h-language", heading: t("language.label") },
    ...languages.map(([language, label]) => ({
      id: `language-${language}`,
      label,
      on: prefs.language === language,
      run: () => prefs.set({ language }),
    })),
    { id: "h-density", heading: t("density.label") },
    ...densities.map((density) => ({
      id: `density-${density}`,
      label: t(`density.${density}`),
      on: prefs.density === density,
      run: () => prefs.set({ density }),
    })),
  ];
  return <Menu align="end" entries={entries} trigger={<IconButton label={t("top.appearance")} icon="contrast" />} />;
}

function initials(name: string): string {
  const parts = name.split(/[\s._@-]+/).filter((p) => p !== "");
  return ((parts[0]?.[0] ?? "?") + (parts[1]?.[0] ?? "")).toUpperCase();
}

function whoIs({ name, roles }: WorkspaceDto["you"]): string {
  return roles.length === 0 ? name : `${name} (${roles.join(", ")})`;
}

function Branch({ workspace }: { workspace: WorkspaceDto }) {
  const { t } = useTranslation("frame");
  return (
    <span className="ctx">
      <Icon name="branch" />
      <span className="m ell branch">{workspace.branch === "" ? t("top.detached") : workspace.branch}</span>
      {workspace.ahead > 0 && <span className="k">{t("top.ahead", { count: workspace.ahead })}</span>}
      {workspace.dirty > 0 && <span className="k">{t("top.edited", { count: workspace.dirty })}</span>}
    </span>
  );
}

export function TopBar({ workspace, error }: { workspace: WorkspaceDto | null; error: unknown }) {
  const { t } = useTranslation("frame");
  const navigate = useNavigate();
  const entries: MenuEntry[] = [
    ...(workspace === null ? [] : [{ id: "path", heading: workspace.path }]),
    { id: "open", label: t("top.openWorkspace"), icon: "file" as const, run: () => void navigate({ to: "/welcome" }) },
  ];
  return (
    <header className="topbar">
      <Mark />
      <Menu
        entries={entries}
        trigger={
          <button type="button" className="ctx">
            <span className="b ell ws-name">{workspace?.name ?? t("top.noWorkspace")}</span>
            <Icon name="down" size="xs" className="chev" />
          </button>
        }
      />
      {workspace !== null && (
        <>
          <span className="slash" aria-hidden="true">
            /
          </span>
          <Branch workspace={workspace} />
          <EnvironmentChip workspace={workspace} />
          <Store store={workspace.store} />
        </>
      )}
      {error !== null && error !== undefined && (
        <span className="st bad" role="alert">
          <Icon name="bad" />
          {t("noServer")}
        </span>
      )}
      <button type="button" className="cmd" onClick={() => showOverlay("palette")}>
        <Icon name="search" />
        <span className="grow ell">{t("top.command")}</span>
        <KeyHint keys="$mod+k" />
      </button>
      <Appearance />
      {workspace !== null && workspace.you.name !== "" && (
        <span
          className="avatar"
          role="img"
          title={t("top.you", { name: whoIs(workspace.you) })}
          aria-label={t("top.you", { name: whoIs(workspace.you) })}
        >
          {initials(workspace.you.name)}
        </span>
      )}
    </header>
  );
}
