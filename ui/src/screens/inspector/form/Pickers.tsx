import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SecretChoiceDto } from "../../../api/dto";
import { Icon } from "../../../parts/Icon";
import { useOffers, useSettled } from "./useForm";

/** Outputs that could feed an input; what cannot is shown with the reason. */
export function OutputPicker({
  unit,
  input,
  onPick,
}: {
  unit: string;
  input: string;
  onPick: (reference: unknown) => void;
}) {
  const { t } = useTranslation("inspector");
  const [words, setWords] = useState("");
  const offers = useOffers(unit, input, useSettled(words, 150), true);
  const list = offers.data?.offers ?? [];
  return (
    <fieldset className="picker">
      <legend className="vh">{t("form.pickOutput", { name: input })}</legend>
      <Search label={t("form.searchOutputs")} value={words} onChange={setWords} />
      <ul className="picks">
        {list.map((offer) => (
          <li key={`${offer.unit} ${offer.output}`}>
            <button
              type="button"
              className="pick"
              disabled={offer.refused !== ""}
              title={offer.refused === "" ? offer.description : offer.refused}
              onClick={() => onPick(offer.reference)}
            >
              <Icon name={offer.sensitive ? "key" : "wire"} />
              <span className="mono grow ell">
                {offer.unit} · {offer.output}
              </span>
              <span className="mut t11 ell">{offer.refused === "" ? offer.typeText : offer.refused}</span>
            </button>
          </li>
        ))}
      </ul>
      {offers.isSuccess && list.length === 0 && <p className="mut t12">{t("form.noOutputs")}</p>}
      {offers.data !== undefined && offers.data.total > list.length && (
        <p className="mut t12">{t("form.moreOutputs", { count: offers.data.total - list.length })}</p>
      )}
    </fieldset>
  );
}

/** Secrets by reference: those the workspace names, or another one typed in. Values are never asked for. */
export function SecretPicker({
  input,
  secrets,
  onPick,
}: {
  input: string;
  secrets: readonly SecretChoiceDto[];
  onPick: (value: unknown) => void;
}) {
  const { t } = useTranslation("inspector");
  const [text, setText] = useState("");
  const shown = secrets.filter((s) => s.reference.includes(text.trim()));
  const typed = text.trim();
  return (
    <fieldset className="picker">
      <legend className="vh">{t("form.pickSecret", { name: input })}</legend>
      <Search
        label={t("form.secretReference")}
        value={text}
        onChange={setText}
        onEnter={() => typed !== "" && onPick({ secret: typed })}
      />
      <p className="mut t12">{t("secretNote")}</p>
      <ul className="picks">
        {shown.map((secret) => (
          <li key={secret.reference}>
            <button type="button" className="pick" onClick={() => onPick({ secret: secret.reference })}>
              <Icon name="key" />
              <span className="mono grow ell">{secret.reference}</span>
              <span className="mut t11">{t("form.usedBy", { count: secret.units })}</span>
            </button>
          </li>
        ))}
        {typed !== "" && !shown.some((s) => s.reference === typed) && (
          <li>
            <button type="button" className="pick" onClick={() => onPick({ secret: typed })}>
              <Icon name="plus" />
              <span className="mono grow ell">{typed}</span>
            </button>
          </li>
        )}
      </ul>
    </fieldset>
  );
}

function Search({
  label,
  value,
  onChange,
  onEnter,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onEnter?: () => void;
}) {
  return (
    <span className="field holder">
      <Icon name="search" />
      <input
        className="grow bare"
        aria-label={label}
        placeholder={label}
        value={value}
        spellCheck={false}
        autoComplete="off"
        // The picker was opened for this field.
        // biome-ignore lint/a11y/noAutofocus: see above
        autoFocus
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.nativeEvent.isComposing) {
            event.preventDefault();
            onEnter?.();
          }
        }}
      />
    </span>
  );
}
