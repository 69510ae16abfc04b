import type { Answer, Method, Platform, StreamEvent, StreamState } from "./platform";

const RETRY_MS = [500, 1000, 2000, 5000, 10_000];
const BATCH_MS = 50;

async function request(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
  const response = await fetch(path, {
    method,
    headers:
      body === undefined
        ? { accept: "application/json" }
        : { accept: "application/json", "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "same-origin",
    signal,
  });
  const text = await response.text();
  return { status: response.status, body: parseBody(text, response.headers.get("content-type")) };
}

function parseBody(text: string, contentType: string | null): unknown {
  if (text === "") return null;
  if (contentType?.includes("json") !== true) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Splits one SSE frame into an event; frames without an id (comments, keep-alives) give null. */
export function parseFrame(frame: string): StreamEvent | null {
  let id: string | null = null;
  let kind = "message";
  const data: string[] = [];
  for (const line of frame.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const field = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (field === "id") id = value;
    else if (field === "event") kind = value;
    else if (field === "data") data.push(value);
  }
  if (data.length === 0) return null;
  const seq = id === null ? Number.NaN : Number(id);
  if (Number.isNaN(seq) && kind !== "gap") return null;
  try {
    return { seq: Number.isNaN(seq) ? -1 : seq, kind, data: JSON.parse(data.join("\n")) };
  } catch {
    return null;
  }
}

async function readOnce(
  url: string,
  onEvent: (event: StreamEvent) => void,
  onOpen: () => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(url, { headers: { accept: "text/event-stream" }, credentials: "same-origin", signal });
  if (!response.ok || response.body === null) throw new Error(`stream answered ${response.status}`);
  onOpen();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const frames = rest.split(/\r?\n\r?\n/);
    rest = frames.pop() ?? "";
    for (const frame of frames) {
      const event = parseFrame(frame);
      if (event !== null) onEvent(event);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function follow(
  path: string,
  since: number,
  onBatch: (events: StreamEvent[]) => void,
  onState: (state: StreamState) => void,
  signal: AbortSignal,
): Promise<void> {
  let last = since;
  let failures = 0;
  let pending: StreamEvent[] = [];
  let flushing = false;
  const flush = () => {
    flushing = false;
    const batch = pending;
    pending = [];
    if (batch.length > 0 && !signal.aborted) onBatch(batch);
  };
  const take = (event: StreamEvent) => {
    if (event.kind === "gap") {
      onState({ kind: "gap" });
      return;
    }
    last = Math.max(last, event.seq);
    pending.push(event);
    if (flushing) return;
    flushing = true;
    setTimeout(flush, BATCH_MS);
  };
  while (!signal.aborted) {
    try {
      const url = `${path}${path.includes("?") ? "&" : "?"}since=${last}`;
      await readOnce(
        url,
        take,
        () => {
          failures = 0;
          onState({ kind: "live" });
        },
        signal,
      );
    } catch {
      // The cause is the network's; what the reader needs is that values may now be old.
    }
    if (signal.aborted) return;
    if (failures === 0) onState({ kind: "lost", since: new Date() });
    await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 10_000, signal);
    failures += 1;
  }
}

/** The platform of a browser tab: fetch for requests, server-sent events over fetch for the stream. */
export function webPlatform(): Platform {
  return {
    shell: "browser",
    request,
    stream: (path, since, onBatch, onState, signal) => void follow(path, since, onBatch, onState, signal),
    openFolderDialog: () => Promise.resolve(null),
    canOpenFolders: false,
    openExternal: (url) => void window.open(url, "_blank", "noopener,noreferrer"),
  };
}
