import type { DragEvent } from "react";
import { MODULE_TYPE } from "./state";

/** Lets a module card be dropped here, and nothing else. */
export function onModuleDragOver(event: DragEvent): void {
  if (!event.dataTransfer.types.includes(MODULE_TYPE)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
}
