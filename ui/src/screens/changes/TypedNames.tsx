import { useTranslation } from "react-i18next";
import type { ChangeUnitDto } from "../../api/dto";
import { Field, TextInput } from "../../parts/Field";
import { nameOf } from "./read";

export type Typed = Readonly<Record<string, string>>;

export function allTyped(units: readonly ChangeUnitDto[], typed: Typed): boolean {
  return units.every((unit) => typed[unit.id]?.trim() === nameOf(unit.id));
}

/** Names typed by hand for what will not come back: one field per unit, so that none is agreed to unread. */
export function TypedNames({
  units,
  typed,
  onType,
}: {
  units: readonly ChangeUnitDto[];
  typed: Typed;
  onType: (typed: Typed) => void;
}) {
  const { t } = useTranslation("changes");
  if (units.length === 0) return null;
  return (
    <div className="cr-typed">
      <p className="bad cc m">{t("typed.title", { count: units.length })}</p>
      {units.map((unit) => (
        <Field
          key={unit.id}
          stacked
          label={
            <>
              {t(unit.removal ? "typed.removal" : "typed.deletes", {
                id: unit.id,
                count: unit.plan?.counts.delete ?? 0,
              })}{" "}
              <span className="mono b">{nameOf(unit.id)}</span>
            </>
          }
        >
          {(id) => (
            <TextInput
              id={id}
              mono
              value={typed[unit.id] ?? ""}
              onChange={(event) => onType({ ...typed, [unit.id]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}
