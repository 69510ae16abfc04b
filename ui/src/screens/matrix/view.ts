import type { MatrixDto, MatrixRowDto, RowFindingDto } from "../../api/dto";

export const columns = [
  "row",
  "lifecycle",
  "frequency",
  "environment",
  "engine",
  "reconcile",
  "drift",
  "gate",
  "backup",
  "window",
  "rollback",
  "units",
] as const;
export type Column = (typeof columns)[number];

/** Columns that say which units a row is about; empty means all, not inherited. */
const matching: readonly Column[] = ["row", "lifecycle", "frequency", "environment", "units"];

export function isMatching(column: Column): boolean {
  return matching.includes(column);
}

/** The key a column has in the document; none: it is not a value of the row. */
const keys = {
  engine: "engines",
  reconcile: "reconcile",
  drift: "drift",
  gate: "approval",
  backup: "backup",
  window: "window",
  rollback: "rollback",
} as const;
export type ValueColumn = keyof typeof keys;

export function keyOf(column: Column): string | null {
  return isValue(column) ? keys[column] : null;
}

export function isValue(column: Column): column is ValueColumn {
  return column in keys;
}

/** The words of one cell; none means: nothing is said here. */
export function wordsOf(row: MatrixRowDto, column: Column): string[] {
  switch (column) {
    case "row":
      return [row.name];
    case "lifecycle":
      return row.lifecycle;
    case "frequency":
      return row.changeFrequency;
    case "environment":
      return row.environment;
    case "engine":
      return row.engines;
    case "units":
      return [String(row.units)];
    default:
      return row[column] === "" ? [] : [row[column]];
  }
}

/** What the head commit said in a cell the draft changed: its text, "" for inherited, null where nothing changed. */
export function wasOf(row: MatrixRowDto, column: Column): string | null {
  if (row.isNew) return wordsOf(row, column).length > 0 && isValue(column) ? "" : null;
  return row.was[column] ?? null;
}

/** What an editor of a cell starts with. */
export interface Entry {
  /** The words chosen; of `reconcile` the strategy alone. */
  words: string[];
  /** Of `reconcile`: the interval as written. */
  interval: string;
}

export function entryOf(row: MatrixRowDto, column: ValueColumn): Entry {
  if (column === "engine") return { words: row.engines, interval: "" };
  if (column === "backup") return { words: row.backups, interval: "" };
  if (column === "reconcile") return { words: row.strategy === "" ? [] : [row.strategy], interval: row.interval };
  return { words: row[column] === "" ? [] : [row[column]], interval: "" };
}

/** The value an entry stands for in the document; null: nothing is chosen, so the cell is inherited. */
export function written(column: ValueColumn, entry: Entry): unknown {
  const [first] = entry.words;
  switch (column) {
    case "engine":
      return entry.words.length === 0 ? null : entry.words;
    case "backup":
      return first === undefined ? null : entry.words.length === 1 ? first : entry.words;
    case "reconcile": {
      const interval = entry.interval.trim();
      if (first === undefined && interval === "") return null;
      return { ...(first === undefined ? {} : { strategy: first }), ...(interval === "" ? {} : { interval }) };
    }
    default:
      return first ?? null;
  }
}

/** `none` and a kind exclude each other; the order of engines is the order in which they were chosen. */
export function toggled(column: ValueColumn, words: readonly string[], word: string): string[] {
  if (words.includes(word)) return words.filter((one) => one !== word);
  if (column === "backup") return word === "none" ? ["none"] : [...words.filter((one) => one !== "none"), word];
  if (column === "engine") return [...words, word];
  return [word];
}

/** Several words may stand in the column at once. */
export function isSeveral(column: ValueColumn): boolean {
  return column === "engine" || column === "backup";
}

/** The words a column can hold here. */
export function choicesOf(column: ValueColumn, words: MatrixDto["words"]): string[] {
  switch (column) {
    case "engine":
      return words.engines;
    case "reconcile":
      return words.strategies;
    case "drift":
      return words.drifts;
    case "gate":
      return words.gates;
    case "backup":
      return ["none", ...words.backups];
    case "window":
      return words.windows;
    case "rollback":
      return words.rollbacks;
  }
}

/** Findings that a row is part of. */
export function findingsOf(row: MatrixRowDto, findings: readonly RowFindingDto[]): RowFindingDto[] {
  return row.builtIn ? [] : findings.filter((finding) => finding.rows.some((part) => part.name === row.name));
}

/** A match typed as words: `team=payments` is a label. Null: that is no label. */
export function labelOf(text: string): Record<string, string> | null {
  if (text.trim() === "") return {};
  const found = /^\s*([^=\s]+)\s*=\s*(\S+)\s*$/.exec(text);
  return found?.[1] === undefined || found[2] === undefined ? null : { [found[1]]: found[2] };
}

/** The `match` of a new row; what is left empty matches everything. */
export function matchOf(parts: {
  lifecycle: string;
  frequency: string;
  environment: string;
  labels: Record<string, string>;
}): Record<string, unknown> {
  return {
    ...(parts.lifecycle === "" ? {} : { lifecycle: parts.lifecycle }),
    ...(parts.frequency === "" ? {} : { changeFrequency: parts.frequency }),
    ...(parts.environment === "" ? {} : { environment: parts.environment }),
    ...(Object.keys(parts.labels).length === 0 ? {} : { labels: parts.labels }),
  };
}
