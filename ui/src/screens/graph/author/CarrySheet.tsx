import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActDto, AuthorResponse } from "../../../api/dto";
import { Field, TextInput } from "../../../parts/Field";
import { ActSheet } from "./ActSheet";
import { Choice } from "./Choice";
import { modulesOf, sharedComposition, together } from "./modules";

/** Modules to another Composition, or copies of them into one or in place. */
export function CarrySheet({
  way,
  units,
  into,
  compositions,
  onDone,
  onClose,
}: {
  way: "move" | "copy";
  units: string[];
  /** Composition the sheet starts with. */
  into: string | undefined;
  compositions: string[];
  onDone: (answer: AuthorResponse) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("author");
  const modules = useMemo(() => modulesOf(units), [units]);
  const own = sharedComposition(modules);
  const [to, setTo] = useState(into ?? "");
  const [name, setName] = useState("");
  const only = modules.length === 1;
  const act = useMemo((): ActDto | null => {
    if (way === "copy") {
      const wanted = only && name.trim() !== "" ? name.trim() : null;
      return together(
        modules.map((module) => ({ op: "copy-module", module, to: to === "" ? null : to, name: wanted })),
      );
    }
    // What is there already has no way to go.
    return to === ""
      ? null
      : together(modules.filter((m) => m.composition !== to).map((module) => ({ op: "move-module", module, to })));
  }, [way, modules, only, to, name]);
  const first = modules[0];
  const what = only && first !== undefined ? `${first.composition}/${first.module}` : undefined;
  const title =
    what === undefined
      ? t(`carry.${way}.titleMany`, { count: modules.length })
      : t(`carry.${way}.title`, { name: what });
  const choices = way === "move" ? compositions.filter((c) => c !== own) : compositions;
  return (
    <ActSheet
      title={title}
      verb={t(`carry.${way}.verb`)}
      act={act}
      missing={t("carry.move.needComposition")}
      onDone={onDone}
      onClose={onClose}
    >
      <Choice
        label={t("carry.move.to")}
        mono
        value={to}
        empty={way === "copy" ? t("carry.copy.inPlace") : t("choose")}
        options={choices.map((c) => ({ value: c, label: c }))}
        onChange={setTo}
      />
      {way === "copy" && only && (
        <Field label={t("carry.copy.name")}>
          {(id, hint) => (
            <TextInput
              id={id}
              aria-describedby={hint}
              mono
              placeholder={t("carry.copy.firstFree")}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      )}
    </ActSheet>
  );
}
