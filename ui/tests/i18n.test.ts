import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resources } from "../src/i18n/resources";

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ""): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    if (typeof value === "string") out.set(path, value);
    else for (const [k, v] of flatten(value, path)) out.set(k, v);
  }
  return out;
}

/** English has `_one` and `_other`, Chinese only `_other`: they are one key. */
const base = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, "");
const bases = (tree: Tree) => new Set([...flatten(tree).keys()].map(base));

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "gen" ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const areas = Object.keys(resources.en) as (keyof typeof resources.en)[];
const english = new Map(areas.map((area) => [area as string, bases(resources.en[area] as Tree)]));

describe.each(areas)("messages of %s", (area) => {
  const en = flatten(resources.en[area] as Tree);
  const zh = flatten(resources["zh-CN"][area] as Tree);

  it("have the same keys in both languages", () => {
    expect([...new Set([...zh.keys()].map(base))].sort()).toEqual([...new Set([...en.keys()].map(base))].sort());
  });

  it("name the same values in both languages", () => {
    const names = (text: string) => [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]))].sort();
    for (const [key, text] of zh) {
      const other = en.get(key);
      if (other !== undefined) expect({ key, names: names(text) }).toEqual({ key, names: names(other) });
    }
  });

  it("are never empty", () => {
    for (const [key, text] of [...en, ...zh]) expect(text.trim(), key).not.toBe("");
  });
});

it("every key used in code exists", () => {
  const missing: string[] = [];
  let seen = 0;
  for (const file of sources("src")) {
    const text = readFileSync(file, "utf8");
    const binders = [...text.matchAll(/\bt(\w*)\b(?:: (\w+))?[^=]{0,12}= useTranslation\(\s*(?:"([\w-]+)")?/g)];
    if (binders.length === 0 && !text.includes("useTranslation")) continue;
    const fallback = binders[0]?.[3] ?? "frame";
    const inFile = new Set([...text.matchAll(/useTranslation\(\s*"([\w-]+)"/g)].map((m) => m[1] ?? fallback));
    for (const match of text.matchAll(/(?<![.\w])t\w*\(\s*(["`])([\w.:-]+(?:\$\{[^}]*\}[\w.]*)*)\1/g)) {
      const key = match[2] ?? "";
      if (!/\.|^[a-z]/.test(key)) continue;
      seen += 1;
      const named = /^([\w-]+):(.*)$/.exec(key);
      const [area, rest] = named === null ? [null, key] : [named[1] ?? "", named[2] ?? ""];
      const candidates = area === null ? (inFile.size === 0 ? new Set(["frame"]) : inFile) : new Set([area]);
      const prefix = rest.split("${")[0] ?? "";
      // A translate function may be handed in; a built key is then looked for everywhere (tsc knows the exact area).
      const pool = rest.includes("${") ? new Set(areas as string[]) : candidates;
      const found = [...pool].some((ns) => {
        const keys = english.get(ns);
        return (
          keys !== undefined &&
          (rest.includes("${")
            ? [...keys].some((k) => k.startsWith(prefix))
            : keys.has(rest) || [...keys].some((k) => k.startsWith(`${rest}.`)))
        );
      });
      if (!found) missing.push(`${file}: ${key}`);
    }
  }
  expect(seen).toBeGreaterThan(50);
  expect(missing).toEqual([]);
});

it("every message is used somewhere", () => {
  const code = sources("src")
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const literals = new Set(
    [...code.matchAll(/["'`]([\w-]+(?::|\.)?[\w.-]*)["'`]/g)].map((m) => (m[1] ?? "").replace(/^[\w-]+:/, "")),
  );
  const prefixes = [...code.matchAll(/`(?:[\w-]+:)?([\w.-]*)\$\{/g)]
    .map((m) => m[1] ?? "")
    .filter((p) => p.includes("."));
  const unused: string[] = [];
  for (const area of areas) {
    for (const key of bases(resources.en[area] as Tree)) {
      const bare = key.split(".").pop() ?? key;
      const used =
        literals.has(key) ||
        prefixes.some((prefix) => key.startsWith(prefix)) ||
        (key.split(".").length === 1 && literals.has(bare));
      if (!used) unused.push(`${area}: ${key}`);
    }
  }
  expect(unused).toEqual([]);
});
