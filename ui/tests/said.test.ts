import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import en from "../src/i18n/en/said.json";

const crates = join(import.meta.dirname, "../../crates");

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["target", "tests"].includes(entry.name) ? [] : sources(path);
    return entry.name.endsWith(".rs") && entry.name !== "tests.rs" ? [path] : [];
  });
}

const code = sources(crates)
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");
const found = (pattern: RegExp) => [...new Set([...code.matchAll(pattern)].map((m) => m[1] ?? ""))];

it("every sentence the server sends by code has words", () => {
  const codes = found(/Said(?:Dto)?::new\(\s*"([a-z-]+)"/g);
  expect(codes.length).toBeGreaterThan(40);
  // What an engine said about a failure stays as it is.
  expect(codes.filter((c) => c !== "failure" && !Object.hasOwn(en.text, c))).toEqual([]);
});

it("every event that has a line for people has words", () => {
  const events = readFileSync(join(crates, "xcf-core/src/event.rs"), "utf8");
  const kinds = [...events.matchAll(/(\w+) = "([a-z]+\.[a-z-]+)"/g)];
  expect(kinds.length).toBeGreaterThan(40);
  const quiet = ["DriverTaken", "DriverLost", "RunStepped", "AuditCheckpoint", "LockReleased"];
  const silent = (name: string) => quiet.includes(name) || name.startsWith("Effect") || name.startsWith("Money");
  const missing = kinds
    .filter(([, name]) => !silent(name ?? ""))
    .map(([, , word]) => `event-${(word ?? "").replace(".", "-")}`)
    .filter((c) => !Object.hasOwn(en.text, c));
  expect(missing).toEqual([]);
});

// A missing one goes into `title` of src/i18n/*/said.json, in both languages.
it("every diagnostic has a title", () => {
  const codes = found(/Diagnostic::(?:error|warning|info)\(\s*"([a-z-]+)"/g).filter((c) => c.length > 1);
  expect(codes.length).toBeGreaterThan(30);
  expect(codes.filter((c) => !Object.hasOwn(en.title, c))).toEqual([]);
});
