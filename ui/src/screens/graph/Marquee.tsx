import { useReactFlow } from "@xyflow/react";
import { type PointerEvent, useState } from "react";
import { type Layout, size } from "./layout/types";

interface Corners {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

const MIN_DRAG = 4;

/** Units a rectangle touches, in the order of the picture. */
export function unitsIn(layout: Layout, { x0, y0, x1, y1 }: Corners): string[] {
  const [left, right] = [Math.min(x0, x1), Math.max(x0, x1)];
  const [top, bottom] = [Math.min(y0, y1), Math.max(y0, y1)];
  return layout.units
    .filter((u) => u.x < right && u.x + size.node.width > left && u.y < bottom && u.y + size.node.height > top)
    .map((u) => u.id);
}

/** A frame drawn with Shift held on the free canvas; what it touches is handed over when it is let go. */
export function useMarquee(layout: Layout, onFrame: (ids: string[]) => void) {
  const flow = useReactFlow();
  const [frame, setFrame] = useState<Corners | null>(null);
  const end = (event: PointerEvent<HTMLElement>) => {
    if (frame === null) return;
    setFrame(null);
    const { x0, y0, x1, y1 } = frame;
    if (Math.hypot(x1 - x0, y1 - y0) < MIN_DRAG) return;
    const box = event.currentTarget.getBoundingClientRect();
    const a = flow.screenToFlowPosition({ x: x0 + box.left, y: y0 + box.top });
    const b = flow.screenToFlowPosition({ x: x1 + box.left, y: y1 + box.top });
    onFrame(unitsIn(layout, { x0: a.x, y0: a.y, x1: b.x, y1: b.y }));
  };
  const handlers = {
    onPointerDownCapture: (event: PointerEvent<HTMLElement>) => {
      const free = event.target instanceof Element && event.target.matches(".react-flow__pane");
      if (!event.shiftKey || event.button !== 0 || !free) return;
      event.stopPropagation();
      // No text is marked, and the canvas does not move.
      event.preventDefault();
      const box = event.currentTarget.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      event.currentTarget.setPointerCapture(event.pointerId);
      setFrame({ x0: x, y0: y, x1: x, y1: y });
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (frame === null) return;
      const box = event.currentTarget.getBoundingClientRect();
      setFrame({ ...frame, x1: event.clientX - box.left, y1: event.clientY - box.top });
    },
    onPointerUp: end,
    onPointerCancel: () => setFrame(null),
  };
  const drawn =
    frame === null ? null : (
      <div
        className="marquee"
        style={{
          left: Math.min(frame.x0, frame.x1),
          top: Math.min(frame.y0, frame.y1),
          width: Math.abs(frame.x1 - frame.x0),
          height: Math.abs(frame.y1 - frame.y0),
        }}
      />
    );
  return { handlers, drawn };
}
