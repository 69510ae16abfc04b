import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PhaseDto, RunDto, RunUnitDto } from "../../api/dto";
import { layerClass } from "../../parts/marks";
import { statusOf } from "../../parts/status";
import { useSay } from "../../parts/useSay";
import { useNow, useTimes } from "../../parts/useTimes";
import { type Fill, fillOf, phaseWord, ticks } from "./spans";
import { isLive } from "./useRuns";

const LABEL = 132;
const ROW = 24;
const TOP = 28;
const BAR = 13;
const LEAST = 8;
const RIGHT = 16;
/** A careful guess at the width of one letter of the reason. */
const CHARACTER = 6.2;
/** Fewer letters than this say nothing; the band above and the unit below have the whole reason. */
const LEAST_WORDS = 24;

const legend: { fill: Fill; key: "snap" | "run" | "ok" | "fail" | "wait" }[] = [
  { fill: "snap", key: "snap" },
  { fill: "run", key: "run" },
  { fill: "ok", key: "ok" },
  { fill: "fail", key: "fail" },
  { fill: "wait", key: "wait" },
];

function useWidth(): [React.RefObject<HTMLElement | null>, number] {
  const host = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [host, width];
}

/** Attempts and phases of every unit on one axis; the hidden table says the same in words. */
export function Timeline({
  run,
  selected,
  onSelect,
}: {
  run: RunDto;
  selected: string;
  onSelect: (id: string) => void;
}) {
  const { t } = useTranslation("run");
  const [host, width] = useWidth();
  const live = isLive(run);
  const now = useNow(1000, live);
  return (
    <div className="rn-tl">
      <div className="ph">
        <h2>{t("timeline")}</h2>
        <span className="grow" />
        <span className="rn-legend" aria-hidden="true">
          {legend.map(({ fill, key }) => (
            <span key={fill}>
              <i className={`l-${fill}`} />
              {t(`fill.${key}`)}
            </span>
          ))}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="rn-tl-scroll" ref={host} tabIndex={0} aria-label={t("timeline")}>
        <Chart run={run} width={width} now={now} live={live} selected={selected} onSelect={onSelect} />
        <Table units={run.units} />
      </section>
    </div>
  );
}

function bounds(run: RunDto, now: number, live: boolean): [number, number] {
  const starts = run.units.flatMap((unit) => unit.phases.map((phase) => Date.parse(phase.startedAt)));
  const ends = run.units.flatMap((unit) => unit.phases.map((phase) => Date.parse(phase.endedAt ?? phase.startedAt)));
  const from = Math.min(Date.parse(run.requestedAt), ...starts);
  const to = live ? now : Math.max(from, ...ends, Date.parse(run.finishedAt ?? run.requestedAt));
  return [from, Math.max(to, from + 10_000)];
}

function Chart({
  run,
  width,
  now,
  live,
  selected,
  onSelect,
}: {
  run: RunDto;
  width: number;
  now: number;
  live: boolean;
  selected: string;
  onSelect: (id: string) => void;
}) {
  const { t } = useTranslation("run");
  const times = useTimes();
  const [from, to] = bounds(run, now, live);
  // While it lasts, a sixth of the width is kept free so that the present does not stick to the edge.
  const room = Math.max(120, width - LABEL - RIGHT) * (live ? 5 / 6 : 1);
  const x = (at: number) => LABEL + ((at - from) / (to - from)) * room;
  const height = TOP + run.units.length * ROW + 6;
  const sparse = to - from > 8 * 60_000 && to - from < 20 * 3_600_000;
  const marks = ticks(from, to, Math.max(2, Math.floor(room / 90)));
  return (
    <svg width={width} height={height} role="img" aria-label={t("timelineLabel", { id: run.id })}>
      <Patterns />
      {marks.map((at) => (
        <g key={at}>
          <path d={`M${x(at)} ${TOP - 4}V${height}`} className="rn-grid" />
          {(!live || x(at) < x(now) - 62) && (
            <text x={x(at)} y={16} textAnchor="middle" className="rn-axis">
              {sparse ? times.clock(new Date(at).toISOString()) : times.seconds(at)}
            </text>
          )}
        </g>
      ))}
      {run.units.map((unit, i) => (
        <Row
          key={unit.id}
          unit={unit}
          y={TOP + i * ROW}
          width={width}
          x={x}
          now={live ? now : to}
          on={unit.id === selected}
          onSelect={onSelect}
        />
      ))}
      {live && (
        <g>
          <path d={`M${x(now)} 20V${height}`} className="rn-now" />
          <rect x={x(now) - 30} y={3} width={60} height={17} rx={3} className="rn-now-box" />
          <text x={x(now)} y={15.5} textAnchor="middle" className="rn-now-text">
            {times.seconds(now)}
          </text>
        </g>
      )}
    </svg>
  );
}

function Patterns() {
  return (
    <defs>
      <pattern id="rn-hatch-wait" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="5" height="5" className="rn-hw0" />
        <path d="M0 0V5" className="rn-hw1" />
      </pattern>
      <pattern id="rn-hatch-run" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" className="rn-hr0" />
        <path d="M1.5 0V6" className="rn-hr1" />
      </pattern>
    </defs>
  );
}

function Row({
  unit,
  y,
  width,
  x,
  now,
  on,
  onSelect,
}: {
  unit: RunUnitDto;
  y: number;
  width: number;
  x: (at: number) => number;
  now: number;
  on: boolean;
  onSelect: (id: string) => void;
}) {
  const say = useSay();
  const [, , module = unit.id] = unit.id.split("/");
  const bars = unit.phases.map((phase) => ({
    phase,
    left: x(Date.parse(phase.startedAt)),
    right: x(phase.endedAt ? Date.parse(phase.endedAt) : now),
  }));
  // The reason stands behind the last bar and behind the present, and only as much of it as fits.
  const textAt = Math.max(x(now), ...bars.map((bar) => Math.max(bar.right, bar.left + LEAST))) + 8;
  const fits = Math.floor((width - textAt - 4) / CHARACTER);
  const why = say.one(unit.whySaid, unit.why);
  const words = fits < LEAST_WORDS ? "" : fitted(why, fits);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard's way to a unit is J and K and the graph above
    <g className={on ? "rn-tl-row on" : "rn-tl-row"} onClick={() => onSelect(unit.id)}>
      <rect x={0} y={y} width={width} height={ROW - 1} className="rn-hit" />
      <rect x={16} y={y + 5} width={3} height={BAR} rx={1} className={`rn-spine ${layerClass(unit.layer)}`} />
      <text x={25} y={y + 16} className="rn-label">
        {module.length > 15 ? `${module.slice(0, 7)}…${module.slice(-7)}` : module}
      </text>
      {bars.map(({ phase, left, right }) => (
        <Bar
          key={`${phase.phase} ${phase.attempt} ${phase.startedAt}`}
          phase={phase}
          x={left}
          y={y + 5}
          width={Math.max(LEAST, right - left)}
        />
      ))}
      {words !== "" && (
        <text x={textAt} y={y + 16} className="rn-why">
          {words}
        </text>
      )}
    </g>
  );
}

/** As much of `text` as `letters` Latin letters take; one Han character takes two. */
function fitted(text: string, letters: number): string {
  let used = 0;
  let out = "";
  for (const letter of text) {
    used += /[\u2e80-\uffef]/.test(letter) ? 2 : 1;
    if (used > letters) return `${out.slice(0, -1)}…`;
    out += letter;
  }
  return out;
}

function Bar({ phase, x, y, width }: { phase: PhaseDto; x: number; y: number; width: number }) {
  const fill = fillOf(phase);
  return (
    <>
      <rect x={x} y={y} width={width} height={BAR} rx={2} className={`rn-bar b-${fill}`} />
      {fill === "fail" && (
        <path
          className="rn-cross"
          d={`M${x + width / 2 - 3.5} ${y + 2}L${x + width / 2 + 3.5} ${y + BAR - 2}M${x + width / 2 + 3.5} ${y + 2}L${x + width / 2 - 3.5} ${y + BAR - 2}`}
        />
      )}
    </>
  );
}

function Table({ units }: { units: readonly RunUnitDto[] }) {
  const { t } = useTranslation("run");
  const { t: tp } = useTranslation("parts");
  const times = useTimes();
  return (
    <table className="vh">
      <caption>{t("timeline")}</caption>
      <thead>
        <tr>
          <th>{t("unit")}</th>
          <th>{t("phase")}</th>
          <th>{t("from")}</th>
          <th>{t("to")}</th>
        </tr>
      </thead>
      <tbody>
        {units.flatMap((unit) =>
          unit.phases.map((phase) => {
            const word = phaseWord(phase.phase);
            return (
              <tr key={`${unit.id} ${phase.phase} ${phase.attempt} ${phase.startedAt}`}>
                <td>
                  {unit.id}, {tp(`status.${statusOf(unit.state)}`)}
                </td>
                <td>{word === null ? phase.phase : t(`phases.${word}`)}</td>
                <td>{times.seconds(phase.startedAt)}</td>
                <td>{phase.endedAt ? times.seconds(phase.endedAt) : ""}</td>
              </tr>
            );
          }),
        )}
      </tbody>
    </table>
  );
}
