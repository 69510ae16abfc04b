import { useNavigate, useRouter } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { showOverlay } from "../commands/overlays";
import type { Command } from "../commands/registry";
import { usePrefs } from "../state/prefs";

function focusFilter(): void {
  document.querySelector<HTMLInputElement>("[data-filter]")?.focus();
}

/** The commands every screen has (ui.md §3). */
export function useGlobalCommands(): Command[] {
  const { t } = useTranslation("frame");
  const navigate = useNavigate();
  const router = useRouter();
  const set = usePrefs((state) => state.set);
  return useMemo((): Command[] => {
    const keep = (old: { env?: string; ws?: string }) => ({ env: old.env, ws: old.ws });
    return [
      {
        id: "app.palette",
        title: t("cmd.palette"),
        group: "app",
        keys: "$mod+k",
        quiet: true,
        run: () => showOverlay("palette"),
      },
      {
        id: "app.palette2",
        title: t("cmd.palette"),
        group: "app",
        keys: "$mod+Shift+p",
        quiet: true,
        run: () => showOverlay("palette"),
      },
      { id: "app.keys", title: t("cmd.keySheet"), group: "app", keys: "[Shift]+?", run: () => showOverlay("keys") },
      {
        id: "app.openWorkspace",
        title: t("cmd.openWorkspace"),
        group: "app",
        run: () => void navigate({ to: "/welcome", search: keep }),
      },
      { id: "view.filter", title: t("cmd.filter"), group: "view", keys: "[Shift]+/", run: focusFilter },
      {
        id: "go.graph",
        title: t("cmd.goGraph"),
        group: "go",
        keys: "g g",
        run: () => void navigate({ to: "/graph", search: keep }),
      },
      {
        id: "go.matrix",
        title: t("cmd.goMatrix"),
        group: "go",
        keys: "g m",
        run: () => void navigate({ to: "/matrix", search: keep }),
      },
      {
        id: "go.changes",
        title: t("cmd.goChanges"),
        group: "go",
        keys: "g c",
        run: () => void navigate({ to: "/changes", search: keep }),
      },
      {
        id: "go.runs",
        title: t("cmd.goRuns"),
        group: "go",
        keys: "g r",
        run: () => void navigate({ to: "/runs", search: keep }),
      },
      {
        id: "go.settings",
        title: t("cmd.goSettings"),
        group: "go",
        keys: "g s",
        run: () => void navigate({ to: "/settings/{-$part}", params: { part: undefined }, search: keep }),
      },
      {
        id: "go.problems",
        title: t("cmd.goProblems"),
        group: "go",
        keys: "g p",
        run: () => void navigate({ to: "/problems", search: keep }),
      },
      { id: "go.back", title: t("cmd.back"), group: "go", keys: "BracketLeft", run: () => router.history.back() },
      {
        id: "go.forward",
        title: t("cmd.forward"),
        group: "go",
        keys: "BracketRight",
        run: () => router.history.forward(),
      },
      {
        id: "view.inspector",
        title: t("cmd.inspector"),
        group: "view",
        keys: "i",
        run: () => set({ inspectorOpen: !usePrefs.getState().inspectorOpen }),
      },
      { id: "view.themeLight", title: t("cmd.themeLight"), group: "view", run: () => set({ theme: "light" }) },
      { id: "view.themeDark", title: t("cmd.themeDark"), group: "view", run: () => set({ theme: "dark" }) },
      { id: "view.themeSystem", title: t("cmd.themeSystem"), group: "view", run: () => set({ theme: "system" }) },
      {
        id: "view.en",
        title: t("cmd.languageEn"),
        group: "view",
        words: "language english 语言",
        run: () => set({ language: "en" }),
      },
      {
        id: "view.zh",
        title: t("cmd.languageZh"),
        group: "view",
        words: "language chinese 语言 中文",
        run: () => set({ language: "zh-CN" }),
      },
      { id: "view.compact", title: t("cmd.densityCompact"), group: "view", run: () => set({ density: "compact" }) },
      {
        id: "view.comfortable",
        title: t("cmd.densityComfortable"),
        group: "view",
        run: () => set({ density: "comfortable" }),
      },
      {
        id: "view.copyLink",
        title: t("cmd.copyLink"),
        group: "view",
        run: () => void navigator.clipboard?.writeText(window.location.href),
      },
    ];
  }, [t, navigate, router, set]);
}
