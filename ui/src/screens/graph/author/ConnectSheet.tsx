import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AuthorResponse } from "../../../api/dto";
import type { GraphUnit } from "../useGraph";
import { ActSheet } from "./ActSheet";
import { tie } from "./acts";
import { Choice } from "./Choice";

interface ConnectProps {
  units: GraphUnit[];
  start: { from?: string; to?: string };
  onDone: (answer: AuthorResponse) => void;
  onClose: () => void;
}

/** An output into an input, or only the order between two units. */
export function ConnectSheet({ units, start, onDone, onClose }: ConnectProps) {
  const { t } = useTranslation("author");
  const [from, setFrom] = useState(start.from ?? "");
  const [to, setTo] = useState(start.to ?? "");
  const byId = useMemo(() => new Map(units.map((unit) => [unit.id, unit])), [units]);
  const upstream = byId.get(from);
  const downstream = byId.get(to);
  const outputs = upstream?.outputs ?? [];
  const inputs = downstream?.inputs ?? [];
  const [output, setOutput] = useState<string | null>(null);
  const [input, setInput] = useState<string | null>(null);
  // The same name on both ends is what a person means most often.
  const shared = outputs.find((o) => inputs.includes(o)) ?? "";
  const out = output ?? shared;
  const into = input ?? shared;
  const [orderOnly, setOrderOnly] = useState(false);
  const ends = from !== "" && to !== "" && from !== to;
  const act = useMemo(() => {
    if (!ends) return null;
    if (orderOnly) return tie(from, to, null);
    return out === "" || into === "" ? null : tie(from, to, { output: out, input: into });
  }, [ends, orderOnly, from, to, out, into]);
  const choices = units.map((unit) => ({ value: unit.id, label: unit.id }));
  return (
    <ActSheet
      title={t("connect.title")}
      verb={t("connect.verb")}
      act={act}
      missing={ends ? t("connect.needPorts") : t("connect.needEnds")}
      onDone={onDone}
      onClose={onClose}
    >
      <Choice label={t("connect.from")} mono value={from} empty={t("choose")} options={choices} onChange={setFrom} />
      {!orderOnly && (
        <Choice
          label={t("connect.output")}
          mono
          value={out}
          empty={t("choose")}
          options={outputs.map((o) => ({ value: o, label: o }))}
          onChange={setOutput}
        />
      )}
      <Choice
        label={t("connect.to")}
        mono
        value={to}
        empty={t("choose")}
        options={choices.filter((c) => c.value !== from)}
        onChange={setTo}
      />
      {!orderOnly && (
        <Choice
          label={t("connect.input")}
          mono
          value={into}
          empty={t("choose")}
          options={inputs.map((i) => ({ value: i, label: i }))}
          onChange={setInput}
        />
      )}
      <label className="checks">
        <input type="checkbox" checked={orderOnly} onChange={(e) => setOrderOnly(e.target.checked)} />{" "}
        {t("connect.orderOnly")}
      </label>
    </ActSheet>
  );
}
