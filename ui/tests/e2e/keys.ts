import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";

type Tree = { [key: string]: string | Tree };

function keysOf(tree: Tree, prefix = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    return typeof value === "string" ? [path] : keysOf(value, path);
  });
}

const folder = join(import.meta.dirname, "../../src/i18n/en");

/** Every message key of more than one word, without its plural ending: what shows when a message is missing. */
const keys = new Set(
  readdirSync(folder)
    .flatMap((file) => keysOf(JSON.parse(readFileSync(join(folder, file), "utf8")) as Tree))
    .map((key) => key.replace(/_(zero|one|two|few|many|other)$/, ""))
    .filter((key) => key.includes(".")),
);

/** Message keys and unfilled `{{values}}` a person can see or hear on the page. */
export async function untranslated(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const out: string[] = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
      if (node instanceof Element)
        for (const name of ["aria-label", "title", "placeholder"]) out.push(node.getAttribute(name) ?? "");
      else if (!["SCRIPT", "STYLE"].includes(node.parentElement?.tagName ?? "")) out.push(node.textContent ?? "");
    }
    return out.map((text) => text.trim()).filter((text) => text !== "");
  });
  return [...new Set(texts.filter((text) => keys.has(text) || /\{\{\w+\}\}/.test(text)))];
}
