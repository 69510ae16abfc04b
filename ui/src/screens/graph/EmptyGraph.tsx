import { Link } from "@tanstack/react-router";
import type { DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../parts/controls";
import { EmptyState } from "../../parts/states";
import { onModuleDragOver } from "./author/drag";
import { MODULE_TYPE, openSheet } from "./author/state";

/** The canvas before there is a unit: the first module is dropped here, or added by name. */
export function EmptyGraph() {
  const { t } = useTranslation("graph");
  const { t: ta } = useTranslation("author");
  const onDrop = (event: DragEvent) => {
    const reference = event.dataTransfer.getData(MODULE_TYPE);
    if (reference === "") return;
    event.preventDefault();
    openSheet({ kind: "add", reference });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button below does what dropping does
    <div className="empty-canvas" onDragOver={onModuleDragOver} onDrop={onDrop}>
      <EmptyState icon="graph" title={t("empty.title")} text={t("empty.text")}>
        <Button icon="plus" onClick={() => openSheet({ kind: "add" })}>
          {ta("cmd.add")}
        </Button>
        <Button onClick={() => openSheet({ kind: "assemble" })}>{ta("cmd.assemble")}</Button>
        <Link to="/problems" className="btn">
          {t("empty.problems")}
        </Link>
        <Link to="/welcome" className="btn">
          {t("empty.open")}
        </Link>
      </EmptyState>
    </div>
  );
}
