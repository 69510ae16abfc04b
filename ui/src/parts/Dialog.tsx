import { Dialog as Base } from "@base-ui/react/dialog";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./controls";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** One sentence under the title: what will happen. */
  text?: ReactNode;
  children?: ReactNode;
  /** The buttons, at the right; the one that repeats the verb comes last. */
  actions?: ReactNode;
  wide?: boolean;
  /** A sheet slides over the right side and keeps the screen behind it readable. */
  sheet?: boolean;
}

/** The first thing to do in the dialog; never its close button, which would hide what Enter does. */
function firstControl(popup: HTMLElement | null): HTMLElement | true {
  // A dialog may name it: the name to type, or the way out of something grave.
  const found =
    popup?.querySelector<HTMLElement>("[data-first]") ??
    popup?.querySelector<HTMLElement>(
      ".dialog-body :is(input, textarea, select), .dialog-actions button:not([aria-disabled=true])",
    );
  return found ?? popup?.querySelector<HTMLElement>(".dialog-title") ?? true;
}

/** A dialog or sheet that traps focus and gives it back. */
export function Dialog({ open, onClose, title, text, children, actions, wide = false, sheet = false }: DialogProps) {
  const { t } = useTranslation("parts");
  const popup = useRef<HTMLDivElement>(null);
  const kind = sheet ? "sheet" : wide ? "dialog wide" : "dialog";
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Popup ref={popup} className={kind} initialFocus={() => firstControl(popup.current)}>
          <header className="dialog-head">
            <Base.Title className="dialog-title" tabIndex={-1}>
              {title}
            </Base.Title>
            <span className="grow" />
            <IconButton label={t("close")} icon="x" onClick={onClose} />
          </header>
          {text !== undefined && (
            <Base.Description className="dialog-text" render={<div />}>
              {text}
            </Base.Description>
          )}
          {children !== undefined && <div className="dialog-body">{children}</div>}
          {actions !== undefined && <footer className="dialog-actions">{actions}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
