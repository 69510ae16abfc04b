import { useLocation, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import Anser from "anser";
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LogLineDto, RunUnitDto } from "../../api/dto";
import { type Command, useCommands } from "../../commands/registry";
import { IconButton } from "../../parts/controls";
import { Icon } from "../../parts/Icon";
import { KeyHint } from "../../parts/KeyHint";
import { layerClass } from "../../parts/marks";
import { ErrorState } from "../../parts/states";
import { type Times, useTimes } from "../../parts/useTimes";
import { nameOf } from "../changes/read";
import { useLog } from "./useRuns";

const ROW = 20;

/** `#L1187` is the line numbered 1187. */
export function lineOfHash(hash: string): number | null {
  const found = /^#?L(\d+)$/.exec(hash);
  return found?.[1] === undefined ? null : Number(found[1]);
}

/** The log of one unit: only the rows in sight exist, whatever its length. */
export function LogPanel({ run, unit, live }: { run: string; unit: RunUnitDto | null; live: boolean }) {
  const { t } = useTranslation("run");
  const times = useTimes();
  const navigate = useNavigate();
  const linked = lineOfHash(useLocation({ select: (location) => location.hash }));
  const log = useLog(run, unit?.id ?? null, live);
  const [follow, setFollow] = useState(linked === null);
  const [wrap, setWrap] = useState(false);
  const [find, setFind] = useState("");
  const [at, setAt] = useState(0);
  const host = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const lastHeight = useRef(0);
  const { lines } = log;
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => host.current,
    estimateSize: () => ROW,
    overscan: 30,
  });
  const hits = useMemo(() => {
    const word = find.trim().toLowerCase();
    return word === "" ? [] : lines.flatMap((line, i) => (line.text.toLowerCase().includes(word) ? [i] : []));
  }, [lines, find]);
  const hit = hits.length === 0 ? null : (hits[((at % hits.length) + hits.length) % hits.length] ?? null);
  useEffect(() => {
    const element = host.current;
    if (!follow || lines.length === 0 || element === null) return;
    rows.scrollToIndex(lines.length - 1, { align: "end" });
    // Once more when the list has its new height, or the last lines stay below the edge.
    const toEnd = () => element.scrollTo({ top: element.scrollHeight });
    const frame = requestAnimationFrame(toEnd);
    // The panel changes its height when the graph above it arrives.
    const observer = new ResizeObserver(toEnd);
    observer.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
    };
  }, [follow, lines.length, rows]);
  useEffect(() => {
    if (hit === null) return;
    setFollow(false);
    rows.scrollToIndex(hit, { align: "center" });
  }, [hit, rows]);
  const seenLink = useRef<number | null>(null);
  useEffect(() => {
    const index = linked === null ? -1 : lines.findIndex((line) => line.n === linked);
    if (index === -1 || seenLink.current === linked) return;
    seenLink.current = linked;
    rows.scrollToIndex(index, { align: "center" });
  }, [linked, lines, rows]);
  const mark = useCallback(
    (n: number) => void navigate({ to: ".", search: (old) => old, params: (old) => old, hash: `L${n}`, replace: true }),
    [navigate],
  );
  useLogCommands(setFollow, setAt, linked, host);
  const onScroll = () => {
    const element = host.current;
    if (element === null) return;
    // Only a hand that scrolls up ends following; a panel that grows or shrinks does not.
    const up = element.scrollTop < lastTop.current && element.scrollHeight === lastHeight.current;
    lastTop.current = element.scrollTop;
    lastHeight.current = element.scrollHeight;
    if (follow && up && element.scrollHeight - element.scrollTop - element.clientHeight > ROW * 4) setFollow(false);
  };
  const word = find.trim().toLowerCase();
  return (
    <section className="rn-log" aria-label={t("log.of", { unit: unit?.id ?? "" })}>
      <div className="ph">
        <h2>{t("log.title")}</h2>
        {unit !== null && <span className={`lay ${layerClass(unit.layer)} ell`}>{nameOf(unit.id)}</span>}
        <label className="filter rn-find">
          <Icon name="search" />
          <input
            data-filter
            type="search"
            value={find}
            placeholder={t("log.find")}
            aria-label={t("log.find")}
            onChange={(event) => {
              setFind(event.target.value);
              setAt(0);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.nativeEvent.isComposing) setAt((n) => n + (event.shiftKey ? -1 : 1));
              if (event.key === "Escape") {
                event.stopPropagation();
                if (find === "") event.currentTarget.blur();
                setFind("");
              }
            }}
          />
          <KeyHint keys="/" />
        </label>
        {word !== "" && (
          <span className="mut t12 num nw" role="status">
            {hits.length === 0
              ? t("log.noHits")
              : t("log.hits", { n: (((at % hits.length) + hits.length) % hits.length) + 1, all: hits.length })}
          </span>
        )}
        <span className="grow" />
        <IconButton label={t("log.wrap")} icon="wrap" aria-pressed={wrap} onClick={() => setWrap(!wrap)} />
        <IconButton
          label={t("log.download")}
          icon="dl"
          onClick={() => download(`${run}-${nameOf(unit?.id ?? "")}.log`, lines)}
        />
        <button
          type="button"
          className={follow ? "tgl on" : "tgl"}
          aria-pressed={follow}
          onClick={() => setFollow(!follow)}
        >
          <Icon name="arrowd" />
          {follow ? t("log.following") : t("log.follow")}
        </button>
      </div>
      {log.error !== null && <ErrorState error={log.error} compact />}
      <div
        className={wrap ? "rn-lines wrap" : "rn-lines"}
        ref={host}
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t("log.of", { unit: unit?.id ?? "" })}
      >
        {lines.length === 0 && (
          <p className="mut rn-log-none">{log.ended || !live ? t("log.none") : t("log.notYet")}</p>
        )}
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((item) => {
            const line = lines[item.index];
            return line === undefined ? null : (
              <div
                key={item.key}
                ref={wrap ? rows.measureElement : undefined}
                data-index={item.index}
                className="rn-line-slot"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Line
                  line={line}
                  times={times}
                  on={line.n === linked || item.index === hit}
                  word={word}
                  onMark={mark}
                />
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

interface LineProps {
  line: LogLineDto;
  times: Times;
  on: boolean;
  word: string;
  onMark: (n: number) => void;
}

const Line = memo(function Line({ line, times, on, word, onMark }: LineProps) {
  return (
    <div className={`rn-line from-${line.stream}${on ? " on" : ""}`}>
      <button type="button" className="rn-no" onClick={() => onMark(line.n)}>
        {line.n}
      </button>
      <time dateTime={line.at}>{times.precise(line.at)}</time>
      <span className="rn-phase ell">{line.phase}</span>
      <span className="rn-text">
        <Spans text={line.text} word={word} />
      </span>
    </div>
  );
});

/** Terminal colours become classes; everything else of the escape codes is dropped. */
function Spans({ text, word }: { text: string; word: string }) {
  return Anser.ansiToJson(text, { use_classes: true, remove_empty: true }).map((piece, i) => {
    const names = [piece.fg, piece.decoration].filter((name) => name !== null && name !== undefined && name !== "");
    return (
      <span
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed line
        key={i}
        className={
          names.length === 0
            ? undefined
            : names.map((name) => (String(name).startsWith("ansi-") ? name : `ansi-${name}`)).join(" ")
        }
      >
        <Marked text={piece.content} word={word} />
      </span>
    );
  });
}

const MASK = "<secret>";

function Marked({ text, word }: { text: string; word: string }) {
  const { t } = useTranslation("changes");
  if (text.includes(MASK)) {
    const [before, ...after] = text.split(MASK);
    return (
      <>
        {before}
        {after.map((part, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one fixed line
          <span key={i}>
            <span className="rn-mask">{t("masked")}</span>
            {part}
          </span>
        ))}
      </>
    );
  }
  const from = word === "" ? -1 : text.toLowerCase().indexOf(word);
  if (from === -1) return text;
  return (
    <>
      {text.slice(0, from)}
      <mark>{text.slice(from, from + word.length)}</mark>
      {text.slice(from + word.length)}
    </>
  );
}

function download(name: string, lines: readonly LogLineDto[]): void {
  const text = lines.map((line) => `${line.n}\t${line.at}\t${line.stream}\t${line.phase}\t${line.text}\n`).join("");
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function useLogCommands(
  setFollow: (change: (on: boolean) => boolean) => void,
  setAt: (change: (n: number) => number) => void,
  linked: number | null,
  host: React.RefObject<HTMLDivElement | null>,
): void {
  const { t } = useTranslation("run");
  useCommands(
    useMemo(
      (): Command[] => [
        { id: "log.follow", title: t("log.follow"), group: "screen", keys: "f", run: () => setFollow((on) => !on) },
        { id: "log.next", title: t("cmd.nextHit"), group: "screen", keys: "n", run: () => setAt((n) => n + 1) },
        { id: "log.prev", title: t("cmd.prevHit"), group: "screen", keys: "Shift+N", run: () => setAt((n) => n - 1) },
        { id: "log.focus", title: t("cmd.focusLog"), group: "screen", run: () => host.current?.focus() },
        {
          id: "log.link",
          title: t("cmd.copyLine"),
          group: "screen",
          keys: "y",
          reason: linked === null ? t("cmd.noLine") : undefined,
          run: () => void navigator.clipboard?.writeText(window.location.href),
        },
      ],
      [t, setFollow, setAt, linked, host],
    ),
  );
}
