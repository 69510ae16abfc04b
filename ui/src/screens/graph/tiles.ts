import { useStore } from "@xyflow/react";
import { useMemo } from "react";

const TILE = 600;

export interface Rect {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** The visible part of the canvas, widened to whole tiles so that it changes seldom while panning. */
export function useVisibleTiles(): Rect {
  const key = useStore(({ transform: [x, y, zoom], width, height }) => {
    const tile = TILE / Math.min(1, zoom);
    const x0 = Math.floor(-x / zoom / tile - 0.5) * tile;
    const y0 = Math.floor(-y / zoom / tile - 0.5) * tile;
    const x1 = Math.ceil((width - x) / zoom / tile + 0.5) * tile;
    const y1 = Math.ceil((height - y) / zoom / tile + 0.5) * tile;
    return `${x0},${y0},${x1},${y1}`;
  });
  return useMemo(() => {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = key.split(",").map(Number);
    return { x0, y0, x1, y1 };
  }, [key]);
}

export function overlaps(box: Rect, view: Rect): boolean {
  return box.x0 < view.x1 && box.x1 > view.x0 && box.y0 < view.y1 && box.y1 > view.y0;
}
