import { Channel, invoke } from "@tauri-apps/api/core";
import { open } from "@tauri-apps/plugin-dialog";
import type { Answer, Method, Platform, StreamEvent, StreamState } from "./platform";

const RETRY_MS = 2000;
let nextRequest = 1;

/** What the shell's `api` command answers: the router's status and its body as text. */
interface ShellAnswer {
  status: number;
  body: string;
}

/** What the shell sends over the Channel: a batch of events, or a word about the stream itself. */
type ShellMessage = { type: "batch"; events: StreamEvent[] } | { type: "gap" } | { type: "closed" };

async function request(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
  signal?.throwIfAborted();
  const requestId = nextRequest++;
  const abort = () => void invoke("abort", { requestId });
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const answer = await invoke<ShellAnswer>("api", {
      method,
      path,
      body: body === undefined ? null : JSON.stringify(body),
      requestId,
    });
    signal?.throwIfAborted();
    return { status: answer.status, body: parse(answer.body) };
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function follow(
  path: string,
  since: number,
  onBatch: (events: StreamEvent[]) => void,
  onState: (state: StreamState) => void,
  signal: AbortSignal,
): void {
  let last = since;
  const connect = () => {
    if (signal.aborted) return;
    const requestId = nextRequest++;
    const onEvent = new Channel<ShellMessage>();
    let over = false;
    const lost = () => {
      if (over || signal.aborted) return;
      over = true;
      onState({ kind: "lost", since: new Date() });
      setTimeout(connect, RETRY_MS);
    };
    onEvent.onmessage = (message) => {
      if (signal.aborted) return;
      if (message.type === "gap") onState({ kind: "gap" });
      else if (message.type === "closed") lost();
      else {
        for (const event of message.events) last = Math.max(last, event.seq);
        onBatch(message.events);
      }
    };
    signal.addEventListener("abort", () => void invoke("abort", { requestId }), { once: true });
    invoke("stream", { path, since: last, requestId, onEvent }).then(() => onState({ kind: "live" }), lost);
  };
  connect();
}

/** The platform of the desktop window: the same router, reached in process. */
export function tauriPlatform(): Platform {
  return {
    shell: "desktop",
    request,
    stream: follow,
    openFolderDialog: async (title) => {
      const chosen = await open({ directory: true, multiple: false, title });
      return typeof chosen === "string" ? chosen : null;
    },
    canOpenFolders: true,
    openExternal: (url) => void invoke("open_external", { url }),
  };
}
