import { useState } from "react";
import { useTranslation } from "react-i18next";
import { displayKeys } from "../../commands/keys";
import { type Command, keysOf, useAllCommands } from "../../commands/registry";
import { Button } from "../../parts/controls";
import { usePrefs } from "../../state/prefs";

const modifiers = ["Control", "Meta", "Alt", "Shift"];

/** The pressed combination in the key words of the registry; null while only modifiers are down. */
function pressed(event: React.KeyboardEvent): string | null {
  if (modifiers.includes(event.key)) return null;
  const parts = [
    event.ctrlKey || event.metaKey ? "$mod" : null,
    event.altKey ? "Alt" : null,
    event.shiftKey ? "Shift" : null,
    event.key.length === 1 ? event.key.toLowerCase() : event.key,
  ];
  return parts.filter((part) => part !== null).join("+");
}

/** Every command with its keys; all can be changed. */
export function Keys() {
  const { t } = useTranslation("settings");
  const own = usePrefs((state) => state.keys);
  const set = usePrefs((state) => state.set);
  const commands = useAllCommands().filter((command) => command.group !== "units" && command.quiet !== true);
  return (
    <>
      <header className="se-head">
        <h2>{t("part.keys")}</h2>
        <span className="grow" />
        {Object.keys(own).length > 0 && (
          <Button kind="gho" icon="undo" onClick={() => set({ keys: {} })}>
            {t("keys.reset")}
          </Button>
        )}
      </header>
      <p className="sec se-text">{t("keys.text")}</p>
      <dl className="se-rows">
        {commands.map((command) => (
          <Row key={command.id} command={command} />
        ))}
      </dl>
    </>
  );
}

function Row({ command }: { command: Command }) {
  const { t } = useTranslation("settings");
  const set = usePrefs((state) => state.set);
  const [taking, setTaking] = useState(false);
  const keys = keysOf(command);
  const bind = (to: string) => set({ keys: { ...usePrefs.getState().keys, [command.id]: to } });
  return (
    <div>
      <dt>{command.title}</dt>
      <dd>
        <button
          type="button"
          className="btn gho se-key"
          aria-label={t("keys.change", { name: command.title })}
          onClick={() => setTaking(true)}
          onBlur={() => setTaking(false)}
          onKeyDown={(event) => {
            if (!taking || event.key === "Tab") return;
            event.preventDefault();
            event.stopPropagation();
            if (event.key === "Escape") setTaking(false);
            else if (event.key === "Backspace" || event.key === "Delete") {
              bind("");
              setTaking(false);
            } else {
              const to = pressed(event);
              if (to === null) return;
              bind(to);
              setTaking(false);
            }
          }}
        >
          {taking ? (
            t("keys.press")
          ) : keys === undefined ? (
            <span className="mut">{t("keys.none")}</span>
          ) : (
            <kbd>{displayKeys(keys)}</kbd>
          )}
        </button>
      </dd>
    </div>
  );
}
