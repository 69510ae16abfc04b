import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Language = "en" | "zh-CN";

type Tree = { [key: string]: string | Tree };

const folder = join(import.meta.dirname, "../../src/i18n");

/** Looks messages up by `area:key`, as the app does, so that no test repeats a text. */
export function words(language: Language): (key: string, values?: Record<string, string>) => string {
  return (key, values = {}) => {
    const [area = "", path = ""] = key.split(":");
    let found: string | Tree | undefined = JSON.parse(
      readFileSync(join(folder, language, `${area}.json`), "utf8"),
    ) as Tree;
    for (const part of path.split(".")) found = typeof found === "object" ? found[part] : undefined;
    if (typeof found !== "string") throw new Error(`no message ${key} in ${language}`);
    return found.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
  };
}
