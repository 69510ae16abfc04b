import { useEffect, useState } from "react";
import { Icon } from "../parts/Icon";
import { KeyHint } from "../parts/KeyHint";

const APPLY_AFTER_MS = 120;

/** The view's filter: `/` focuses it, Esc clears it, the address keeps it. */
export function FilterField({
  value,
  label,
  placeholder,
  onChange,
}: {
  value: string;
  label: string;
  placeholder: string;
  onChange: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), APPLY_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <label className="filter filter-field">
      <Icon name="filter" />
      <input
        data-filter
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            if (text === "") event.currentTarget.blur();
            else {
              setText("");
              onChange("");
            }
          } else if (event.key === "Enter" && !event.nativeEvent.isComposing) onChange(text);
        }}
      />
      <KeyHint keys="/" />
    </label>
  );
}
