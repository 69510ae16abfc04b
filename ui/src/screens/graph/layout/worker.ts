/** A worker on its way, and whether the shell refused it before anybody listened. */
export interface Started {
  worker: Worker;
  failed: boolean;
}

let spare: Started | null = null;

function start(): Started {
  const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  const started: Started = { worker, failed: false };
  worker.onerror = () => {
    started.failed = true;
  };
  return started;
}

/** Starts a worker while the graph is still being fetched, so that neither waits for the other. */
export function warmLayout(): void {
  if (spare === null && typeof Worker !== "undefined") spare = start();
}

/** The worker that waits, or a new one; it belongs to the caller, who ends it. */
export function takeWorker(): Started {
  const taken = spare ?? start();
  spare = null;
  return taken;
}
