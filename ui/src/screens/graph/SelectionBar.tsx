import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { runCommand } from "../../commands/registry";
import { Button, IconButton } from "../../parts/controls";
import { Menu } from "../../parts/Menu";
import type { Edit } from "./author/useEdits";
import { alignments } from "./layout/align";
import { useCanvasView } from "./view";

const offered = ["move", "duplicate", "copy", "cut", "delete"];

/** How many are selected, and what can be done with all of them at once. */
export function SelectionBar({ edits, onClear }: { edits: Edit[]; onClear: () => void }) {
  const { t } = useTranslation("author");
  const count = useCanvasView((state) => state.picked.size);
  const onCanvas = useCanvasView((state) => state.mode === "canvas" && !state.far);
  if (count < 2) return null;
  return (
    <Strip label={t("selection.count", { count })} onClear={onClear} clear={t("selection.clear")}>
      {edits
        .filter((edit) => offered.includes(edit.id))
        .map((edit) => (
          <Button
            key={edit.id}
            kind={edit.danger ? "dng" : "gho"}
            {...(edit.reason === undefined ? {} : { reason: edit.reason })}
            onClick={edit.run}
          >
            {edit.title}
          </Button>
        ))}
      {onCanvas && (
        <Menu
          trigger={
            <Button kind="gho" icon="tidy">
              {t("selection.align")}
            </Button>
          }
          entries={[
            ...alignments.map((how) => ({
              id: how,
              label: t(`align.${how}`),
              run: () => runCommand(`graph.align.${how}`),
            })),
            { id: "tidy", label: t("align.tidy"), run: () => runCommand("graph.tidy") },
          ]}
        />
      )}
    </Strip>
  );
}

/** A line under the canvas about what is selected on it. */
export function Strip({
  label,
  clear,
  onClear,
  children,
}: {
  label: ReactNode;
  clear: string;
  onClear: () => void;
  children: ReactNode;
}) {
  return (
    <section className="strip">
      <span className="strip-what num" role="status">
        {label}
      </span>
      {children}
      <span className="grow" />
      <IconButton label={clear} icon="x" onClick={onClear} />
    </section>
  );
}
