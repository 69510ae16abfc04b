import { Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useEventStream } from "../api/events";
import { useWorkspace } from "../api/workspace";
import { useCommandKeys, useCommands } from "../commands/registry";
import { Banners } from "./Banners";
import { KeySheet } from "./KeySheet";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import { SourceSheet } from "./SourceSheet";
import { StatusBar } from "./StatusBar";
import { TopBar } from "./TopBar";
import { TrustPrompt } from "./TrustPrompt";
import { useGlobalCommands } from "./useGlobalCommands";

/** The frame: top bar, rail, the screen, status bar, and the overlays that belong to every screen. */
export function App() {
  const { t } = useTranslation("frame");
  const workspace = useWorkspace();
  useEventStream();
  useCommands(useGlobalCommands());
  useCommandKeys();
  return (
    <div className="app">
      <a className="skip" href="#main">
        {t("nav.skip")}
      </a>
      <TopBar workspace={workspace.data ?? null} error={workspace.error} />
      <Rail workspace={workspace.data ?? null} />
      <main className="main" id="main" tabIndex={-1}>
        <Banners workspace={workspace.data ?? null} />
        <Outlet />
      </main>
      <StatusBar workspace={workspace.data ?? null} />
      <Palette />
      <KeySheet />
      <SourceSheet />
      <TrustPrompt workspace={workspace.data ?? null} />
    </div>
  );
}
