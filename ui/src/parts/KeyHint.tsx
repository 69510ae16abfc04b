import { displayKeys } from "../commands/keys";

/** Key caps as this system writes them. Decorative: the command's name carries the meaning. */
export function KeyHint({ keys }: { keys: string }) {
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a kbd takes no focus
  return <kbd aria-hidden="true">{displayKeys(keys)}</kbd>;
}
