import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActDto, AuthorResponse } from "../../../api/dto";
import { ActSheet } from "./ActSheet";
import { Choice } from "./Choice";
import { modulesOf, sharedComposition, together } from "./modules";

/** Takes modules, or their whole Composition, out of the documents. Nothing is destroyed here: removals need consent. */
export function DeleteSheet({
  units,
  onDone,
  onClose,
}: {
  units: string[];
  onDone: (answer: AuthorResponse) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("author");
  const modules = useMemo(() => modulesOf(units), [units]);
  const composition = sharedComposition(modules);
  const [whole, setWhole] = useState(false);
  const act = useMemo(
    (): ActDto | null =>
      whole && composition !== null
        ? { op: "delete-composition", composition }
        : together(modules.map((module) => ({ op: "delete-module", module }))),
    [whole, composition, modules],
  );
  const names = modules.map((m) => `${m.composition}/${m.module}`);
  const these = t("delete.modules", { count: modules.length, name: names[0] ?? "" });
  return (
    <ActSheet
      grave
      title={whole ? t("delete.title", { name: composition ?? "" }) : t("delete.title", { name: these })}
      verb={t("delete.verb")}
      act={act}
      onDone={onDone}
      onClose={onClose}
    >
      {composition !== null && (
        <Choice
          label={t("delete.what")}
          value={whole ? "composition" : "modules"}
          options={[
            { value: "modules", label: these },
            { value: "composition", label: t("delete.composition", { name: composition }) },
          ]}
          onChange={(value) => setWhole(value === "composition")}
        />
      )}
    </ActSheet>
  );
}
