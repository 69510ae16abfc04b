import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type DagInput, type DagLayout, pathThrough, useDagLayout } from "../../../layout/dag";
import { EngineGlyph, layerClass } from "../../../parts/marks";
import { ErrorState } from "../../../parts/states";
import { type GraphUnit, type GraphView, useGraph } from "../useGraph";

const WIDTH = 132;
const HEIGHT = 40;
/** A picture of more nodes than this says nothing beside a text; then the names alone are listed. */
const MOST_NODES = 40;

interface Part {
  units: GraphUnit[];
  edges: { source: string; target: string }[];
  /** Changed units that the graph does not hold any more. */
  gone: string[];
}

/** The changed units with what they lean on directly and what leans on them. */
export function partOf(view: GraphView, changed: readonly string[]): Part {
  const wanted = new Set(changed);
  const touched = view.edges.filter(({ source, target }) => wanted.has(source) || wanted.has(target));
  const ids = new Set([...wanted, ...touched.flatMap(({ source, target }) => [source, target])]);
  const units = view.units.filter((unit) => ids.has(unit.id));
  const there = new Set(units.map((unit) => unit.id));
  return {
    units,
    edges: touched.filter(({ source, target }) => there.has(source) && there.has(target)),
    gone: changed.filter((id) => !there.has(id)),
  };
}

/** What the text beside it changes, in the graph: changed units filled, their neighbours pale. */
export function ChangedGraph({ changed }: { changed: string[] }) {
  const { t } = useTranslation("graph");
  const { view } = useGraph(undefined);
  const part = useMemo(() => (view === null ? null : partOf(view, changed)), [view, changed]);
  const shape =
    part === null || part.units.length > MOST_NODES
      ? ""
      : JSON.stringify([part.units.map((unit) => unit.id), part.edges.map((e) => [e.source, e.target])]);
  const { layout, error } = useDagLayout(
    useMemo((): DagInput | null => {
      if (shape === "" || shape === "[[],[]]") return null;
      const [ids, edges] = JSON.parse(shape) as [string[], [string, string][]];
      return {
        nodes: ids.map((id) => ({ id, width: WIDTH, height: HEIGHT })),
        edges: edges.map(([source, target]) => ({ id: `${source}>${target}`, source, target })),
        direction: "DOWN",
        layerGap: 24,
        nodeGap: 12,
      };
    }, [shape]),
  );
  const names = new Set(changed);
  if (changed.length === 0) return <p className="mut">{t("export.noUnits")}</p>;
  return (
    <section aria-label={t("export.units", { count: changed.length })} className="export-graph">
      <h3 className="t12 sec m">{t("export.units", { count: changed.length })}</h3>
      {error !== null && <ErrorState error={new Error(error)} compact />}
      {shape === "" ? (
        <Names ids={changed} />
      ) : (
        layout !== null && part !== null && <Picture layout={layout} part={part} names={names} />
      )}
      {shape !== "" && part !== null && part.gone.length > 0 && (
        <>
          <p className="t12 sec">{t("export.gone")}</p>
          <Names ids={part.gone} />
        </>
      )}
    </section>
  );
}

function Names({ ids }: { ids: string[] }) {
  return (
    <ul className="export-names mono">
      {ids.map((id) => (
        <li key={id}>{id}</li>
      ))}
    </ul>
  );
}

function Picture({ layout, part, names }: { layout: DagLayout; part: Part; names: ReadonlySet<string> }) {
  const { t } = useTranslation("graph");
  const byId = new Map(part.units.map((unit) => [unit.id, unit]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
    <div className="export-scroll" tabIndex={0}>
      <div className="export-plane" style={{ width: layout.width, height: layout.height }}>
        <svg width={layout.width} height={layout.height} aria-hidden="true">
          {layout.edges.map((edge) => (
            <path key={edge.id} className="export-edge" d={pathThrough(edge.points)} />
          ))}
        </svg>
        <ul>
          {layout.nodes.map((at) => {
            const unit = byId.get(at.id);
            if (unit === undefined) return null;
            const on = names.has(at.id);
            return (
              <li
                key={at.id}
                className={`export-node ${layerClass(unit.layer)}${on ? " on" : ""}`}
                style={{ left: at.x, top: at.y, width: at.width, height: at.height }}
                title={unit.id}
              >
                <span className="export-n1">
                  {unit.engine !== null && <EngineGlyph engine={unit.engine} />}
                  <b className="ell">{unit.module}</b>
                </span>
                <span className="mut t11 ell">
                  {unit.environment}/{unit.composition}
                </span>
                <span className="vh">{t(on ? "export.isChanged" : "export.isNeighbour")}</span>
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}
