import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FrozenEdgeDto, RunDto, RunUnitDto } from "../../api/dto";
import { type DagInput, type DagLayout, pathThrough, useDagLayout } from "../../layout/dag";
import { EngineGlyph, layerClass } from "../../parts/marks";
import { StatusBadge } from "../../parts/StatusBadge";
import { ErrorState } from "../../parts/states";
import { statusOf, toneOf } from "../../parts/status";
import { useSay } from "../../parts/useSay";
import { useNow, useTimes } from "../../parts/useTimes";
import { spanOf } from "./spans";

const WIDEST = 204;
const NARROWEST = 138;
const HEIGHT = 56;
const GAPS = { wide: 34, narrow: 22 };
/** A picture of more nodes than this says nothing; the timeline and its rows carry such runs. */
const MOST_NODES = 300;

/** Leaves out edges that a longer way already says, so that the picture shows the order and not its closure. */
export function reduced(edges: readonly FrozenEdgeDto[]): FrozenEdgeDto[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const reaches = (start: string, goal: string): boolean => {
    const seen = new Set<string>();
    const todo = (next.get(start) ?? []).filter((id) => id !== goal);
    for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      const further = next.get(id) ?? [];
      if (further.includes(goal)) return true;
      todo.push(...further);
    }
    return false;
  };
  const pairs = new Map(edges.map((edge) => [`${edge.from}>${edge.to}`, edge]));
  return [...pairs.values()].filter(({ from, to }) => !reaches(from, to));
}

/** How many columns the longest way through the edges takes. */
export function columnsOf(ids: readonly string[], edges: readonly FrozenEdgeDto[]): number {
  const before = new Map<string, string[]>();
  for (const { from, to } of edges) before.set(to, [...(before.get(to) ?? []), from]);
  const depth = new Map<string, number>();
  const depthOf = (id: string): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    depth.set(id, 1);
    const found = 1 + Math.max(0, ...(before.get(id) ?? []).map(depthOf));
    depth.set(id, found);
    return found;
  };
  return Math.max(1, ...ids.map(depthOf));
}

/** Node width and gap with which `columns` fit into `room`, as far as names stay readable; beyond that it scrolls. */
export function sizesFor(columns: number, room: number): { width: number; gap: number } {
  const widthWith = (gap: number) => Math.floor((room - (columns - 1) * gap) / columns);
  const gap = widthWith(GAPS.wide) >= WIDEST ? GAPS.wide : GAPS.narrow;
  return { width: Math.max(NARROWEST, Math.min(WIDEST, widthWith(gap))), gap };
}

/** Width for the picture; 0 until it is known. */
function useRoom(): [React.RefObject<HTMLElement | null>, number] {
  const host = useRef<HTMLElement>(null);
  const [room, setRoom] = useState(0);
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setRoom(Math.floor(entry.contentRect.width) - 2 * PADDING);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [host, room];
}

const PADDING = 16;

/** The frozen edges in execution columns; left runs first. */
export function Dag({ run, selected, onSelect }: { run: RunDto; selected: string; onSelect: (id: string) => void }) {
  const { t } = useTranslation("run");
  const [host, room] = useRoom();
  const small = run.units.length <= MOST_NODES;
  // Only ids and edges decide the picture: a change of state must not move anything.
  const shape = small
    ? `${run.units.map((unit) => unit.id).join()}|${run.edges.map((e) => `${e.from}>${e.to}`).join()}`
    : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the parts of `run` that are used
  const input = useMemo((): DagInput | null => {
    if (shape === "" || room === 0) return null;
    const edges = reduced(run.edges);
    const ids = run.units.map((unit) => unit.id);
    const { width, gap } = sizesFor(columnsOf(ids, edges), room);
    return {
      nodes: ids.map((id) => ({ id, width, height: HEIGHT })),
      edges: edges.map((edge) => ({ id: `${edge.from}>${edge.to}`, source: edge.from, target: edge.to })),
      direction: "RIGHT",
      layerGap: gap,
      nodeGap: 16,
    };
  }, [shape, room]);
  const { layout, error } = useDagLayout(input);
  const byId = useMemo(() => new Map(run.units.map((unit) => [unit.id, unit])), [run.units]);
  return (
    <section className="rn-dag" aria-label={t("dag")} ref={host}>
      <div className="rn-dag-head">
        <h2>{t("dag")}</h2>
        <span className="t12 mut">{small ? t("frozen") : t("tooMany", { count: run.units.length })}</span>
      </div>
      {error !== null && <ErrorState error={new Error(error)} compact />}
      {layout !== null && (
        <div className="rn-dag-scroll">
          <div className="rn-dag-plane" style={{ width: layout.width, height: layout.height }}>
            <svg width={layout.width} height={layout.height} aria-hidden="true">
              <defs>
                <marker
                  id="rn-arrow"
                  viewBox="0 0 7 7"
                  refX="6"
                  refY="3.5"
                  markerWidth="7"
                  markerHeight="7"
                  orient="auto"
                >
                  <path d="M0 0L7 3.5L0 7z" className="rn-arrow" />
                </marker>
              </defs>
              {layout.edges.map((edge) => {
                const [from = "", to = ""] = edge.id.split(">");
                const kept = toneOf(statusOf(byId.get(from)?.state)) === "ok";
                const lit = from === selected || to === selected;
                return (
                  <path
                    key={edge.id}
                    className={`rn-edge${kept ? " ok" : ""}${lit ? " lit" : ""}`}
                    d={pathThrough(edge.points)}
                    markerEnd="url(#rn-arrow)"
                  />
                );
              })}
            </svg>
            {layout.nodes.map((node) => {
              const unit = byId.get(node.id);
              return unit === undefined ? null : (
                <Node key={node.id} unit={unit} at={node} on={node.id === selected} onSelect={onSelect} />
              );
            })}
          </div>
        </div>
      )}
    </section>
  );
}

function Node({
  unit,
  at,
  on,
  onSelect,
}: {
  unit: RunUnitDto;
  at: DagLayout["nodes"][number];
  on: boolean;
  onSelect: (id: string) => void;
}) {
  const { t } = useTranslation("run");
  const times = useTimes();
  const say = useSay();
  const status = statusOf(unit.state);
  const tone = toneOf(status);
  const now = useNow(1000, tone === "run");
  const [, composition = "", module = ""] = unit.id.split("/");
  const span = spanOf(unit, now);
  return (
    <button
      type="button"
      className={`rn-node ${layerClass(unit.layer)} s-${tone}${on ? " sel" : ""}`}
      style={{ left: at.x, top: at.y, width: at.width, height: at.height }}
      aria-pressed={on}
      title={unit.why === "" ? unit.id : `${unit.id}: ${say.one(unit.whySaid, unit.why)}`}
      onClick={() => onSelect(unit.id)}
    >
      <span className="rn-n1">
        <EngineGlyph engine={unit.engine} />
        <b className="ell">{module}</b>
        <span className="mut t11 ell">{composition}</span>
        <span className="vh">{`, ${unit.layer}, ${unit.engine}, `}</span>
      </span>
      <span className="rn-n2">
        <StatusBadge status={status} detail={unit.attempt > 1 ? t("attemptN", { n: unit.attempt }) : undefined} />
        <span className="mut t12 num">{span === null ? "" : times.span(span)}</span>
      </span>
    </button>
  );
}
