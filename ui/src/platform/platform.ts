import { createContext, useContext } from "react";

/** One answer of the API, whatever carried it. `body` is parsed JSON, or text when the answer was not JSON. */
export interface Answer {
  status: number;
  body: unknown;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One numbered event of the stream (D11). `kind` is the event's name; `data` its envelope. */
export interface StreamEvent {
  seq: number;
  kind: string;
  data: unknown;
}

/** What the stream says about itself; a `gap` means events were dropped and the reader must fetch again. */
export type StreamState = { kind: "live" } | { kind: "lost"; since: Date } | { kind: "gap" };

export interface Platform {
  /** Which shell this is; used for words ("this window", "this browser") and for the history kind, never for rules. */
  readonly shell: "browser" | "desktop";
  request(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer>;
  /** Calls `onBatch` with events numbered above `since` until `signal` aborts; reconnects by itself. */
  stream(
    path: string,
    since: number,
    onBatch: (events: StreamEvent[]) => void,
    onState: (state: StreamState) => void,
    signal: AbortSignal,
  ): void;
  /** Asks for a folder; null when the person cancelled or the shell has no such dialog. */
  openFolderDialog(title: string): Promise<string | null>;
  readonly canOpenFolders: boolean;
  /** Opens an https address outside the app. */
  openExternal(url: string): void;
}

export const PlatformContext = createContext<Platform | null>(null);

export function usePlatform(): Platform {
  const platform = useContext(PlatformContext);
  if (platform === null) throw new Error("Platform is missing: the app was started without an entry file");
  return platform;
}
