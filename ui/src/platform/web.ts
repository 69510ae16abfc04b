import type { Answer, Method, Platform, StreamEvent, StreamState } from "./platform";

const RETRY_MS = [500, 1000, 2000, 5000, 10_000];

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

/** What one server-sent frame says: events, a gap, or nothing (keep-alives, what cannot be read). */
export type Frame = { kind: "events"; events: StreamEvent[] } | { kind: "gap" } | null;

function numbered(data: unknown): StreamEvent[] {
  const list: unknown[] = Array.isArray(data) ? data : [];
  return list.flatMap((entry) => {
    if (typeof entry !== "object" || entry === null) return [];
    const { position, kind } = entry as { position?: unknown; kind?: unknown };
    if (typeof position !== "number") return [];
    return [{ seq: position, kind: typeof kind === "string" ? kind : "", data: entry }];
  });
}

export function parseFrame(frame: string): Frame {
  let name = "";
  const data: string[] = [];
  for (const line of frame.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (line.slice(0, colon) === "event") name = value;
    else if (line.slice(0, colon) === "data") data.push(value);
  }
  if (name === "gap") return { kind: "gap" };
  if (name !== "batch" || data.length === 0) return null;
  try {
    return { kind: "events", events: numbered(JSON.parse(data.join("\n"))) };
  } catch {
    // Half a frame is lost data: the reader must fetch again rather than believe it saw everything.
    return { kind: "gap" };
  }
}

async function readOnce(
  url: string,
  onFrame: (frame: Exclude<Frame, null>) => void,
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
      const read = parseFrame(frame);
      if (read !== null) onFrame(read);
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
  // The server batches (D11); a second delay here would only make the screen late.
  const take = (frame: Exclude<Frame, null>) => {
    if (signal.aborted) return;
    if (frame.kind === "gap") onState({ kind: "gap" });
    else if (frame.events.length > 0) {
      last = Math.max(last, ...frame.events.map((event) => event.seq));
      onBatch(frame.events);
    }
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
