// The window's own messages, so that no test repeats a text.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../../ui/src/i18n");

/** The message `area:key` in English, or in another language. */
export function say(key, values = {}, language = "en") {
  const [area, path] = key.split(":");
  const messages = JSON.parse(readFileSync(join(folder, language, `${area}.json`), "utf8"));
  const found = path.split(".").reduce((tree, part) => tree?.[part], messages);
  if (typeof found !== "string") throw new Error(`no message ${key} in ${language}`);
  return found.replace(/\{\{(\w+)\}\}/g, (whole, name) => values[name] ?? whole);
}
