import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AttributeDto, TypeDto } from "../../../api/dto";
import { Icon } from "../../../parts/Icon";
import { parseTyped, show } from "../values";

export interface EditorProps {
  type: TypeDto;
  value: unknown;
  /** The only values there are, where the module lists them. */
  choices?: readonly unknown[] | null;
  placeholder?: string;
  label: string;
  id?: string;
  describedBy?: string;
  invalid?: boolean;
  /** While typing: nothing is written yet. */
  onDraft: (value: unknown) => void;
  /** Enter, leaving the field, or a choice: to be written. */
  onCommit: (value: unknown) => void;
  /** What was typed can't be read as the type; null when it can again. */
  onUnreadable: (why: string | null) => void;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A map that stands for something else, inside a list or map: shown as it is written, edited as text. */
const standsFor = (value: unknown) => isMap(value) && ["output", "secret", "literal"].some((key) => key in value);

/** The control for a value of a type; lists, maps and objects hold editors of their own. */
export function ValueEditor(props: EditorProps) {
  const { type, value, choices } = props;
  if (choices !== undefined && choices !== null && choices.length > 0) return <Choice {...props} choices={choices} />;
  if (standsFor(value)) return <Line {...props} as="json" />;
  switch (type.kind) {
    case "bool":
      return typeof value === "boolean" || value === null || value === undefined ? (
        <Switch {...props} />
      ) : (
        <Line {...props} as="text" />
      );
    case "string":
      return <Line {...props} as="text" />;
    case "number":
      return <Line {...props} as={typeof value === "string" ? "text" : "number"} />;
    case "list":
    case "set":
      return Array.isArray(value) || value === undefined || value === null ? (
        <Items {...props} items={Array.isArray(value) ? value : []} />
      ) : (
        <Line {...props} as="json" />
      );
    case "map":
      return isMap(value) || value === undefined || value === null ? (
        <Entries {...props} map={isMap(value) ? value : {}} />
      ) : (
        <Line {...props} as="json" />
      );
    case "object":
      return isMap(value) || value === undefined || value === null ? (
        <Attributes {...props} map={isMap(value) ? value : {}} />
      ) : (
        <Line {...props} as="json" />
      );
    default:
      return <Line {...props} as={type.kind === "any" && typeof value === "string" ? "text" : "json"} />;
  }
}

function Line({
  as,
  value,
  id,
  describedBy,
  invalid,
  label,
  placeholder,
  onDraft,
  onCommit,
  onUnreadable,
}: EditorProps & { as: "text" | "number" | "json" }) {
  const { t } = useTranslation("inspector");
  const written = show(value);
  const [text, setText] = useState(written);
  // While a person types, the text is theirs: a draft that comes back normalised must not take a half-typed `1.` away.
  const typing = useRef<{ text: string; value: unknown } | null>(null);
  useEffect(() => {
    if (typing.current === null) setText(written);
  }, [written]);
  const read = (typed: string) => {
    const parsed = parseTyped(as, typed);
    onUnreadable(
      parsed.ok ? null : parsed.reason === "number" ? t("notNumber") : t("invalidJson", { why: parsed.why }),
    );
    return parsed;
  };
  const commit = () => {
    if (typing.current === null || text === typing.current.text) return;
    const parsed = read(text);
    if (!parsed.ok) return;
    typing.current = { text, value: parsed.value };
    onCommit(parsed.value);
  };
  return (
    <input
      id={id}
      aria-label={id === undefined ? label : undefined}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      className="mono grow bare"
      value={text}
      placeholder={placeholder}
      title={t("saveKeys")}
      inputMode={as === "number" ? "decimal" : undefined}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => {
        setText(event.target.value);
        const parsed = read(event.target.value);
        if (parsed.ok) onDraft(parsed.value);
      }}
      onFocus={() => {
        typing.current = { text, value };
      }}
      onBlur={() => {
        commit();
        typing.current = null;
      }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") {
          event.preventDefault();
          commit();
        } else if (event.key === "Escape" && typing.current !== null && text !== typing.current.text) {
          event.stopPropagation();
          setText(typing.current.text);
          onUnreadable(null);
          onDraft(typing.current.value);
        }
      }}
    />
  );
}

function Switch({ id, label, describedBy, value, placeholder, onCommit }: EditorProps) {
  const { t } = useTranslation("inspector");
  const on = value === true;
  const unset = value === undefined || value === null;
  return (
    <button
      type="button"
      role="switch"
      id={id}
      aria-label={id === undefined ? label : undefined}
      aria-describedby={describedBy}
      aria-checked={on}
      className={`switch${on ? " on" : ""}${unset ? " unset" : ""}`}
      onClick={() => onCommit(!on)}
    >
      <span className="knob" aria-hidden="true" />
      <span className="mono">{unset ? (placeholder ?? t("unset")) : String(value)}</span>
    </button>
  );
}

function Choice({
  id,
  label,
  describedBy,
  invalid,
  value,
  choices,
  placeholder,
  onCommit,
}: EditorProps & { choices: readonly unknown[] }) {
  const { t } = useTranslation("inspector");
  const at = choices.findIndex((choice) => show(choice) === show(value));
  const unset = value === undefined || value === null;
  return (
    <select
      id={id}
      aria-label={id === undefined ? label : undefined}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      className="mono grow bare"
      value={unset ? "unset" : at < 0 ? "other" : String(at)}
      onChange={(event) => {
        const chosen = choices[Number(event.target.value)];
        if (chosen !== undefined) onCommit(chosen);
      }}
    >
      {unset && <option value="unset">{placeholder ?? t("unset")}</option>}
      {!unset && at < 0 && <option value="other">{show(value)}</option>}
      {choices.map((choice, index) => (
        <option key={show(choice)} value={String(index)}>
          {show(choice)}
        </option>
      ))}
    </select>
  );
}

/** What a new item begins as; required attributes of an object are there to be filled. */
export function fresh(type: TypeDto | null | undefined): unknown {
  switch (type?.kind) {
    case "number":
      return 0;
    case "bool":
      return false;
    case "list":
    case "set":
      return [];
    case "tuple":
      return type.members.map(fresh);
    case "map":
      return {};
    case "object":
      return Object.fromEntries(type.attributes.filter((a) => a.required).map((a) => [a.name, fresh(a.type)]));
    default:
      return "";
  }
}

const anyType: TypeDto = { kind: "any", text: "any", members: [], attributes: [] };

function Items({ items, type, label, onDraft, onCommit, onUnreadable }: EditorProps & { items: unknown[] }) {
  const { t } = useTranslation("inspector");
  const of = type.items ?? anyType;
  const put = (at: number, value: unknown) => items.map((item, index) => (index === at ? value : item));
  return (
    <fieldset className="vlist">
      <legend className="vh">{label}</legend>
      {items.map((item, index) => (
        // Items of a list have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div className="vrow" key={index}>
          <div className="field holder grow">
            <ValueEditor
              type={of}
              value={item}
              label={`${label} ${index + 1}`}
              onDraft={(value) => onDraft(put(index, value))}
              onCommit={(value) => onCommit(put(index, value))}
              onUnreadable={onUnreadable}
            />
          </div>
          <Remove
            name={`${label} ${index + 1}`}
            onClick={() => onCommit(items.filter((_, other) => other !== index))}
          />
        </div>
      ))}
      <button type="button" className="btn gho add" onClick={() => onCommit([...items, fresh(of)])}>
        <Icon name="plus" /> {t("form.addItem")}
      </button>
    </fieldset>
  );
}

function Entries({
  map,
  type,
  label,
  onDraft,
  onCommit,
  onUnreadable,
}: EditorProps & { map: Record<string, unknown> }) {
  const { t } = useTranslation("inspector");
  const of = type.items ?? anyType;
  const [key, setKey] = useState("");
  const add = () => {
    const name = key.trim();
    if (name === "" || name in map) return;
    setKey("");
    onCommit({ ...map, [name]: fresh(of) });
  };
  const without = (name: string) => Object.fromEntries(Object.entries(map).filter(([other]) => other !== name));
  return (
    <fieldset className="vlist">
      <legend className="vh">{label}</legend>
      {Object.entries(map).map(([name, item]) => (
        <div className="vrow" key={name}>
          <span className="mono vkey ell" title={name}>
            {name}
          </span>
          <div className="field holder grow">
            <ValueEditor
              type={of}
              value={item}
              label={`${label} ${name}`}
              onDraft={(value) => onDraft({ ...map, [name]: value })}
              onCommit={(value) => onCommit({ ...map, [name]: value })}
              onUnreadable={onUnreadable}
            />
          </div>
          <Remove name={`${label} ${name}`} onClick={() => onCommit(without(name))} />
        </div>
      ))}
      <div className="vrow">
        <div className="field holder grow">
          <input
            className="mono grow bare"
            aria-label={t("form.newKey", { name: label })}
            placeholder={t("form.key")}
            value={key}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setKey(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.nativeEvent.isComposing) {
                event.preventDefault();
                add();
              }
            }}
          />
        </div>
        <button type="button" className="btn gho add" disabled={key.trim() === "" || key.trim() in map} onClick={add}>
          <Icon name="plus" /> {t("form.addKey")}
        </button>
      </div>
    </fieldset>
  );
}

function Attributes({
  map,
  type,
  label,
  onDraft,
  onCommit,
  onUnreadable,
}: EditorProps & { map: Record<string, unknown> }) {
  const known = new Set(type.attributes.map((a) => a.name));
  const rest = Object.keys(map)
    .filter((name) => !known.has(name))
    .map((name): AttributeDto => ({ name, type: anyType, required: false }));
  return (
    <fieldset className="vlist">
      <legend className="vh">{label}</legend>
      {[...type.attributes, ...rest].map((attribute) => (
        <div className="vrow" key={attribute.name}>
          <span className={`mono vkey ell${attribute.required ? " req" : ""}`} title={attribute.type.text}>
            {attribute.name}
          </span>
          <div className="field holder grow">
            <ValueEditor
              type={attribute.type}
              value={map[attribute.name]}
              placeholder={show(attribute.default)}
              label={`${label} ${attribute.name}`}
              onDraft={(value) => onDraft({ ...map, [attribute.name]: value })}
              onCommit={(value) => onCommit({ ...map, [attribute.name]: value })}
              onUnreadable={onUnreadable}
            />
          </div>
          {!attribute.required && attribute.name in map && (
            <Remove
              name={`${label} ${attribute.name}`}
              onClick={() =>
                onCommit(Object.fromEntries(Object.entries(map).filter(([other]) => other !== attribute.name)))
              }
            />
          )}
        </div>
      ))}
    </fieldset>
  );
}

function Remove({ name, onClick }: { name: string; onClick: () => void }) {
  const { t } = useTranslation("inspector");
  const label = t("form.remove", { name });
  return (
    <button type="button" className="mini quiet" aria-label={label} title={label} onClick={onClick}>
      <Icon name="x" size="xs" />
    </button>
  );
}
