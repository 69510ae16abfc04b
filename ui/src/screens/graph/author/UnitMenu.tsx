import { Menu as Base } from "@base-ui/react/menu";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../parts/controls";
import { type MenuEntry, MenuRows } from "../../../parts/Menu";
import { useAuthoring } from "./state";
import type { Edit } from "./useEdits";

/** Edits as rows of a menu. */
export function rowsOf(edits: Edit[]): MenuEntry[] {
  return edits.map(({ title, ...edit }) => ({ ...edit, label: title }));
}

const close = (open: boolean) => !open && useAuthoring.setState({ menu: null });

/** The menu of the selection, where the mouse or the selected unit is. */
export function UnitMenu({ edits }: { edits: Edit[] }) {
  const at = useAuthoring((state) => state.menu);
  const anchor = useMemo(
    () => ({ getBoundingClientRect: () => DOMRect.fromRect({ x: at?.x ?? 0, y: at?.y ?? 0, width: 0, height: 0 }) }),
    [at],
  );
  return (
    <Base.Root open={at !== null} onOpenChange={close}>
      <Base.Portal>
        <Base.Positioner className="pop-layer" anchor={anchor} align="start" sideOffset={2}>
          <Base.Popup className="menu">
            <MenuRows entries={rowsOf(edits)} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Opens the menu at the selected unit, or in the middle of the canvas where it is not in sight. */
export function openMenuAt(unit: string | null): void {
  const node =
    unit === null
      ? null
      : document.querySelector(`[data-unit="${CSS.escape(unit)}"], [data-row="${CSS.escape(unit)}"]`);
  const box = (node ?? document.querySelector(".cv"))?.getBoundingClientRect();
  if (box === undefined) return;
  useAuthoring.setState({ menu: { x: box.left + Math.min(24, box.width / 2), y: box.top + box.height / 2 } });
}

/** The same menu on a button, for those who look for one. */
export function MenuButton({ unit }: { unit: string | null }) {
  const { t } = useTranslation("author");
  return (
    <IconButton
      label={`${t("cmd.menu")} (Shift F10)`}
      icon="dots"
      aria-haspopup="menu"
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        if (unit !== null) useAuthoring.setState({ menu: { x: box.left, y: box.top } });
      }}
      aria-disabled={unit === null || undefined}
    />
  );
}
