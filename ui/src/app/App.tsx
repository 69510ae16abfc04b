import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useEventStream } from "../api/events";
import { useSession, useWorkspace } from "../api/workspace";
import { useCommandKeys, useCommands } from "../commands/registry";
import { UnsavedTexts } from "../editor/UnsavedTexts";
import { ErrorState } from "../parts/states";
import { Banners } from "./Banners";
import { KeySheet } from "./KeySheet";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import { SourceSheet } from "./SourceSheet";
import { StatusBar } from "./StatusBar";
import { TopBar } from "./TopBar";
import { TrustPrompt } from "./TrustPrompt";
import { useGlobalCommands } from "./useGlobalCommands";
import { useTextCommands } from "./useTextCommands";

/** Screens that make sense with no workspace open. */
const homeless = ["/welcome", "/settings"];

function isHomeless(path: string): boolean {
  return homeless.some((prefix) => path.startsWith(prefix));
}

/** The frame: top bar, rail, the screen, status bar, and the overlays that belong to every screen. */
export function App() {
  const { t } = useTranslation("frame");
  const session = useSession();
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  // What is on screen until the next screen's code is there: it must not ask for a workspace that is not open.
  const onScreen = useRouterState({ select: (state) => state.matches.at(-1)?.pathname ?? "" });
  const open = session.data?.open === true;
  const away = isHomeless(path);
  useEventStream(open ? (workspace.data ?? null) : null);
  useCommands(useGlobalCommands());
  useCommands(useTextCommands());
  useCommandKeys();
  useEffect(() => {
    if (session.data?.open === false && !away) void navigate({ to: "/welcome", replace: true });
  }, [session.data, away, navigate]);
  const here = open ? (workspace.data ?? null) : null;
  return (
    <div className="app">
      <a className="skip" href="#main">
        {t("nav.skip")}
      </a>
      <TopBar workspace={here} error={session.error ?? workspace.error} />
      <Rail workspace={here} />
      <main className="main" id="main" tabIndex={-1}>
        {here !== null && <Banners workspace={here} />}
        {here !== null && <UnsavedTexts />}
        {session.error === null ? (
          (open || (away && isHomeless(onScreen))) && <Outlet />
        ) : (
          <ErrorState error={session.error} onRetry={() => void session.refetch()} />
        )}
      </main>
      <StatusBar workspace={here} />
      <Palette />
      <KeySheet />
      <SourceSheet />
      {here !== null && <TrustPrompt workspace={here} />}
    </div>
  );
}
