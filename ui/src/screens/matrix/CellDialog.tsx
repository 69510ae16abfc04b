import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MatrixDto, MatrixEditRequest, MatrixRowDto } from "../../api/dto";
import { Button } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { Field, TextInput } from "../../parts/Field";
import { ErrorState } from "../../parts/states";
import { choicesOf, type Entry, entryOf, isSeveral, keyOf, toggled, type ValueColumn, written } from "./view";

export interface CellDialogProps {
  row: MatrixRowDto;
  column: ValueColumn;
  words: MatrixDto["words"];
  busy: boolean;
  error: Error | null;
  onSave: (request: MatrixEditRequest) => void;
  onClose: () => void;
}

/**
 * One value of one row. A built-in row is not edited: choosing a value there adds a row of the workspace's own that
 * overrides it for the same lifecycle.
 */
export function CellDialog({ row, column, words, busy, error, onSave, onClose }: CellDialogProps) {
  const { t } = useTranslation("matrix");
  const [entry, setEntry] = useState<Entry>(() => entryOf(row, column));
  const [environment, setEnvironment] = useState("");
  const key = keyOf(column) ?? "";
  const value = written(column, entry);
  const same = JSON.stringify(value) === JSON.stringify(written(column, entryOf(row, column)));
  const save = () => {
    if (row.row) onSave({ op: value === null ? "inherit" : "set", row: row.row, field: key, value });
    else {
      const match = { lifecycle: row.lifecycle[0], ...(environment === "" ? {} : { environment }) };
      onSave({ op: "add", row: null, field: "", value: { match, [key]: value } });
    }
  };
  const reason = row.builtIn && value === null ? t("edit.choose") : same ? t("edit.same") : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("edit.title", { column: t(`column.${column}`), row: row.name })}
      text={row.builtIn ? t("edit.overrides", { lifecycle: row.lifecycle.join(", ") }) : undefined}
      actions={
        <>
          {row.row && entryOf(row, column).words.length + entryOf(row, column).interval.length > 0 && (
            <Button
              icon="undo"
              disabled={busy}
              onClick={() => row.row && onSave({ op: "inherit", row: row.row, field: key, value: null })}
            >
              {t("edit.inherit")}
            </Button>
          )}
          <Button kind="pri" reason={reason} disabled={busy} onClick={save}>
            {row.builtIn ? t("edit.add") : t("edit.set")}
          </Button>
        </>
      }
    >
      <fieldset className="mx-choices">
        <legend className="t12 sec m">
          {t(column === "engine" ? "edit.ordered" : isSeveral(column) ? "edit.several" : "edit.one")}
        </legend>
        {choicesOf(column, words).map((word) => (
          <label key={word}>
            <input
              type={isSeveral(column) ? "checkbox" : "radio"}
              name="mx-choice"
              checked={entry.words.includes(word)}
              onChange={() => setEntry({ ...entry, words: toggled(column, entry.words, word) })}
            />
            <span className="mono">{word}</span>
            {column === "engine" && entry.words.includes(word) && (
              <span className="mut num">{entry.words.indexOf(word) + 1}</span>
            )}
          </label>
        ))}
        {choicesOf(column, words).length === 0 && <p className="mut">{t("edit.nothing")}</p>}
      </fieldset>
      {column === "reconcile" && (
        <Field label={t("edit.interval")} stacked>
          {(id, hint) => (
            <TextInput
              id={id}
              aria-describedby={hint}
              mono
              placeholder="30m"
              value={entry.interval}
              onChange={(event) => setEntry({ ...entry, interval: event.target.value })}
            />
          )}
        </Field>
      )}
      {row.builtIn && (
        <Field label={t("edit.environment")} stacked>
          {(id) => (
            <select
              id={id}
              className="field input mono"
              value={environment}
              onChange={(event) => setEnvironment(event.target.value)}
            >
              <option value="">{t("all")}</option>
              {words.environments.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      {error !== null && <ErrorState error={error} compact />}
    </Dialog>
  );
}
