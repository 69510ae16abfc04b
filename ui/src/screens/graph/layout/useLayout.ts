import { useEffect, useRef, useState } from "react";
import { sameInput } from "./same";
import type { Layout, LayoutInput } from "./types";
import { takeWorker } from "./worker";

/** Lays the graph out off the main thread; the last picture stays until the next one is ready. */
export function useLayout(input: LayoutInput | null): Layout | null {
  const worker = useRef<Worker | null>(null);
  const newest = useRef(0);
  const asked = useRef<LayoutInput | null>(null);
  const [layout, setLayout] = useState<Layout | null>(null);
  // A shell that refuses workers still gets its picture, only later.
  const [broken, setBroken] = useState(typeof Worker === "undefined");
  useEffect(() => {
    if (broken) return;
    const { worker: own, failed } = takeWorker();
    if (failed) {
      setBroken(true);
      return;
    }
    worker.current = own;
    own.onmessage = (event: MessageEvent<{ id: number; layout: Layout }>) => {
      if (event.data.id === newest.current) setLayout(event.data.layout);
    };
    own.onerror = () => setBroken(true);
    return () => {
      own.terminate();
      worker.current = null;
      // What it was asked has no answer: the next one to answer is asked again.
      asked.current = null;
    };
  }, [broken]);
  useEffect(() => {
    if (input === null) return;
    // A state that changed moves nothing.
    if (asked.current !== null && sameInput(asked.current, input)) return;
    asked.current = input;
    newest.current += 1;
    const id = newest.current;
    if (broken) void import("./layout").then(({ layOut }) => id === newest.current && setLayout(layOut(input)));
    else worker.current?.postMessage({ id, input });
  }, [input, broken]);
  return layout;
}
