import "./form.css";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../../api/client";
import type { DiagnosticDto, EditTargetDto, FieldDto, SecretChoiceDto } from "../../../api/dto";
import { Origin } from "../../../parts/controls";
import { Field } from "../../../parts/Field";
import { Icon } from "../../../parts/Icon";
import { Why } from "../../../parts/Why";
import { same, show } from "../values";
import { OutputPicker, SecretPicker } from "./Pickers";
import { useCheck } from "./useForm";
import { ValueEditor } from "./ValueEditor";

export interface Write {
  write: (target: EditTargetDto, value: unknown) => Promise<unknown>;
  remove: (target: EditTargetDto) => Promise<unknown>;
}

const words = ["composition", "environment", "environment-module", "default", "unset"] as const;
type Word = (typeof words)[number];
const isWord = (word: string): word is Word => (words as readonly string[]).includes(word);

const worst = (found: readonly DiagnosticDto[]) => found.find((d) => d.severity === "error") ?? found[0];

/** Where an edit goes: the layer in force, or the one a person chose for an override. */
function useTarget(field: FieldDto) {
  const [chosen, setChosen] = useState<string | null>(null);
  const inForce = field.layers.find((l) => l.layer === field.origin) ?? field.layers[0];
  const target = field.layers.find((l) => l.layer === chosen) ?? inForce;
  return { target, setChosen };
}

/** One input: typed control, where its value comes from and what is below it, what could feed it, what is wrong with it. */
export function FormField({
  unit,
  field,
  secrets,
  edits,
  old,
  onSelect,
}: {
  unit: string;
  field: FieldDto;
  secrets: readonly SecretChoiceDto[];
  edits: Write;
  /** What is shown is from before the last edit: taking a value back would take another layer's. */
  old: boolean;
  onSelect: (unit: string) => void;
}) {
  const { t } = useTranslation("inspector");
  const [draft, setDraft] = useState<unknown>(field.value);
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [picker, setPicker] = useState<"output" | "secret" | null>(null);
  const { target, setChosen } = useTarget(field);
  const written = JSON.stringify(field.value ?? null);
  // Another edit, an undo or a new file: the field follows the document, not the other way round.
  useEffect(() => {
    setDraft(JSON.parse(written) ?? undefined);
    setUnreadable(null);
    setFailed(null);
  }, [written]);
  const typing = !same(draft, field.value);
  const live = useCheck(target?.edit ?? null, draft, typing && unreadable === null);
  const problem = worst(typing ? live : field.diagnostics);
  const local = unreadable ?? failed;
  const run = (work: Promise<unknown>) => {
    setFailed(null);
    setPicker(null);
    work.catch((error: unknown) =>
      setFailed(
        error instanceof ApiError && error.body.code === "edit-conflict"
          ? t("conflict")
          : error instanceof Error
            ? error.message
            : String(error),
      ),
    );
  };
  const commit = (value: unknown) => {
    setDraft(value);
    if (target !== undefined) run(edits.write(target.edit, value));
  };
  const bad = local !== null || problem?.severity === "error";
  const message =
    local !== null ? (
      local
    ) : problem === undefined ? undefined : (
      <>
        {problem.hint === "" ? problem.message : `${problem.message} ${problem.hint}`}{" "}
        {!typing && problem.file !== "" && <Why source={problem} />}
      </>
    );
  const fallback =
    field.default !== undefined && field.default !== null
      ? t("default", { value: show(field.default) })
      : (field.defaultText ?? t("unset"));
  const changed = field.was !== undefined && field.was !== null;
  const tips = [field.description, field.type.text, ...field.validations.map((v) => v.message || v.condition)];
  const compound =
    field.kind !== "reference" && field.kind !== "secret" && ["list", "set", "map", "object"].includes(field.type.kind);
  return (
    <div className="ff" data-field={field.name}>
      <Field
        mono
        label={
          <span title={tips.filter((w) => w !== "").join("\n")}>
            {field.name}
            {field.required && field.kind === "unset" && <span className="bad cc t11"> {t("required")}</span>}
          </span>
        }
        tone={bad ? "bad" : "warn"}
        message={message}
      >
        {(id, hint) => (
          <div
            className={`holder ff-value${compound ? " tall" : " field"}${changed ? " chg" : ""}${bad ? " invalid" : ""}`}
          >
            {field.kind === "reference" ? (
              <button
                type="button"
                id={id}
                aria-describedby={hint}
                className="bare grow wr"
                title={field.referenceUnit ? t("openSource", { unit: field.referenceUnit }) : undefined}
                onClick={() => field.referenceUnit && onSelect(field.referenceUnit)}
              >
                <Icon name="wire" /> <span className="mono ell">{field.reference ?? show(field.value)}</span>
              </button>
            ) : field.kind === "secret" ? (
              <output id={id} aria-describedby={hint} className="grow ell" title={t("secretNote")}>
                <Icon name="key" /> <span className="mono">{show(field.value)}</span>
              </output>
            ) : (
              <ValueEditor
                id={compound ? undefined : id}
                describedBy={hint}
                type={field.type}
                value={draft}
                choices={field.choices}
                placeholder={fallback}
                label={field.name}
                invalid={bad}
                onDraft={setDraft}
                onCommit={commit}
                onUnreadable={setUnreadable}
              />
            )}
            <span className="ff-acts">
              <Act
                on={picker === "output"}
                icon="wire"
                label={t("form.pickOutput", { name: field.name })}
                onClick={() => setPicker(picker === "output" ? null : "output")}
              />
              <Act
                on={picker === "secret"}
                icon="key"
                label={t("form.pickSecret", { name: field.name })}
                onClick={() => setPicker(picker === "secret" ? null : "secret")}
              />
            </span>
          </div>
        )}
      </Field>
      {picker === "output" && <OutputPicker unit={unit} input={field.name} onPick={commit} />}
      {picker === "secret" && <SecretPicker input={field.name} secrets={secrets} onPick={commit} />}
      <Layers
        field={field}
        chosen={target?.layer}
        old={old}
        onChoose={setChosen}
        onReset={(edit) => run(edits.remove(edit))}
      />
    </div>
  );
}

function Act({ on, icon, label, onClick }: { on: boolean; icon: "wire" | "key"; label: string; onClick: () => void }) {
  return (
    <button
      type="button"
      className="mini quiet"
      aria-pressed={on}
      aria-expanded={on}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} size="xs" />
    </button>
  );
}

/** Which layer the value is from, where an edit goes, and what taking it back gives. */
function Layers({
  field,
  chosen,
  old,
  onChoose,
  onReset,
}: {
  field: FieldDto;
  chosen: string | undefined;
  old: boolean;
  onChoose: (layer: string) => void;
  onReset: (edit: EditTargetDto) => void;
}) {
  const { t } = useTranslation("inspector");
  const name = (word: string) => (isWord(word) ? t(`form.layer.${word}`) : word);
  const { reset } = field;
  const value = reset?.value === undefined || reset.value === null ? name(reset?.to ?? "unset") : show(reset.value);
  return (
    <div className="ff-layers mut t11">
      <Origin own={field.origin !== "default" && field.origin !== "composition"}>{name(field.origin)}</Origin>
      {reset && (
        <button
          type="button"
          className="lnk"
          title={name(reset.to)}
          aria-disabled={old}
          onClick={() => old || onReset(reset.edit)}
        >
          {t("form.resetTo", { value })}
        </button>
      )}
      {field.layers.length > 1 && (
        <label className="ff-where">
          <span className="vh">{t("form.where", { name: field.name })}</span>
          <select value={chosen} onChange={(event) => onChoose(event.target.value)}>
            {field.layers.map((layer) => (
              <option key={layer.layer} value={layer.layer}>
                {t("form.writeTo", { layer: name(layer.layer) })}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
