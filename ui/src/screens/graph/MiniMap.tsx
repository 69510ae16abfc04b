import { useReactFlow, useStore } from "@xyflow/react";
import { memo, type PointerEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { layerClass, layers } from "../../parts/marks";
import { type Layout, size } from "./layout/types";
import { useCanvasView } from "./view";

const WIDTH = 150;
const HEIGHT = 118;
const PAD = 6;

/** The whole canvas in 150 by 118: one path per layer, the visible part as a frame. Drag moves the view. */
export function MiniMap({ layout }: { layout: Layout }) {
  const { t } = useTranslation("graph");
  const flow = useReactFlow();
  const svg = useRef<SVGSVGElement>(null);
  const selected = useCanvasView((state) => state.selected);
  const [x, y, zoom] = useStore((state) => state.transform);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const scale = Math.min(
    (WIDTH - 2 * PAD) / Math.max(1, layout.width),
    (HEIGHT - 2 * PAD) / Math.max(1, layout.height),
  );
  const at = selected === null ? undefined : layout.units.find((unit) => unit.id === selected);
  const move = (event: PointerEvent) => {
    if (event.buttons !== 1) return;
    const box = svg.current?.getBoundingClientRect();
    if (box === undefined) return;
    void flow.setCenter((event.clientX - box.left - PAD) / scale, (event.clientY - box.top - PAD) / scale, { zoom });
  };
  const frame = {
    x: PAD + (-x / zoom) * scale,
    y: PAD + (-y / zoom) * scale,
    w: (width / zoom) * scale,
    h: (height / zoom) * scale,
  };
  const left = Math.max(1, frame.x);
  const top = Math.max(1, frame.y);
  return (
    <figure className="mm" aria-label={t("minimap")}>
      <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
        <title>{t("minimap")}</title>
        <Blocks layout={layout} scale={scale} />
      </svg>
      <svg
        ref={svg}
        className="mm-over"
        width={WIDTH}
        height={HEIGHT}
        onPointerDown={move}
        onPointerMove={move}
        aria-hidden="true"
      >
        <title>{t("minimap")}</title>
        {at !== undefined && (
          <rect
            x={PAD + at.x * scale}
            y={PAD + at.y * scale}
            width={Math.max(3, size.node.width * scale)}
            height={Math.max(3, size.node.height * scale)}
            rx="1"
            className="mm-sel"
          />
        )}
        <rect
          x={left}
          y={top}
          width={Math.max(4, Math.min(WIDTH - 1, frame.x + frame.w) - left)}
          height={Math.max(4, Math.min(HEIGHT - 1, frame.y + frame.h) - top)}
          rx="3"
          className="mm-frame"
        />
      </svg>
    </figure>
  );
}

/** One path per layer; it changes with the picture, never while the canvas moves. */
const Blocks = memo(function Blocks({ layout, scale }: { layout: Layout; scale: number }) {
  const by = new Map<string, string>(layers.map((layer) => [layer, ""]));
  const layerOf = new Map(layout.groups.flatMap((group) => group.units.map((id) => [id, group.layer])));
  const width = Math.max(1.5, size.node.width * scale).toFixed(1);
  const shape = `h${width}v${Math.max(1.5, size.node.height * scale).toFixed(1)}h-${width}z`;
  for (const unit of layout.units) {
    const layer = layerOf.get(unit.id);
    if (layer === undefined) continue;
    const corner = `M${(PAD + unit.x * scale).toFixed(1)} ${(PAD + unit.y * scale).toFixed(1)}`;
    by.set(layer, `${by.get(layer) ?? ""}${corner}${shape}`);
  }
  return [...by].map(([layer, d]) => (
    <path key={layer} className={layerClass(layer)} d={d} fill="var(--l)" opacity=".55" />
  ));
});
