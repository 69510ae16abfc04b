import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import type { IconName } from "./drawings";
import { Icon } from "./Icon";
import { KeyHint } from "./KeyHint";

export interface MenuItem {
  id: string;
  label: ReactNode;
  note?: ReactNode;
  icon?: IconName;
  keys?: string;
  on?: boolean;
  danger?: boolean;
  /** Set to disable the item; says why. */
  reason?: string;
  run: () => void;
}

export type MenuEntry = MenuItem | { id: string; heading: string };

/** A menu on a button. Items that cannot be used stay, disabled, with the reason. */
export function Menu({
  trigger,
  entries,
  align = "start",
}: {
  trigger: ReactElement;
  entries: readonly MenuEntry[];
  align?: "start" | "end";
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="pop-layer" sideOffset={4} align={align}>
          <Base.Popup className="menu">
            <MenuRows entries={entries} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** The rows alone, for a menu that opens elsewhere than at a button. */
export function MenuRows({ entries }: { entries: readonly MenuEntry[] }) {
  return (
    <>
      {entries.map((entry) =>
        "heading" in entry ? (
          <div key={entry.id} className="menu-heading">
            {entry.heading}
          </div>
        ) : (
          <Base.Item
            key={entry.id}
            className={entry.danger === true ? "menu-item bad cc" : "menu-item"}
            disabled={entry.reason !== undefined}
            title={entry.reason}
            onClick={entry.run}
          >
            <span className="menu-mark">
              {entry.on === true ? <Icon name="check" /> : entry.icon !== undefined && <Icon name={entry.icon} />}
            </span>
            <span className="grow ell">{entry.label}</span>
            {entry.note !== undefined && <span className="mut t12">{entry.note}</span>}
            {entry.keys !== undefined && <KeyHint keys={entry.keys} />}
          </Base.Item>
        ),
      )}
    </>
  );
}
