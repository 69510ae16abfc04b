import { Field } from "../../../parts/Field";

/** A list to choose one from, with its label. */
export function Choice({
  label,
  value,
  options,
  empty,
  mono = false,
  onChange,
}: {
  label: string;
  value: string;
  options: readonly { value: string; label: string; reason?: string }[];
  /** Word for nothing chosen; without it something always is. */
  empty?: string;
  mono?: boolean;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label}>
      {(id) => (
        <select
          id={id}
          className={mono ? "field input mono" : "field input"}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {empty !== undefined && <option value="">{empty}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.reason !== undefined}>
              {option.reason === undefined ? option.label : `${option.label} – ${option.reason}`}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
