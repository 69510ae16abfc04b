import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { usePrefs } from "../state/prefs";
import { resources } from "./resources";

/** Starts i18next in the chosen language and keeps it on that choice. */
export function startI18n(): typeof i18next {
  void i18next.use(initReactI18next).init({
    resources,
    lng: usePrefs.getState().language,
    fallbackLng: "en",
    defaultNS: "frame",
    ns: Object.keys(resources.en),
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  });
  usePrefs.subscribe((state, old) => {
    if (state.language !== old.language) void i18next.changeLanguage(state.language);
  });
  return i18next;
}
