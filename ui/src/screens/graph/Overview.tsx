import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../parts/controls";
import { Icon } from "../../parts/Icon";
import { type Layer, layerClass, layers } from "../../parts/marks";
import { cellShape, iconOf, type Status, severityOf, toneOf } from "../../parts/status";
import type { GraphUnit } from "./useGraph";

interface BlockView {
  id: string;
  name: string;
  environment: string;
  units: GraphUnit[];
  worst: Status;
  worstCount: number;
}

/** Compositions of one lane, worst first, then larger first. */
function blocksOf(units: GraphUnit[]): BlockView[] {
  const by = new Map<string, GraphUnit[]>();
  for (const unit of units) {
    const id = `${unit.environment}/${unit.composition}`;
    const list = by.get(id);
    if (list === undefined) by.set(id, [unit]);
    else list.push(unit);
  }
  const blocks = [...by].map(([id, list]): BlockView => {
    const sorted = [...list].sort((a, b) => severityOf(a.status) - severityOf(b.status));
    const worst = sorted[0]?.status ?? "unknown";
    return {
      id,
      name: list[0]?.composition ?? id,
      environment: list[0]?.environment ?? "",
      units: sorted,
      worst,
      worstCount: list.filter((u) => u.status === worst).length,
    };
  });
  return blocks.sort(
    (a, b) => severityOf(a.worst) - severityOf(b.worst) || b.units.length - a.units.length || a.id.localeCompare(b.id),
  );
}

/** Per lane, so that the worst of every lane is on one screen. */
const FIRST_BLOCKS = 5;
const CELL = 6;
const PITCH = 8;
const CELLS_PER_ROW = 18;

/** Units as cells told apart by shape: filled square ok, notched changed, crossed failed, hollow unknown. */
function Cells({ units }: { units: GraphUnit[] }) {
  const paths = new Map<string, string>();
  units.forEach((unit, i) => {
    const x = (i % CELLS_PER_ROW) * PITCH;
    const y = Math.floor(i / CELLS_PER_ROW) * PITCH;
    const shape = cellShape(unit.status);
    const key = `${toneOf(unit.status)} ${shape}`;
    const square = `M${x} ${y}h${CELL}v${CELL}h${-CELL}z`;
    const d =
      shape === "changed"
        ? `M${x} ${y}h${CELL - 3}v3h3v${CELL - 3}h${-CELL}z`
        : shape === "failed"
          ? `M${x} ${y}l${CELL} ${CELL}M${x + CELL} ${y}l${-CELL} ${CELL}`
          : square;
    paths.set(key, (paths.get(key) ?? "") + d);
  });
  const rows = Math.ceil(units.length / CELLS_PER_ROW);
  return (
    <svg className="cells" width={CELLS_PER_ROW * PITCH} height={rows * PITCH} aria-hidden="true">
      <title>units</title>
      {[...paths].map(([key, d]) => (
        <path key={key} className={key} d={d} />
      ))}
    </svg>
  );
}

function Block({ block, several, onOpen }: { block: BlockView; several: boolean; onOpen: (unit: string) => void }) {
  const { t } = useTranslation("graph");
  const { t: tp } = useTranslation("parts");
  const state = tp(`status.${block.worst}`);
  const first = block.units[0];
  return (
    <button type="button" className="ov-block" title={block.id} onClick={() => first !== undefined && onOpen(first.id)}>
      <span className="ov-name">
        <b className="ell">{block.name}</b>
        {several && <span className="mono mut t11">{block.environment}</span>}
      </span>
      <span className={`st ${toneOf(block.worst)}`}>
        <Icon name={iconOf(block.worst)} size="xs" />
        <span className="ell">{t("overview.worst", { count: block.worstCount, state })}</span>
      </span>
      <span className="vh">{t("overview.of", { count: block.units.length })}</span>
      <Cells units={block.units.slice(0, CELLS_PER_ROW * 4)} />
    </button>
  );
}

function Lane({
  layer,
  units,
  several,
  onOpen,
}: {
  layer: Layer;
  units: GraphUnit[];
  several: boolean;
  onOpen: (unit: string) => void;
}) {
  const { t } = useTranslation("graph");
  const [all, setAll] = useState(false);
  const blocks = useMemo(() => blocksOf(units), [units]);
  const calm = blocks.filter((block) => toneOf(block.worst) === "ok");
  const restless = blocks.filter((block) => toneOf(block.worst) !== "ok");
  const [every, setEvery] = useState(false);
  const first = every ? restless : restless.slice(0, FIRST_BLOCKS);
  const shown = all ? [...first, ...calm] : first;
  const more = restless.length - FIRST_BLOCKS;
  return (
    <section className={`ov-lane ${layerClass(layer)}`} aria-label={layer}>
      <div className="ov-head">
        <b>{layer}</b>
        <span className="num">
          {units.length === 0 ? t("laneEmpty") : t("overview.units", { count: units.length })}
        </span>
      </div>
      <div className="ov-blocks">
        {shown.map((block) => (
          <Block key={block.id} block={block} several={several} onOpen={onOpen} />
        ))}
        {more > 0 && (
          <button type="button" className="ov-calm" aria-expanded={every} onClick={() => setEvery(!every)}>
            <span className="sec">{t("overview.more", { count: more })}</span>
            <span className="link">{every ? t("overview.hide") : t("overview.show")}</span>
          </button>
        )}
        {calm.length > 0 && (
          <button type="button" className="ov-calm" aria-expanded={all} onClick={() => setAll(!all)}>
            <span className="st ok">
              <Icon name="ok" />
              {t("overview.healthy", { count: calm.length })}
            </span>
            <span className="link">{all ? t("overview.hide") : t("overview.show")}</span>
          </button>
        )}
      </div>
    </section>
  );
}

/** Far zoom: lanes of composition blocks, worst first, healthy ones folded to a count. */
export function Overview({
  units,
  several,
  onOpen,
  onZoomIn,
}: {
  units: GraphUnit[];
  several: boolean;
  onOpen: (unit: string) => void;
  onZoomIn: () => void;
}) {
  const { t } = useTranslation("graph");
  const byLayer = useMemo(
    () => new Map(layers.map((layer) => [layer, units.filter((unit) => unit.layer === layer)])),
    [units],
  );
  return (
    <section
      className="cv overview"
      aria-label={t("overview.label")}
      onWheel={(event) => {
        if ((event.ctrlKey || event.metaKey) && event.deltaY < 0) onZoomIn();
      }}
    >
      <div className="ov-scroll">
        {layers.map((layer) => (
          <Lane key={layer} layer={layer} units={byLayer.get(layer) ?? []} several={several} onOpen={onOpen} />
        ))}
      </div>
      <div className="ov-tools">
        <Button icon="plus" onClick={onZoomIn}>
          {t("overview.zoomIn")}
        </Button>
      </div>
    </section>
  );
}
