import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import type { InputDto } from "../../api/dto";
import { Origin } from "../../parts/controls";
import { Field } from "../../parts/Field";
import { Icon } from "../../parts/Icon";
import { Why } from "../../parts/Why";
import { isOrigin } from "./origin";
import { controlOf, parseTyped, same, show } from "./values";

export interface InputFieldProps {
  input: InputDto;
  onWrite: (value: unknown) => Promise<unknown>;
  onRemove: () => Promise<unknown>;
  onSelect: (unit: string) => void;
}

function useMessage(input: InputDto, local: string | null) {
  const first = input.diagnostics.find((d) => d.severity === "error") ?? input.diagnostics[0];
  if (local !== null) return { text: local, tone: "bad" as const, place: null };
  if (first === undefined) return null;
  return {
    text: first.hint === "" ? first.message : `${first.message}. ${first.hint}`,
    tone: first.severity === "error" ? ("bad" as const) : ("warn" as const),
    place: first,
  };
}

/** One input: its value as written, where it comes from, what it was before this draft. */
export function InputField(props: InputFieldProps) {
  const { input } = props;
  const { t } = useTranslation("inspector");
  const [local, setLocal] = useState<string | null>(null);
  const message = useMessage(input, local);
  const label = (
    <span title={[input.description, input.typeText].filter((w) => w !== "").join("\n")}>
      {input.name}
      {input.required && input.kind === "unset" && <span className="bad cc t11"> {t("required")}</span>}
    </span>
  );
  return (
    <Field
      mono
      label={label}
      tone={message?.tone}
      message={
        message === null ? undefined : (
          <>
            {message.text} {message.place !== null && message.place.file !== "" && <Why source={message.place} />}
          </>
        )
      }
    >
      {(id, hint) =>
        input.kind === "reference" ? (
          <Wired {...props} id={id} hint={hint} />
        ) : input.kind === "secret" ? (
          <Secret {...props} id={id} hint={hint} />
        ) : (
          <Literal {...props} id={id} hint={hint} invalid={message?.tone === "bad"} onLocal={setLocal} />
        )
      }
    </Field>
  );
}

interface InnerProps extends InputFieldProps {
  id: string;
  hint: string | undefined;
}

function Wired({ input, id, hint, onSelect }: InnerProps) {
  const { t } = useTranslation("inspector");
  const unit = input.referenceUnit ?? null;
  return (
    <button
      type="button"
      id={id}
      aria-describedby={hint}
      className="field inh wr"
      title={unit === null ? undefined : t("openSource", { unit })}
      onClick={() => unit !== null && onSelect(unit)}
    >
      <Icon name="wire" />
      <span className="mono grow ell">{input.reference ?? show(input.value)}</span>
      <OriginChip origin={input.origin} />
    </button>
  );
}

function Secret({ input, id, hint }: InnerProps) {
  const { t } = useTranslation("inspector");
  return (
    <output id={id} aria-describedby={hint} className="field inh" title={t("secretNote")}>
      <Icon name="key" />
      <span className="mono grow ell">{show(input.value)}</span>
      <OriginChip origin={input.origin} />
    </output>
  );
}

export function OriginChip({ origin, own = false }: { origin: string; own?: boolean }) {
  const { t } = useTranslation("inspector");
  if (origin === "module" || origin === "") return null;
  return <Origin own={own}>{isOrigin(origin) ? t(`origin.${origin}`) : origin}</Origin>;
}

function Literal({
  input,
  id,
  hint,
  invalid,
  onWrite,
  onRemove,
  onLocal,
}: InnerProps & { invalid: boolean; onLocal: (message: string | null) => void }) {
  const { t } = useTranslation("inspector");
  const written = input.kind === "unset" ? "" : show(input.value);
  const [text, setText] = useState(written);
  const control = controlOf(input);
  // Another edit, an undo or a new file: the field follows the document, not the other way round.
  useEffect(() => {
    setText(written);
    onLocal(null);
  }, [written, onLocal]);
  const changed = input.was !== undefined && input.was !== null ? !same(input.was, input.value) : false;
  const write = (value: unknown) => {
    onLocal(null);
    onWrite(value).catch((error: unknown) =>
      onLocal(
        error instanceof ApiError && error.body.code === "edit-conflict"
          ? t("conflict")
          : error instanceof Error
            ? error.message
            : String(error),
      ),
    );
  };
  const save = () => {
    if (text === written) return;
    const parsed = parseTyped(control, text);
    if (!parsed.ok) onLocal(parsed.reason === "number" ? t("notNumber") : t("invalidJson", { why: parsed.why }));
    else write(parsed.value);
  };
  const inherited = !changed && input.origin !== "module";
  const classes = `field${changed ? " chg" : inherited ? " inh" : ""}${invalid ? " invalid" : ""}`;
  const unset = input.kind === "unset";
  const fallback =
    input.default === undefined || input.default === null ? t("unset") : t("default", { value: show(input.default) });
  return (
    <span className={`${classes} holder`}>
      {control === "boolean" ? (
        <select
          id={id}
          aria-describedby={hint}
          className="mono grow bare"
          value={unset ? "" : written}
          onChange={(event) => event.target.value !== "" && write(event.target.value === "true")}
        >
          {unset && <option value="">{fallback}</option>}
          <option value="true">true</option>
          <option value="false">false</option>
        </select>
      ) : (
        <input
          id={id}
          aria-describedby={hint}
          aria-invalid={invalid || undefined}
          className="mono grow bare"
          value={text}
          placeholder={fallback}
          title={t("saveKeys")}
          inputMode={control === "number" ? "decimal" : undefined}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
          onBlur={save}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === "Enter") {
              event.preventDefault();
              save();
            } else if (event.key === "Escape" && text !== written) {
              event.stopPropagation();
              setText(written);
              onLocal(null);
            }
          }}
        />
      )}
      {changed ? (
        <>
          <span className="was mono ell">{t("was", { value: show(input.was) })}</span>
          <button
            type="button"
            className="mini"
            aria-label={t("undoEdit", { value: show(input.was) })}
            title={t("undoEdit", { value: show(input.was) })}
            onClick={() => write(input.was)}
          >
            <Icon name="undo" />
          </button>
        </>
      ) : (
        <>
          <OriginChip origin={unset ? "" : input.origin} />
          {!unset && !input.required && input.origin === "module" && (
            <button
              type="button"
              className="mini quiet"
              aria-label={`${t("reset")}: ${input.name}`}
              title={t("reset")}
              onClick={() =>
                void onRemove().catch((error: unknown) =>
                  onLocal(error instanceof Error ? error.message : String(error)),
                )
              }
            >
              <Icon name="x" size="xs" />
            </button>
          )}
        </>
      )}
    </span>
  );
}
