import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActDto, AuthorResponse } from "../../../api/dto";
import { Field, TextInput } from "../../../parts/Field";
import { ActSheet } from "./ActSheet";
import { Choice } from "./Choice";

interface AssembleProps {
  compositions: string[];
  environments: string[];
  environment: string | undefined;
  start: { composition?: string };
  onDone: (answer: AuthorResponse) => void;
  onClose: () => void;
}

/** A Composition into an Environment, an existing or a new one, or out of it. */
export function AssembleSheet({ compositions, environments, environment, start, onDone, onClose }: AssembleProps) {
  const { t } = useTranslation("author");
  const [composition, setComposition] = useState(start.composition ?? "");
  const [into, setInto] = useState(environment ?? "");
  const [name, setName] = useState("");
  const [out, setOut] = useState(false);
  const act = useMemo((): ActDto | null => {
    if (into === "") {
      const compositions = composition === "" ? [] : [composition];
      return name === "" ? null : { op: "new-environment", name, compositions };
    }
    if (composition === "") return null;
    return { op: out ? "disassemble" : "assemble", composition, environment: into };
  }, [into, composition, name, out]);
  return (
    <ActSheet
      title={t("assemble.title")}
      verb={out && into !== "" ? t("assemble.takeOut") : t("assemble.verb")}
      act={act}
      missing={into === "" ? t("assemble.needName") : t("assemble.needComposition")}
      onDone={onDone}
      onClose={onClose}
    >
      <Choice
        label={t("assemble.composition")}
        mono
        value={composition}
        empty={t("choose")}
        options={compositions.map((c) => ({ value: c, label: c }))}
        onChange={setComposition}
      />
      <Choice
        label={t("assemble.environment")}
        mono
        value={into}
        empty={t("assemble.newEnvironment")}
        options={environments.map((e) => ({ value: e, label: e }))}
        onChange={setInto}
      />
      {into === "" ? (
        <Field label={t("assemble.name")}>
          {(id, hint) => (
            <TextInput id={id} aria-describedby={hint} mono value={name} onChange={(e) => setName(e.target.value)} />
          )}
        </Field>
      ) : (
        <label className="checks">
          <input type="checkbox" checked={out} onChange={(e) => setOut(e.target.checked)} /> {t("assemble.out")}
        </label>
      )}
      {out && into !== "" && <p className="hint warn">{t("assemble.removalNote")}</p>}
    </ActSheet>
  );
}
