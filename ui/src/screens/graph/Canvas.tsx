import "@xyflow/react/dist/base.css";
import { type Connection, type OnNodeDrag, ReactFlow, ReactFlowProvider, useReactFlow, useStore } from "@xyflow/react";
import { type DragEvent, type KeyboardEvent, type MouseEvent, useCallback, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useCommands } from "../../commands/registry";
import { IconButton } from "../../parts/controls";
import { onModuleDragOver } from "./author/drag";
import { MODULE_TYPE, openSheet, useAuthoring } from "./author/state";
import { MenuButton } from "./author/UnitMenu";
import { under } from "./author/under";
import { ColumnHeads, LaneBands, LaneHeads } from "./Lanes";
import { type Layout, type LayoutInput, size } from "./layout/types";
import { useLayout } from "./layout/useLayout";
import { useMarquee } from "./Marquee";
import { MiniMap } from "./MiniMap";
import { coneOf, type Direction, neighboursOf, step } from "./neighbours";
import { NodeWordsContext, useMakeNodeWords } from "./nodeWords";
import { choose, subjects, toggle } from "./selection";
import { UnitNode } from "./UnitNode";
import type { GraphUnit, GraphView } from "./useGraph";
import { useNodes } from "./useNodes";
import { usePlaces } from "./usePlaces";
import { useRearrange } from "./useRearrange";
import { MIN_ZOOM, NEAR_ZOOM, useCanvasView } from "./view";
import { WireLabels, Wires } from "./Wires";

const HEAD_WIDTH = 104;
const LEFT = HEAD_WIDTH + 18;
const SLOW_MS = 220;
const nodeTypes = { unit: UnitNode };
const proOptions = { hideAttribution: true };
const arrows = new Set<string>(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);

export interface CanvasProps {
  view: GraphView;
  units: GraphUnit[];
  guarded: Set<string>;
  selected: string | null;
  onSelect: (id: string | null) => void;
  /** Changes when the picture should be fitted again: another environment, another filter. */
  fitKey: string;
}

export function Canvas(props: CanvasProps) {
  const folded = useCanvasView((state) => state.folded);
  const { view, units } = props;
  const shown = useMemo(() => new Map(units.map((unit) => [unit.id, unit])), [units]);
  const edges = useMemo(
    () => view.edges.filter((edge) => shown.has(edge.source) && shown.has(edge.target)),
    [view.edges, shown],
  );
  const input = useMemo(
    (): LayoutInput => ({
      units: units.map(({ id, environment, composition, layer }) => ({ id, environment, composition, layer })),
      links: edges.map(({ source, target }) => ({ source, target })),
      environments: view.environments.filter((env) => units.some((unit) => unit.environment === env)),
      folded,
    }),
    [units, edges, view.environments, folded],
  );
  const { data, isPending } = usePlaces();
  const places = data?.units;
  const layout = useLayout(
    useMemo(() => (isPending ? null : { ...input, places: places ?? {} }), [input, isPending, places]),
  );
  if (layout === null) return <div className="cv" />;
  return (
    <ReactFlowProvider>
      <Stage {...props} layout={layout} shown={shown} edges={edges} />
    </ReactFlowProvider>
  );
}

interface StageProps extends CanvasProps {
  layout: Layout;
  shown: Map<string, GraphUnit>;
  edges: GraphView["edges"];
}

/** Fits the first picture, and again when the environment or filter changes; never while only states change. */
function useFit(layout: Layout, fitKey: string) {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const fitted = useRef<string | null>(null);
  const fitTo = useCallback(
    (floor: number, duration: number) => {
      const wide = (width - LEFT - 24) / Math.max(1, layout.width);
      const high = height / Math.max(1, layout.height);
      const exact = Math.min(1, wide, high);
      // Text is sharpest at 100 %: a picture that almost fits is shown in full size.
      const zoom = Math.max(floor, exact > 0.9 ? 1 : exact);
      void flow.setViewport({ x: LEFT, y: 0, zoom }, { duration });
    },
    [flow, layout, width, height],
  );
  useEffect(() => {
    if (width === 0 || fitted.current === fitKey) return;
    fitted.current = fitKey;
    fitTo(layout.columns.length > 1 ? 0.42 : 0.8, 0);
  }, [fitTo, fitKey, width, layout.columns.length]);
  return fitTo;
}

function Stage(props: StageProps) {
  const { view, edges, selected, onSelect, guarded, fitKey } = props;
  const { t } = useTranslation("graph");
  const flow = useReactFlow();
  const host = useRef<HTMLElement>(null);
  const { picture: layout, ...moving } = useRearrange(props.layout, props.shown);
  const words = useMakeNodeWords(useStore((state) => state.transform[2] >= NEAR_ZOOM));
  const neighbours = useMemo(() => neighboursOf(edges), [edges]);
  const holdsCone = useCanvasView((state) => state.cone);
  const cone = useMemo(
    () => (holdsCone && selected !== null ? coneOf(selected, neighbours) : null),
    [holdsCone, selected, neighbours],
  );
  const fitTo = useFit(props.layout, fitKey);
  const zoom = useStore((state) => state.transform[2]);
  useReveal(props.layout, selected, host);

  const zoomOut = useCallback(() => {
    if (flow.getZoom() <= MIN_ZOOM + 0.01) useCanvasView.setState({ far: true });
    else void flow.zoomOut({ duration: SLOW_MS });
  }, [flow]);
  const centre = useCallback(() => {
    const unit = layout.units.find((u) => u.id === useCanvasView.getState().selected);
    if (unit !== undefined)
      void flow.setCenter(unit.x + size.node.width / 2, unit.y + size.node.height / 2, {
        zoom: Math.max(1, flow.getZoom()),
        duration: SLOW_MS,
      });
  }, [flow, layout]);
  useCommands(
    useMemo(
      () => [
        { id: "graph.fit", title: t("cmd.fit"), group: "screen", keys: "1", run: () => fitTo(MIN_ZOOM, SLOW_MS) },
        {
          id: "graph.actual",
          title: t("cmd.actual"),
          group: "screen",
          keys: "0",
          run: () => void flow.zoomTo(1, { duration: SLOW_MS }),
        },
        {
          id: "graph.zoomIn",
          title: t("cmd.zoomIn"),
          group: "screen",
          keys: "[Shift]+Equal",
          run: () => void flow.zoomIn({ duration: SLOW_MS }),
        },
        { id: "graph.zoomOut", title: t("cmd.zoomOut"), group: "screen", keys: "Minus", run: zoomOut },
        { id: "graph.centre", title: t("cmd.centre"), group: "screen", keys: "Period", run: centre },
      ],
      [t, fitTo, flow, zoomOut, centre],
    ),
  );

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Shift") useCanvasView.setState({ cone: true });
    if (!arrows.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = step(layout, neighbours, selected, event.key as Direction);
    if (next === null) return;
    if (event.shiftKey) choose([...new Set([...subjects(selected, useCanvasView.getState().picked), next])], onSelect);
    else onSelect(next);
  };
  const marquee = useMarquee(layout, (ids) => choose(ids, onSelect));
  return (
    <section
      ref={host}
      className="cv"
      aria-label={t("canvas")}
      onKeyDown={onKeyDown}
      {...marquee.handlers}
      onKeyUp={(event) => event.key === "Shift" && useCanvasView.setState({ cone: false })}
      onWheel={(event) => {
        if ((event.ctrlKey || event.metaKey) && event.deltaY > 0 && flow.getZoom() <= MIN_ZOOM + 0.01)
          useCanvasView.setState({ far: true });
      }}
      style={{ "--inv": 1 / zoom } as React.CSSProperties}
    >
      <LaneBands layout={layout} />
      <NodeWordsContext value={words}>
        <Flow {...props} {...moving} layout={layout} cone={cone} />
      </NodeWordsContext>
      {marquee.drawn}
      <WireLabels layout={layout} edges={edges} lit={selected} />
      <ColumnHeads layout={layout} guarded={guarded} />
      <LaneHeads layout={layout} lanes={view.lanes} />
      <Legend />
      <div className="tools" role="toolbar" aria-label={t("tools")}>
        <IconButton
          label={`${t("cmd.outline")} (O)`}
          icon="outline"
          onClick={() => useCanvasView.setState({ mode: "outline" })}
        />
        <MenuButton unit={selected} />
        <IconButton label={`${t("cmd.fit")} (1)`} icon="fit" onClick={() => fitTo(MIN_ZOOM, SLOW_MS)} />
        <hr />
        <IconButton label={t("cmd.zoomOut")} icon="minus" onClick={zoomOut} />
        <button
          type="button"
          className="num zoom-word"
          title={`${t("cmd.actual")} (0)`}
          onClick={() => void flow.zoomTo(1, { duration: SLOW_MS })}
        >
          {Math.round(zoom * 100)}%
        </button>
        <IconButton label={t("cmd.zoomIn")} icon="plus" onClick={() => void flow.zoomIn({ duration: SLOW_MS })} />
      </div>
      <MiniMap layout={layout} />
    </section>
  );
}

/** What moves with the canvas. Its own component: it looks again when other tiles come into view, the rest does not. */
function Flow({
  layout,
  shown,
  edges,
  selected,
  onSelect,
  cone,
  onNodeDrag,
  onNodeDragStop,
}: StageProps & { cone: Set<string> | null; onNodeDrag: OnNodeDrag; onNodeDragStop: OnNodeDrag }) {
  const flow = useReactFlow();
  const nodes = useNodes(layout, shown, edges);
  const extent = useMemo(
    (): [[number, number], [number, number]] => [
      [-600, -300],
      [layout.width + 600, layout.height + 400],
    ],
    [layout.width, layout.height],
  );
  const onDrop = useCallback(
    (event: DragEvent) => {
      const reference = event.dataTransfer.getData(MODULE_TYPE);
      if (reference === "") return;
      event.preventDefault();
      const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
      openSheet({ kind: "add", reference, ...under(layout, point) });
    },
    [flow, layout],
  );
  const onNodeClick = useCallback(
    ({ shiftKey, ctrlKey, metaKey }: MouseEvent, node: { id: string }) =>
      shiftKey || ctrlKey || metaKey ? toggle(node.id, onSelect) : onSelect(node.id),
    [onSelect],
  );
  const onNodeContextMenu = useCallback(
    (event: MouseEvent, node: { id: string }) => {
      event.preventDefault();
      if (!useCanvasView.getState().picked.has(node.id)) onSelect(node.id);
      useAuthoring.setState({ menu: { x: event.clientX, y: event.clientY } });
    },
    [onSelect],
  );
  const pickWire = useCallback(
    (wire: string) => {
      onSelect(null);
      useCanvasView.setState({ wire });
    },
    [onSelect],
  );
  const onPaneClick = useCallback(() => onSelect(null), [onSelect]);
  return (
    <ReactFlow
      nodes={nodes}
      nodeTypes={nodeTypes}
      minZoom={MIN_ZOOM}
      maxZoom={2}
      onNodeDrag={onNodeDrag}
      onNodeDragStop={onNodeDragStop}
      nodesDraggable
      nodeDragThreshold={0}
      nodeClickDistance={4}
      nodesConnectable
      connectionRadius={40}
      isValidConnection={joinable}
      onConnect={onConnect}
      onDragOver={onModuleDragOver}
      onDrop={onDrop}
      nodesFocusable={false}
      elementsSelectable={false}
      disableKeyboardA11y
      onlyRenderVisibleElements
      panOnScroll
      zoomOnDoubleClick={false}
      proOptions={proOptions}
      translateExtent={extent}
      onNodeClick={onNodeClick}
      onNodeContextMenu={onNodeContextMenu}
      onPaneClick={onPaneClick}
    >
      <Wires layout={layout} edges={edges} lit={selected} cone={cone} onPick={pickWire} />
    </ReactFlow>
  );
}

function onConnect({ source, target }: Connection): void {
  openSheet({ kind: "connect", from: source, to: target });
}

/** Two different units of one environment; what else must hold is the server's to say. */
function joinable({ source, target }: { source: string; target: string }): boolean {
  return source !== target && source.split("/")[0] === target.split("/")[0];
}

/** Keeps the selected unit in view and moves focus with it when the canvas has focus. */
function useReveal(layout: Layout, selected: string | null, host: React.RefObject<HTMLElement | null>): void {
  const flow = useReactFlow();
  const ready = useStore((state) => state.width > 0);
  useEffect(() => {
    // Several were chosen by what can be seen; the picture stays.
    if (selected === null || !ready || useCanvasView.getState().picked.size > 0) return;
    const unit = layout.units.find((u) => u.id === selected);
    const box = host.current?.getBoundingClientRect();
    if (unit === undefined || box === undefined) return;
    const { x, y, zoom } = flow.getViewport();
    const left = unit.x * zoom + x;
    const top = unit.y * zoom + y;
    const out =
      left < HEAD_WIDTH + 8 ||
      top < 8 ||
      left + size.node.width * zoom > box.width - 8 ||
      top + size.node.height * zoom > box.height - 8;
    if (out)
      void flow.setCenter(unit.x + size.node.width / 2, unit.y + size.node.height / 2, { zoom, duration: SLOW_MS });
    const hadFocus = host.current?.contains(document.activeElement) === true;
    if (!hadFocus) return;
    const timer = setTimeout(
      () =>
        host.current
          ?.querySelector<HTMLElement>(`[data-unit="${CSS.escape(selected)}"]`)
          ?.focus({ preventScroll: true }),
      out ? SLOW_MS + 40 : 0,
    );
    return () => clearTimeout(timer);
  }, [layout, selected, flow, host, ready]);
}

function Legend() {
  const { t } = useTranslation("graph");
  return (
    <div className="legend">
      <span>
        <svg width="26" height="8" aria-hidden="true">
          <path d="M1 4h24" className="e data" />
          <rect className="p" x="1" y="1" width="6" height="6" rx="1" />
          <rect className="p" x="19" y="1" width="6" height="6" rx="1" />
        </svg>
        {t("legend.data")}
      </span>
      <span>
        <svg width="26" height="8" aria-hidden="true">
          <path d="M1 4h20" className="e dep" />
          <path d="M19 .5 25 4l-6 3.5z" className="a" />
        </svg>
        {t("legend.order")}
      </span>
    </div>
  );
}
