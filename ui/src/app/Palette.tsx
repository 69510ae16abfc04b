import { Dialog as Base } from "@base-ui/react/dialog";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { showOverlay, useOverlay } from "../commands/overlays";
import { type Command, type CommandGroup, keysOf, runCommand, useAllCommands } from "../commands/registry";
import { Icon } from "../parts/Icon";
import { KeyHint } from "../parts/KeyHint";
import { usePrefs } from "../state/prefs";

const MAX_SHOWN = 60;
const order: CommandGroup[] = ["screen", "units", "go", "view", "app"];

/** How well a command fits the words: every word must occur; starts and titles count more. Null is no match. */
export function score(command: Command, words: string[]): number | null {
  const title = command.title.toLowerCase();
  const all = `${title} ${command.words?.toLowerCase() ?? ""} ${command.id}`;
  let sum = 0;
  for (const word of words) {
    if (!all.includes(word)) return null;
    sum += title.startsWith(word) ? 3 : title.includes(` ${word}`) ? 2 : title.includes(word) ? 1 : 0;
  }
  return sum;
}

/** The commands to show: best first when words are typed, else recents and then by group. */
export function pick(commands: Command[], text: string, recent: string[]): Command[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== "");
  const loud = commands.filter((c) => c.quiet !== true);
  if (words.length === 0) {
    const rank = (c: Command) => (recent.includes(c.id) ? recent.indexOf(c.id) : 100 + order.indexOf(c.group));
    return loud
      .filter((c) => c.group !== "units" || recent.includes(c.id))
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, MAX_SHOWN);
  }
  return loud
    .map((command) => ({ command, s: score(command, words) }))
    .filter((x): x is { command: Command; s: number } => x.s !== null)
    .sort((a, b) => b.s - a.s || order.indexOf(a.command.group) - order.indexOf(b.command.group))
    .slice(0, MAX_SHOWN)
    .map((x) => x.command);
}

/** Ctrl K: every command by name, and every unit. */
export function Palette() {
  const open = useOverlay((state) => state.open === "palette");
  const { t } = useTranslation("frame");
  return (
    <Base.Root open={open} onOpenChange={(next) => showOverlay(next ? "palette" : null)}>
      <Base.Portal>
        <Base.Backdrop className="scrim clear" />
        <Base.Popup className="palette" aria-label={t("palette.label")}>
          <PaletteBody />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function PaletteBody() {
  const { t } = useTranslation("frame");
  const commands = useAllCommands();
  const recent = usePrefs((state) => state.recentCommands);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const shown = useMemo(() => pick(commands, text, recent), [commands, text, recent]);
  const list = useRef<HTMLDivElement>(null);
  const current = shown[Math.min(at, shown.length - 1)];
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView?.({ block: "nearest" });
  });
  const run = (command: Command) => {
    if (command.reason !== undefined) return;
    showOverlay(null);
    // After the overlay gave focus back, so that a command may move focus itself.
    requestAnimationFrame(() => runCommand(command.id));
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && shown.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, shown.length - 1) + step + shown.length) % shown.length);
    } else if (event.key === "Enter" && current !== undefined && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(current);
    }
  };
  return (
    <>
      <div className="palette-input">
        <Icon name="search" />
        <input
          aria-label={t("palette.label")}
          placeholder={t("palette.placeholder")}
          value={text}
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={current === undefined ? undefined : `cmd-${current.id}`}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <KeyHint keys="Escape" />
      </div>
      <div id="palette-list" role="listbox" aria-label={t("palette.label")} className="palette-list" ref={list}>
        {shown.length === 0 && <p className="palette-empty mut">{t("palette.empty")}</p>}
        {shown.map((command) => (
          <PaletteRow
            key={command.id}
            command={command}
            on={command === current}
            recent={text === "" && recent.includes(command.id)}
            onRun={run}
          />
        ))}
      </div>
    </>
  );
}

function PaletteRow({
  command,
  on,
  recent,
  onRun,
}: {
  command: Command;
  on: boolean;
  recent: boolean;
  onRun: (command: Command) => void;
}) {
  const { t } = useTranslation("frame");
  const keys = keysOf(command);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the combobox; aria-activedescendant points here
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter is handled by the combobox
    <div
      id={`cmd-${command.id}`}
      role="option"
      aria-selected={on}
      aria-disabled={command.reason !== undefined}
      className={on ? "palette-row on" : "palette-row"}
      onClick={() => onRun(command)}
    >
      <span className={command.group === "units" ? "ell mono" : "ell"}>{command.title}</span>
      {command.reason !== undefined && <span className="mut t12 ell">{command.reason}</span>}
      <span className="grow" />
      <span className="mut t12">{recent ? t("palette.recent") : t(`group.${command.group}`)}</span>
      {keys !== undefined && <KeyHint keys={keys} />}
    </div>
  );
}
