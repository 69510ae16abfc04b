import type { InputDto } from "../../api/dto";

/** Which control a value gets; decided by how the module types it, never by guessing at names. */
export type Control = "text" | "number" | "boolean" | "json";

export function controlOf(input: Pick<InputDto, "typeText" | "value">): Control {
  const type = input.typeText.trim();
  if (type === "number") return "number";
  if (type === "bool" || type === "boolean") return "boolean";
  if (type === "string") return "text";
  const value = input.value;
  if (type === "" || type === "any") {
    if (typeof value === "number") return "number";
    if (typeof value === "boolean") return "boolean";
    return value === null || value === undefined || typeof value === "string" ? "text" : "json";
  }
  return "json";
}

/** A value as one line: strings as they are, the rest as JSON. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export type Parsed = { ok: true; value: unknown } | { ok: false; reason: "number" | "json"; why: string };

/** Reads what was typed. A string stays a string: `"15"` never turns into a number. */
export function parseTyped(control: Control, text: string): Parsed {
  if (control === "text") return { ok: true, value: text };
  if (control === "boolean") return { ok: true, value: text === "true" };
  if (control === "number") {
    const value = Number(text.trim());
    return text.trim() === "" || Number.isNaN(value) ? { ok: false, reason: "number", why: "" } : { ok: true, value };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, reason: "json", why: error instanceof Error ? error.message : String(error) };
  }
}

/** True when the two mean the same text in the file. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
