const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

const shown: Record<string, string> = {
  $mod: isMac ? "⌘" : "Ctrl",
  "[Shift]": "",
  BracketLeft: "[",
  BracketRight: "]",
  Slash: "/",
  Period: ".",
  Equal: "+",
  Minus: "−",
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Delete: "Del",
};

/** `$mod+KeyK` as this system's key caps: `Ctrl K`, or `⌘ K` on macOS; sequences keep their spaces. */
export function displayKeys(keys: string): string {
  return keys
    .split(" ")
    .map((press) =>
      press
        .split("+")
        .map((part) => shown[part] ?? part.replace(/^Key|^Digit/, ""))
        .filter((part) => part !== "")
        .map((part) => (part.length === 1 ? part.toUpperCase() : part))
        .join(" "),
    )
    .join(" ");
}

/** True when the first press holds no modifier but Shift: such keys must not fire while typing. */
export function isPlainKey(keys: string): boolean {
  return !/(\$mod|Control|Meta|Alt)\+/.test(keys.split(" ")[0] ?? "");
}

/** True when the event comes from something that takes text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.matches("input, textarea, select") ||
    target.closest("[contenteditable=true]") !== null
  );
}
