import { create } from "zustand";
import { persist } from "zustand/middleware";

export type Theme = "system" | "light" | "dark";
export type Language = "en" | "zh-CN";
export type Density = "compact" | "comfortable";

/** What a person chose about how the app looks; kept on this computer, never in the workspace. */
export interface Prefs {
  theme: Theme;
  language: Language;
  density: Density;
  inspectorOpen: boolean;
  inspectorWidth: number;
  /** Key overrides by command id; an empty string unbinds the command. */
  keys: Record<string, string>;
  recentCommands: string[];
  set(change: Partial<Omit<Prefs, "set">>): void;
}

function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export const usePrefs = create<Prefs>()(
  persist(
    (set) => ({
      theme: "system",
      language: systemLanguage(),
      density: "compact",
      inspectorOpen: true,
      inspectorWidth: 384,
      keys: {},
      recentCommands: [],
      set: (change) => set(change),
    }),
    { name: "xcloudflow.prefs", version: 1 },
  ),
);

/** Writes theme, language and density onto the document, and keeps `system` following the system. */
export function applyPrefs(): () => void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const { theme, language, density } = usePrefs.getState();
    const root = document.documentElement;
    root.dataset.theme = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
    root.dataset.density = density;
    root.lang = language;
  };
  apply();
  const unsubscribe = usePrefs.subscribe(apply);
  dark.addEventListener("change", apply);
  return () => {
    unsubscribe();
    dark.removeEventListener("change", apply);
  };
}
