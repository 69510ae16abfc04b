import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActDto, AuthorResponse, ModuleCardDto } from "../../../api/dto";
import { Field, TextInput } from "../../../parts/Field";
import { type Layer, layers } from "../../../parts/marks";
import { ActSheet } from "./ActSheet";
import { nameFor } from "./acts";
import { Choice } from "./Choice";

interface AddProps {
  modules: ModuleCardDto[];
  compositions: string[];
  environments: string[];
  environment: string | undefined;
  start: { reference?: string; composition?: string; layer?: Layer };
  onDone: (answer: AuthorResponse) => void;
  onClose: () => void;
}

/** A module into a Composition, or with a Composition of its own. */
export function AddSheet({ modules, compositions, environments, environment, start, onDone, onClose }: AddProps) {
  const { t } = useTranslation("author");
  const [reference, setReference] = useState(start.reference ?? "");
  const [composition, setComposition] = useState(start.composition ?? "");
  const [layer, setLayer] = useState<Layer>(start.layer ?? "Foundation");
  const [name, setName] = useState<string | null>(null);
  const [moduleName, setModuleName] = useState("");
  const [ticked, setTicked] = useState<ReadonlySet<string> | null>(null);
  // Until a person ticks otherwise; an Environment made a moment ago may come after the sheet was opened.
  const assembled = useMemo(
    () => ticked ?? new Set(environment === undefined ? environments.slice(0, 1) : [environment]),
    [ticked, environment, environments],
  );
  const own = name ?? nameFor(reference);
  const act = useMemo((): ActDto | null => {
    if (reference === "") return null;
    const module = { ref: reference, ...(moduleName === "" ? {} : { name: moduleName }) };
    if (composition !== "") return { op: "add-module", composition, module };
    if (own === "") return null;
    const ttl = layer === "Ephemeral" ? { ttl: "3d" } : {};
    return {
      op: "new-composition",
      name: own,
      lifecycle: layer,
      modules: [module],
      environments: environments.filter((e) => assembled.has(e)),
      ...ttl,
    };
  }, [reference, composition, own, layer, moduleName, environments, assembled]);
  const toggle = (environment: string) => {
    const next = new Set(assembled);
    if (!next.delete(environment)) next.add(environment);
    setTicked(next);
  };
  return (
    <ActSheet
      title={t("add.title")}
      verb={t("add.verb")}
      act={act}
      missing={reference === "" ? t("add.needModule") : t("add.needName")}
      onDone={onDone}
      onClose={onClose}
    >
      <Choice
        label={t("add.module")}
        mono
        value={reference}
        empty={t("choose")}
        options={modules.map((card) => ({
          value: card.ref,
          label: card.ref,
          ...(card.broken ? { reason: t("add.broken") } : {}),
        }))}
        onChange={setReference}
      />
      <Choice
        label={t("add.into")}
        mono
        value={composition}
        empty={t("add.newComposition")}
        options={compositions.map((c) => ({ value: c, label: c }))}
        onChange={setComposition}
      />
      {composition === "" && (
        <>
          <Field label={t("add.name")}>
            {(id, hint) => (
              <TextInput
                id={id}
                aria-describedby={hint}
                mono
                // The module is chosen already, and in a list Enter would open it: here Enter means the verb.
                data-first={start.reference === undefined ? undefined : true}
                value={own}
                onChange={(e) => setName(e.target.value)}
              />
            )}
          </Field>
          <Choice
            label={t("add.lifecycle")}
            value={layer}
            options={layers.map((l) => ({ value: l, label: l }))}
            onChange={(value) => setLayer(layers.find((l) => l === value) ?? layer)}
          />
          {environments.length > 0 && (
            <fieldset className="checks">
              <legend>{t("add.assembled")}</legend>
              {environments.map((e) => (
                <label key={e} className="mono">
                  <input type="checkbox" checked={assembled.has(e)} onChange={() => toggle(e)} /> {e}
                </label>
              ))}
            </fieldset>
          )}
        </>
      )}
      <Field label={t("add.moduleName")}>
        {(id, hint) => (
          <TextInput
            id={id}
            aria-describedby={hint}
            mono
            placeholder={t("add.defaultName")}
            value={moduleName}
            onChange={(e) => setModuleName(e.target.value)}
          />
        )}
      </Field>
    </ActSheet>
  );
}
