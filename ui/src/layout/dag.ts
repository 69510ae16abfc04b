import { useEffect, useRef, useState } from "react";

export interface DagInput {
  nodes: { id: string; width: number; height: number }[];
  edges: { id: string; source: string; target: string }[];
  direction: "RIGHT" | "DOWN";
  layerGap?: number;
  nodeGap?: number;
}

export interface DagLayout {
  width: number;
  height: number;
  nodes: { id: string; x: number; y: number; width: number; height: number }[];
  edges: { id: string; points: { x: number; y: number }[] }[];
}

export interface DagAnswer {
  layout: DagLayout | null;
  error: string | null;
}

/**
 * Layered layout of a small graph (a run, a composition) by ELK in a Worker. Meant for hundreds of
 * nodes; the workspace canvas has its own linear layout. The input must be stable (useMemo).
 */
export function useDagLayout(input: DagInput | null): DagAnswer {
  const worker = useRef<Worker | null>(null);
  const newest = useRef(0);
  const [answer, setAnswer] = useState<DagAnswer>({ layout: null, error: null });
  useEffect(() => {
    const own = new Worker(new URL("./dag.worker.ts", import.meta.url), { type: "module" });
    worker.current = own;
    own.onmessage = (event: MessageEvent<{ id: number; layout?: DagLayout; error?: string }>) => {
      if (event.data.id !== newest.current) return;
      setAnswer({ layout: event.data.layout ?? null, error: event.data.error ?? null });
    };
    return () => own.terminate();
  }, []);
  useEffect(() => {
    if (input === null) return;
    newest.current += 1;
    worker.current?.postMessage({ id: newest.current, input });
  }, [input]);
  return answer;
}

/** An SVG path through the points with rounded corners. */
export function pathThrough(points: { x: number; y: number }[], radius = 7): string {
  const first = points[0];
  if (first === undefined) return "";
  let d = `M${first.x} ${first.y}`;
  for (let i = 1; i < points.length; i += 1) {
    const [before, here, after] = [points[i - 1], points[i], points[i + 1]];
    if (before === undefined || here === undefined) continue;
    const inLength = Math.hypot(here.x - before.x, here.y - before.y);
    const outLength = after === undefined ? 0 : Math.hypot(after.x - here.x, after.y - here.y);
    const r = Math.min(radius, inLength / 2, outLength / 2);
    if (after === undefined || r < 0.5) {
      d += ` L${here.x} ${here.y}`;
      continue;
    }
    const a = { x: here.x + ((before.x - here.x) / inLength) * r, y: here.y + ((before.y - here.y) / inLength) * r };
    const b = { x: here.x + ((after.x - here.x) / outLength) * r, y: here.y + ((after.y - here.y) / outLength) * r };
    d += ` L${a.x} ${a.y} Q${here.x} ${here.y} ${b.x} ${b.y}`;
  }
  return d;
}
