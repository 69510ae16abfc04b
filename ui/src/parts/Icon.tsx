import { drawings, type IconName } from "./drawings";

export type { IconName } from "./drawings";

/** The drawings as one hidden sprite; mounted once by the app. */
export function Sprite() {
  return (
    <svg className="sprite" aria-hidden="true" focusable="false">
      <title>icons</title>
      {Object.entries(drawings).map(([name, drawing]) => (
        <symbol key={name} id={`i-${name}`} viewBox="0 0 16 16">
          {drawing}
        </symbol>
      ))}
    </svg>
  );
}

/** One drawing. Always decorative: the word stands beside it, or the button carries an aria-label. */
export function Icon({ name, size = "s", className }: { name: IconName; size?: "xs" | "s" | "m"; className?: string }) {
  const scale = size === "m" ? "i" : `i ${size}`;
  return (
    <svg className={className === undefined ? scale : `${scale} ${className}`} aria-hidden="true" focusable="false">
      <use href={`#i-${name}`} />
    </svg>
  );
}
