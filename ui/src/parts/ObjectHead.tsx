import "./object-head.css";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";

/** The 72 px header of one object (ChangeSet, run): path and facts, then title, states and the actions. */
export function ObjectHead({
  parent,
  id,
  facts,
  title,
  marks,
  actions,
}: {
  /** Link to the list the object is in. */
  parent: ReactNode;
  id: string;
  facts: readonly ReactNode[];
  title: string;
  marks: ReactNode;
  actions: ReactNode;
}) {
  const { t } = useTranslation("parts");
  return (
    <header className="oh">
      <div className="oh-text">
        <div className="oh-facts">
          {parent}
          <Icon name="right" size="xs" />
          <span className="mono">{id}</span>
          <button
            type="button"
            className="oh-copy"
            title={t("copy")}
            aria-label={`${t("copy")} ${id}`}
            onClick={() => void navigator.clipboard?.writeText(id)}
          >
            <Icon name="copy" />
          </button>
          {facts.map((fact, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a fixed row of facts
            <span key={i} className="oh-fact">
              {fact}
            </span>
          ))}
        </div>
        <div className="oh-title">
          <h1 className="ell" title={title}>
            {title}
          </h1>
          {marks}
        </div>
      </div>
      <div className="oh-actions">{actions}</div>
    </header>
  );
}
