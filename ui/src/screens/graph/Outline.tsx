import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../parts/Icon";
import { EngineGlyph, layerClass, layers } from "../../parts/marks";
import { StatusBadge } from "../../parts/StatusBadge";
import { useSay } from "../../parts/useSay";
import { useAuthoring } from "./author/state";
import { toggle as toggleUnit } from "./selection";
import type { GraphUnit } from "./useGraph";
import { useCanvasView } from "./view";

type Row =
  | {
      kind: "environment" | "layer" | "composition";
      key: string;
      level: number;
      name: string;
      units: number;
      open: boolean;
      layer?: string;
    }
  | { kind: "unit"; key: string; level: number; unit: GraphUnit };

interface Branch {
  key: string;
  name: string;
  kind: "environment" | "layer" | "composition";
  layer?: string;
  units: GraphUnit[];
  branches: Branch[];
}

function groupBy(units: GraphUnit[], of: (unit: GraphUnit) => string): Map<string, GraphUnit[]> {
  const out = new Map<string, GraphUnit[]>();
  for (const unit of units) {
    const list = out.get(of(unit));
    if (list === undefined) out.set(of(unit), [unit]);
    else list.push(unit);
  }
  return out;
}

function treeOf(units: GraphUnit[]): Branch[] {
  return [...groupBy(units, (u) => u.environment)].map(([environment, inEnvironment]) => {
    const byLayer = groupBy(inEnvironment, (u) => u.layer);
    return {
      key: `e:${environment}`,
      name: environment,
      kind: "environment",
      units: inEnvironment,
      branches: layers.flatMap((layer): Branch[] => {
        const inLayer = byLayer.get(layer);
        if (inLayer === undefined) return [];
        const key = `e:${environment}/l:${layer}`;
        return [
          {
            key,
            name: layer,
            kind: "layer",
            layer,
            units: inLayer,
            branches: [...groupBy(inLayer, (u) => u.composition)].map(([composition, list]) => ({
              key: `${key}/c:${composition}`,
              name: composition,
              kind: "composition",
              layer,
              units: list,
              branches: [],
            })),
          },
        ];
      }),
    };
  });
}

function flatten(branches: Branch[], closed: ReadonlySet<string>, level = 1, out: Row[] = []): Row[] {
  for (const branch of branches) {
    const open = !closed.has(branch.key);
    out.push({
      kind: branch.kind,
      key: branch.key,
      level,
      name: branch.name,
      units: branch.units.length,
      open,
      layer: branch.layer,
    });
    if (!open) continue;
    if (branch.branches.length > 0) flatten(branch.branches, closed, level + 1, out);
    else for (const unit of branch.units) out.push({ kind: "unit", key: unit.id, level: level + 1, unit });
  }
  return out;
}

const ROW_PX = 28;

/** The same graph as a tree: everything the canvas shows, without a pointer. */
export function Outline({
  units,
  selected,
  onSelect,
}: {
  units: GraphUnit[];
  selected: string | null;
  onSelect: (id: string | null) => void;
}) {
  const picked = useCanvasView((state) => state.picked);
  const { t } = useTranslation("graph");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [focus, setFocus] = useState<string | null>(null);
  const host = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => flatten(treeOf(units), closed), [units, closed]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => host.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const at = Math.max(
    0,
    rows.findIndex((row) => row.key === (focus ?? selected)),
  );
  const { scrollToIndex } = virtual;
  useEffect(() => {
    if (selected === null) return;
    const index = rows.findIndex((row) => row.key === selected);
    if (index !== -1) scrollToIndex(index);
  }, [selected, rows, scrollToIndex]);
  const toggle = (key: string) =>
    setClosed((old) => {
      const next = new Set(old);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  const go = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    setFocus(row.key);
    virtual.scrollToIndex(rows.indexOf(row));
    requestAnimationFrame(() =>
      host.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.key)}"]`)?.focus(),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    if (row === undefined) return;
    const parent = rows.slice(0, at).findLastIndex((r) => r.level < row.level);
    const folder = row.kind !== "unit";
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(rows.length - 1);
    else if (event.key === "ArrowRight") folder && !row.open ? toggle(row.key) : go(at + 1);
    else if (event.key === "ArrowLeft") folder && row.open ? toggle(row.key) : parent >= 0 && go(parent);
    else if (event.key === "Enter") row.kind === "unit" ? onSelect(row.unit.id) : toggle(row.key);
    else if (event.key === " " && row.kind === "unit") toggleUnit(row.unit.id, onSelect);
    else return;
    event.preventDefault();
  };
  return (
    <div
      className="cv outline"
      ref={host}
      role="tree"
      aria-multiselectable
      aria-label={t("outlineLabel")}
      onKeyDown={onKeyDown}
      tabIndex={-1}
    >
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const on = row.kind === "unit" && (row.unit.id === selected || picked.has(row.unit.id));
          return (
            <div
              key={row.key}
              data-row={row.key}
              role="treeitem"
              aria-level={row.level}
              aria-selected={on}
              aria-expanded={row.kind === "unit" ? undefined : row.open}
              tabIndex={item.index === at ? 0 : -1}
              className={`out-row ${row.kind}${on ? " on" : ""}`}
              style={{ top: item.start, paddingLeft: 12 + (row.level - 1) * 20 }}
              onClick={({ ctrlKey, metaKey, shiftKey }) => {
                setFocus(row.key);
                if (row.kind !== "unit") toggle(row.key);
                else if (ctrlKey || metaKey || shiftKey) toggleUnit(row.unit.id, onSelect);
                else onSelect(row.unit.id);
              }}
              onContextMenu={(event) => {
                if (row.kind !== "unit") return;
                event.preventDefault();
                if (!picked.has(row.unit.id)) onSelect(row.unit.id);
                useAuthoring.setState({ menu: { x: event.clientX, y: event.clientY } });
              }}
              onKeyDown={() => undefined}
            >
              <OutlineRow row={row} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function OutlineRow({ row }: { row: Row }) {
  const { t } = useTranslation("graph");
  const say = useSay();
  if (row.kind === "unit") {
    return (
      <>
        <EngineGlyph engine={row.unit.engine} />
        <span className="ell out-name">{row.unit.module}</span>
        <StatusBadge status={row.unit.status} />
        <span className="mut t12 ell grow">{say.one(row.unit.said, row.unit.detail ?? "")}</span>
        <span className="mut t12 mono">{row.unit.engine}</span>
      </>
    );
  }
  return (
    <>
      <Icon name={row.open ? "down" : "right"} size="xs" />
      {row.kind === "layer" ? (
        <span className={`lay ${layerClass(row.layer ?? "")}`}>{row.name}</span>
      ) : (
        <b className="ell">{row.name === "" ? t("unassembledColumn") : row.name}</b>
      )}
      <span className="mut t12 num">{row.units}</span>
    </>
  );
}
