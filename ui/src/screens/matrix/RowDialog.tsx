import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MatrixDto, MatrixEditRequest } from "../../api/dto";
import { Button } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { Field, TextInput } from "../../parts/Field";
import { ErrorState } from "../../parts/states";
import { labelOf, matchOf } from "./view";

/** A new row: which units it is about, and the gate it starts with; every other column is inherited until it is set. */
export function RowDialog({
  words,
  busy,
  error,
  onSave,
  onClose,
}: {
  words: MatrixDto["words"];
  busy: boolean;
  error: Error | null;
  onSave: (request: MatrixEditRequest) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("matrix");
  const [name, setName] = useState("");
  const [lifecycle, setLifecycle] = useState("");
  const [frequency, setFrequency] = useState("");
  const [environment, setEnvironment] = useState("");
  const [label, setLabel] = useState("");
  const [gate, setGate] = useState("");
  const labels = labelOf(label);
  const save = () => {
    const match = matchOf({ lifecycle, frequency, environment, labels: labels ?? {} });
    const value = {
      ...(name.trim() === "" ? {} : { name: name.trim() }),
      match,
      ...(gate === "" ? {} : { approval: gate }),
    };
    onSave({ op: "add", row: null, field: "", value });
  };
  const choice = (title: string, value: string, set: (next: string) => void, list: readonly string[], none: string) => (
    <Field label={title}>
      {(id) => (
        <select id={id} className="field input mono" value={value} onChange={(event) => set(event.target.value)}>
          <option value="">{none}</option>
          {list.map((word) => (
            <option key={word}>{word}</option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("add.title")}
      text={t("add.text")}
      actions={
        <Button kind="pri" disabled={busy} reason={labels === null ? t("add.badLabel") : undefined} onClick={save}>
          {t("add.do")}
        </Button>
      }
    >
      {choice(t("column.lifecycle"), lifecycle, setLifecycle, words.lifecycles, t("all"))}
      {choice(t("column.frequency"), frequency, setFrequency, words.frequencies, t("all"))}
      {choice(t("column.environment"), environment, setEnvironment, words.environments, t("all"))}
      <Field label={t("add.label")} message={labels === null ? t("add.badLabel") : undefined}>
        {(id, hint) => (
          <TextInput
            id={id}
            aria-describedby={hint}
            mono
            placeholder="team=payments"
            value={label}
            onChange={(event) => setLabel(event.target.value)}
          />
        )}
      </Field>
      {choice(t("column.gate"), gate, setGate, words.gates, t("inherited"))}
      <Field label={t("add.name")}>
        {(id) => (
          <TextInput
            id={id}
            mono
            placeholder={t("add.made")}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {error !== null && <ErrorState error={error} compact />}
    </Dialog>
  );
}
