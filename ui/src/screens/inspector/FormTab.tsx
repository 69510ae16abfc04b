import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type {
  EditRequest,
  EditTargetDto,
  EngineChoiceDto,
  InputDto,
  PolicyFieldDto,
  UnitDetailDto,
} from "../../api/dto";
import { Icon } from "../../parts/Icon";
import { FormField, type Write } from "./form/FormField";
import { useForm } from "./form/useForm";
import { InputField, OriginChip } from "./InputField";
import { useEdit } from "./useUnit";
import { same } from "./values";

type Ordered = Pick<InputDto, "was" | "value" | "diagnostics">;

function changed(input: Ordered): boolean {
  return input.was !== undefined && input.was !== null && !same(input.was, input.value);
}

/** Changed inputs first, then those with something to say, then the module's own order. */
export function orderInputs<T extends Ordered>(inputs: readonly T[]): T[] {
  const rank = (input: T) => (changed(input) ? 0 : input.diagnostics.length > 0 ? 1 : 2);
  return inputs
    .map((input, i) => ({ input, i }))
    .sort((a, b) => rank(a.input) - rank(b.input) || a.i - b.i)
    .map(({ input }) => input);
}

function useWrite() {
  const edit = useEdit();
  const [ended, setEnded] = useState(0);
  const send = (request: EditRequest) => edit.mutateAsync(request).finally(() => setEnded(Date.now()));
  const at = ({ file, document, pointer, digest }: EditTargetDto) => ({ file, document, pointer, baseDigest: digest });
  return {
    /** An edit is under way, and when the last one ended. */
    pending: edit.isPending,
    ended,
    write: (target: EditTargetDto, value: unknown) => send({ ...at(target), value, remove: false }),
    remove: (target: EditTargetDto) => send({ ...at(target), remove: true }),
  };
}

function PolicyRow({
  field,
  engines,
  write,
  remove,
}: { field: PolicyFieldDto; engines?: readonly EngineChoiceDto[] } & Write) {
  const { t } = useTranslation("inspector");
  const id = useId();
  const [error, setError] = useState<string | null>(null);
  const own = field.value ?? "";
  const possible = (choice: string) =>
    field.field !== "engine" || choice === own || engines?.find((e) => e.engine === choice)?.possible !== false;
  const save = (value: string) => {
    setError(null);
    const done = value === "" ? remove(field.edit) : write(field.edit, value);
    done.catch((reason: unknown) => setError(reason instanceof Error ? reason.message : String(reason)));
  };
  return (
    <div className="fr">
      <label className="mono" htmlFor={id}>
        {field.field}
      </label>
      <div className="fr-control">
        <span className={`field holder${own === "" ? " inh" : ""}`}>
          <select id={id} className="mono grow bare" value={own} onChange={(event) => save(event.target.value)}>
            <option value="">
              {own === "" ? field.effective || t("route.none") : t("choose", { value: t("reset") })}
            </option>
            {field.choices.map((choice) => (
              <option key={choice} value={choice} disabled={!possible(choice)}>
                {possible(choice) ? choice : t("form.notPossible", { engine: choice })}
              </option>
            ))}
          </select>
          {own === "" && <OriginChip origin={field.origin} />}
        </span>
        {error !== null && (
          <p className="hint bad" role="alert">
            <Icon name="bad" />
            <span>{error}</span>
          </p>
        )}
      </div>
    </div>
  );
}

/** Inputs and policies as a form over the text: every save is one edit of one value in the document. */
export function FormTab({ unit, onSelect }: { unit: UnitDetailDto; onSelect: (id: string) => void }) {
  const { t } = useTranslation("inspector");
  const edits = useWrite();
  const form = useForm(unit.node?.id ?? null);
  const fields = form.data?.fields;
  // Between an edit and the form that knows of it, layers and resets on screen are those of the text before.
  const old = edits.pending || (form.isFetching && form.dataUpdatedAt <= edits.ended);
  return (
    <>
      <div className="form">
        {(fields ?? unit.inputs).length === 0 && <p className="mut">{t("noInputs")}</p>}
        {fields !== undefined
          ? orderInputs(fields).map((field) => (
              <FormField
                key={field.name}
                unit={form.data?.unit ?? ""}
                field={field}
                secrets={form.data?.secrets ?? []}
                edits={edits}
                old={old}
                onSelect={onSelect}
              />
            ))
          : !form.isLoading &&
            orderInputs(unit.inputs).map((input) => (
              <InputField
                key={input.name}
                input={input}
                onSelect={onSelect}
                onWrite={(value) => edits.write(input.edit, value)}
                onRemove={() => edits.remove(input.edit)}
              />
            ))}
      </div>
      {unit.policies.length > 0 && (
        <>
          <div className="sec-h">
            <h3>{t("policies")}</h3>
          </div>
          <div className="form">
            {unit.policies.map((field) => (
              <PolicyRow key={field.field} field={field} engines={form.data?.engines} {...edits} />
            ))}
          </div>
        </>
      )}
    </>
  );
}
