/** The query part of every address (ui.md §3). */
export interface AppSearch {
  ws?: string;
  env?: string;
  q?: string;
  sel?: string;
  at?: number;
  for?: string;
  month?: string;
}

function word(value: unknown): string | undefined {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : undefined;
}

/** Keeps the known keys, drops the rest: a link cannot smuggle anything else in. */
export function readSearch(raw: Record<string, unknown>): AppSearch {
  const at = Number(raw.at);
  const out: AppSearch = {};
  for (const key of ["ws", "env", "q", "sel", "for", "month"] as const) {
    const value = word(raw[key]);
    if (value !== undefined) out[key] = value;
  }
  if (raw.at !== undefined && Number.isInteger(at) && at >= 0) out.at = at;
  return out;
}

/** Search without JSON quoting, so that `?q=layer:paas+drift:yes` reads as a person would write it. */
export function parseQuery(text: string): Record<string, unknown> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function writeQuery(search: Record<string, unknown>): string {
  const out: string[] = [];
  for (const [key, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === "") continue;
    out.push(
      `${key}=${encodeURIComponent(String(value)).replace(/%3A/gi, ":").replace(/%2F/gi, "/").replace(/%20/g, "+").replace(/%21/g, "!")}`,
    );
  }
  return out.length === 0 ? "" : `?${out.join("&")}`;
}
