import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActDto, AuthorResponse } from "../../../api/dto";
import { Field, TextInput } from "../../../parts/Field";
import { ActSheet } from "./ActSheet";
import { Choice } from "./Choice";
import { portOf } from "./names";

type What = "module" | "composition" | "environment";

/** Another name for a unit's module, its Composition or its Environment: references follow, nothing is destroyed. */
export function RenameSheet({
  unit,
  onDone,
  onClose,
}: {
  unit: string;
  onDone: (answer: AuthorResponse) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("author");
  const port = portOf(unit);
  const environment = unit.split("/")[0] ?? "";
  const names: Record<What, string> = { ...port, environment };
  const [what, setWhat] = useState<What>("module");
  const [typed, setTyped] = useState<string | null>(null);
  const [keepFile, setKeepFile] = useState(false);
  const to = (typed ?? names[what]).trim();
  const same = to === "" || to === names[what];
  const act = useMemo((): ActDto | null => {
    if (same) return null;
    const { composition, module } = portOf(unit);
    if (what === "module") return { op: "rename-module", module: { composition, module }, to };
    if (what === "composition") return { op: "rename-composition", composition, to, keepFile };
    return { op: "rename-environment", environment, to };
  }, [same, unit, what, to, keepFile, environment]);
  const kinds: What[] = environment === "" ? ["module", "composition"] : ["module", "composition", "environment"];
  return (
    <ActSheet
      title={t("rename.title", { name: names[what] })}
      verb={t("rename.verb")}
      act={act}
      missing={t("rename.needName")}
      onDone={onDone}
      onClose={onClose}
    >
      <Choice
        label={t("rename.what")}
        value={what}
        options={kinds.map((kind) => ({ value: kind, label: t(`rename.${kind}`, { name: names[kind] }) }))}
        onChange={(value) => {
          setWhat(kinds.find((kind) => kind === value) ?? "module");
          setTyped(null);
        }}
      />
      <Field label={t("rename.to")}>
        {(id, hint) => (
          <TextInput
            id={id}
            aria-describedby={hint}
            mono
            data-first
            value={typed ?? names[what]}
            onFocus={(event) => event.target.select()}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      {what === "composition" && (
        <label className="checks">
          <input type="checkbox" checked={keepFile} onChange={(event) => setKeepFile(event.target.checked)} />{" "}
          {t("rename.keepFile")}
        </label>
      )}
      <p className="sec t12">{t("rename.note")}</p>
    </ActSheet>
  );
}
