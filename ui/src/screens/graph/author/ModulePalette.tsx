import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ModuleCardDto } from "../../../api/dto";
import { IconButton } from "../../../parts/controls";
import { TextInput } from "../../../parts/Field";
import { Icon } from "../../../parts/Icon";
import { EngineGlyph } from "../../../parts/marks";
import { EmptyState, ErrorState, SkeletonRows } from "../../../parts/states";
import { MODULE_TYPE, openSheet, useAuthoring } from "./state";
import { useCatalog } from "./useAuthor";

function found(card: ModuleCardDto, words: string): boolean {
  const text = `${card.ref} ${card.title} ${card.description} ${card.engines.join(" ")}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The modules of the repository: dragged onto the canvas, or chosen by Enter. */
export function ModulePalette() {
  const { t } = useTranslation("author");
  const [words, setWords] = useState("");
  const catalog = useCatalog(true);
  const cards = useMemo(
    () => (catalog.data?.modules ?? []).filter((card) => found(card, words)),
    [catalog.data, words],
  );
  return (
    <aside className="modules" aria-label={t("palette.title")}>
      <header className="modules-head">
        <h2>{t("palette.title")}</h2>
        <span className="grow" />
        <IconButton label={t("palette.close")} icon="x" onClick={() => useAuthoring.setState({ palette: false })} />
      </header>
      <TextInput
        aria-label={t("palette.search")}
        placeholder={t("palette.search")}
        autoFocus
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <p className="sec t12">{t("palette.hint")}</p>
      {catalog.error !== null && <ErrorState error={catalog.error} onRetry={() => void catalog.refetch()} compact />}
      {catalog.isPending && <SkeletonRows rows={5} what={t("palette.waits")} />}
      {catalog.data !== undefined && cards.length === 0 && (
        <EmptyState icon="graph" title={t("palette.none")} text={t("palette.noneText")} />
      )}
      <ul className="module-cards">
        {cards.map((card) => (
          <li key={card.ref}>
            <button
              type="button"
              className={card.broken ? "module-card broken" : "module-card"}
              draggable={!card.broken}
              title={card.broken ? card.diagnostics[0]?.message : card.description}
              onDragStart={(event) => {
                event.dataTransfer.setData(MODULE_TYPE, card.ref);
                event.dataTransfer.effectAllowed = "copy";
              }}
              onClick={() => openSheet({ kind: "add", reference: card.ref })}
            >
              <span className="n1">
                <EngineGlyph engine={card.engines[0]} />
                <b className="mono ell">{card.ref}</b>
              </span>
              {card.broken ? (
                <span className="n1 bad cc t12">
                  <Icon name="bad" />
                  <span className="ell">{card.diagnostics[0]?.message ?? t("add.broken")}</span>
                </span>
              ) : (
                <span className="sec t12 ell">
                  {t("palette.ports", { inputs: card.inputs.length, outputs: card.outputs.length })}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </aside>
  );
}
