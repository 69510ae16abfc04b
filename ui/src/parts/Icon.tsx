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

/** The drawing itself, not a reference to the sprite: a browser makes hundreds of these much sooner. For the canvas. */
export function InlineIcon({ name, size = "s", className = "" }: IconProps) {
  return (
    <svg className={`${scaleOf(size)} ${className}`.trimEnd()} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {drawings[name]}
    </svg>
  );
}

interface IconProps {
  name: IconName;
  size?: "xs" | "s" | "m";
  className?: string;
}

function scaleOf(size: "xs" | "s" | "m"): string {
  return size === "m" ? "i" : `i ${size}`;
}

/** One drawing. Always decorative: the word stands beside it, or the button carries an aria-label. */
export function Icon({ name, size = "s", className }: IconProps) {
  const scale = scaleOf(size);
  return (
    <svg className={className === undefined ? scale : `${scale} ${className}`} aria-hidden="true" focusable="false">
      <use href={`#i-${name}`} />
    </svg>
  );
}
