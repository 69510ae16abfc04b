import { useTranslation } from "react-i18next";
import { showOverlay, useOverlay } from "../commands/overlays";
import { type Command, keysOf, useAllCommands } from "../commands/registry";
import { Dialog } from "../parts/Dialog";
import { KeyHint } from "../parts/KeyHint";

function Rows({ commands }: { commands: Command[] }) {
  return (
    <dl className="key-rows">
      {commands.map((command) => {
        const keys = keysOf(command);
        if (keys === undefined) return null;
        return (
          <div key={command.id}>
            <dt>{command.title}</dt>
            <dd>
              <KeyHint keys={keys} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** `?`: the keys of this screen, then those of every screen. */
export function KeySheet() {
  const { t } = useTranslation("frame");
  const open = useOverlay((state) => state.open === "keys");
  return (
    <Dialog open={open} onClose={() => showOverlay(null)} title={t("keys.title")} text={t("keys.note")} sheet>
      {open && <Keys />}
    </Dialog>
  );
}

/** Read only while the sheet is open: a large workspace registers a command for every unit. */
function Keys() {
  const { t } = useTranslation("frame");
  const commands = useAllCommands()
    .filter((c) => c.group !== "units")
    .filter((c, i, all) => all.findIndex((o) => o.title === c.title) === i);
  const here = commands.filter((c) => c.group === "screen" && keysOf(c) !== undefined);
  return (
    <>
      {here.length > 0 && <h3 className="key-head">{t("keys.here")}</h3>}
      <Rows commands={here} />
      <h3 className="key-head">{t("keys.everywhere")}</h3>
      <Rows commands={commands.filter((c) => c.group !== "screen")} />
    </>
  );
}
