/** The layers a value or a route can come from (dsl §4). */
export const origins = [
  "built-in",
  "matrix",
  "composition",
  "module",
  "environment",
  "environment-entry",
  "protection",
  "module-content",
  "default",
] as const;
export type OriginWord = (typeof origins)[number];

export function isOrigin(word: string): word is OriginWord {
  return (origins as readonly string[]).includes(word);
}

/** Overrides stand out; what the matrix or the built-in rows give does not. */
export function isOverride(word: string): boolean {
  return word !== "built-in" && word !== "matrix" && word !== "default";
}
