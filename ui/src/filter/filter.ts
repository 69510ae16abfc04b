/** The filter grammar of every list (ui.md §3): `key:value`, `!key:value`, quotes, free words. */
export interface Term {
  key: string | null;
  value: string;
  not: boolean;
}

export const filterKeys = [
  "env",
  "layer",
  "comp",
  "module",
  "engine",
  "status",
  "gate",
  "drift",
  "cause",
  "risk",
  "action",
  "label",
  "user",
  "lock",
  "fidelity",
] as const;
export type FilterKey = (typeof filterKeys)[number];

/** What a row answers for each key; a missing key answers nothing. */
export type Facts = Partial<Record<FilterKey, readonly string[]>> & { text: string };

/** Splits on blanks outside quotes. An unknown key is kept as a free word, so nothing typed is lost. */
export function parseFilter(text: string): Term[] {
  const terms: Term[] = [];
  for (const match of text.matchAll(/(!?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi)) {
    const key = match[2]?.toLowerCase() ?? null;
    const value = (match[3] ?? match[4] ?? "").toLowerCase();
    if (value === "") continue;
    const known = key !== null && (filterKeys as readonly string[]).includes(key);
    terms.push({
      not: match[1] === "!",
      key: known ? key : null,
      value: known || key === null ? value : `${key}:${value}`,
    });
  }
  return terms;
}

/** State words compare without case, blanks and dashes: `draft-change`, `DraftChange`, `draftchange`. */
function plain(value: string): string {
  return value.toLowerCase().replace(/[\s_-]/g, "");
}

function holds(term: Term, facts: Facts): boolean {
  if (term.key === null) return facts.text.includes(term.value);
  const values = facts[term.key as FilterKey] ?? [];
  const wanted = plain(term.value);
  return values.some((value) => plain(value) === wanted);
}

/** Terms of one key are or'ed, different keys and free words are and'ed, `!` takes away. */
export function matches(terms: Term[], facts: Facts): boolean {
  const anyOf = new Map<string, boolean>();
  for (const term of terms) {
    const hit = holds(term, facts);
    if (term.not) {
      if (hit) return false;
    } else if (term.key === null) {
      if (!hit) return false;
    } else {
      anyOf.set(term.key, (anyOf.get(term.key) ?? false) || hit);
    }
  }
  return [...anyOf.values()].every((ok) => ok);
}

/** Adds or takes away one whole term, for the filter chips. */
export function toggleTerm(text: string, term: string): string {
  const words = text.split(/\s+/).filter((w) => w !== "");
  return (words.includes(term) ? words.filter((w) => w !== term) : [...words, term]).join(" ");
}

export function hasTerm(text: string, term: string): boolean {
  return text.split(/\s+/).includes(term);
}
