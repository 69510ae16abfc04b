import { layOut } from "./layout";
import type { LayoutInput } from "./types";

self.onmessage = (event: MessageEvent<{ id: number; input: LayoutInput }>) => {
  self.postMessage({ id: event.data.id, layout: layOut(event.data.input) });
};
