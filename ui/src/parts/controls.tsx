import type { ButtonHTMLAttributes, ReactNode } from "react";
import type { IconName } from "./drawings";
import { Icon } from "./Icon";
import { KeyHint } from "./KeyHint";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `pri` once per screen; `dng` for reversing and refusing; `gho` for quiet ones. */
  kind?: "pri" | "dng" | "gho";
  icon?: IconName;
  keys?: string;
  large?: boolean;
  /** Why the button is disabled; shown as its title, so that "no" always has a reason in reach. */
  reason?: string;
}

export function Button({ kind, icon, keys, large = false, reason, children, className, ...rest }: ButtonProps) {
  const classes = ["btn", kind, large ? "lg" : undefined, className].filter((c) => c !== undefined).join(" ");
  const blocked = reason !== undefined;
  return (
    <button
      type="button"
      {...rest}
      className={classes}
      aria-disabled={blocked || rest.disabled || undefined}
      title={reason ?? rest.title}
      onClick={blocked ? undefined : rest.onClick}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
      {keys !== undefined && <KeyHint keys={keys} />}
    </button>
  );
}

export function IconButton({
  label,
  icon,
  count,
  ...rest
}: { label: string; icon: IconName; count?: number } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={`iconbtn${rest.className === undefined ? "" : ` ${rest.className}`}`}
    >
      <Icon name={icon} size="m" />
      {count !== undefined && count > 0 && <span className="n">{count}</span>}
    </button>
  );
}

/** A choice of two to four views, as a radio group. */
export function Seg<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <div className="seg" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        // A native radio would need its own drawing in every theme; the role and keys here are the same.
        // biome-ignore lint/a11y/useSemanticElements: a styled segment, arrow keys handled by the group
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          className={option.value === value ? "on" : undefined}
          onClick={() => onChange(option.value)}
          onKeyDown={(event) => {
            const step =
              event.key === "ArrowRight" || event.key === "ArrowDown"
                ? 1
                : event.key === "ArrowLeft" || event.key === "ArrowUp"
                  ? -1
                  : 0;
            if (step === 0) return;
            event.preventDefault();
            const at = options.findIndex((o) => o.value === value);
            const next = options[(at + step + options.length) % options.length];
            if (next === undefined) return;
            onChange(next.value);
            const buttons = event.currentTarget.parentElement?.querySelectorAll<HTMLButtonElement>("[role=radio]");
            buttons?.[(at + step + options.length) % options.length]?.focus();
          }}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

/** A pressed-or-not filter pill, usually with a count. */
export function Chip({
  on = false,
  count,
  tone,
  icon,
  children,
  onClick,
  title,
}: {
  on?: boolean;
  count?: number;
  tone?: string;
  icon?: IconName;
  children: ReactNode;
  onClick?: () => void;
  title?: string;
}) {
  return (
    <button
      type="button"
      className={`tgl${on ? " on" : ""}${tone === undefined ? "" : ` ${tone}`}`}
      aria-pressed={on}
      onClick={onClick}
      title={title}
    >
      {icon !== undefined && <Icon name={icon} className="cc" />}
      {count !== undefined && <b>{count}</b>}
      {children}
    </button>
  );
}

/** Where a value comes from; `own` marks an override that stands in this document. */
export function Origin({ children, own = false, title }: { children: ReactNode; own?: boolean; title?: string }) {
  return (
    <span className={own ? "org ov" : "org"} title={title}>
      {children}
    </span>
  );
}
