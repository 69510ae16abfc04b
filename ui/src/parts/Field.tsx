import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from "react";
import { Icon } from "./Icon";
import type { Tone } from "./status";

/** Label left, control right; a message under the control says what is wrong and keeps the text. */
export function Field({
  label,
  mono = false,
  message,
  tone = "bad",
  children,
  stacked = false,
}: {
  label: ReactNode;
  mono?: boolean;
  message?: ReactNode;
  tone?: Tone;
  children: (id: string, describedBy: string | undefined) => ReactNode;
  stacked?: boolean;
}) {
  const id = useId();
  const hint = message === undefined || message === null ? undefined : `${id}-hint`;
  return (
    <div className={stacked ? "fr stacked" : "fr"}>
      <label className={mono ? "mono" : undefined} htmlFor={id}>
        {label}
      </label>
      <div className="fr-control">
        {children(id, hint)}
        {hint !== undefined && (
          <p id={hint} className={`hint ${tone}`}>
            <Icon name={tone === "bad" ? "bad" : "warn"} />
            <span>{message}</span>
          </p>
        )}
      </div>
    </div>
  );
}

export function TextInput({
  mono = false,
  className,
  ...rest
}: { mono?: boolean } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <input
      type="text"
      autoComplete="off"
      spellCheck={false}
      {...rest}
      className={`field input${mono ? " mono" : ""}${className === undefined ? "" : ` ${className}`}`}
    />
  );
}

export function TextArea({ className, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <textarea rows={3} {...rest} className={`field input area${className === undefined ? "" : ` ${className}`}`} />
  );
}
