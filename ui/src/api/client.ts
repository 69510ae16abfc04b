import { useMemo } from "react";
import { type Method, type Platform, usePlatform } from "../platform/platform";
import type { DiagnosticDto } from "./dto";

/** The body of every refused request: one closed code, words for people, what to do, where. */
export interface ErrorBody {
  code: string;
  message: string;
  hint: string;
  diagnostics: DiagnosticDto[];
}

export class ApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    super(body.message);
    this.name = "ApiError";
    this.status = status;
    this.body = body;
  }
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function isDiagnostic(value: unknown): value is DiagnosticDto {
  const found = record(value);
  return found !== null && typeof found.message === "string" && typeof found.file === "string";
}

/** Reads an error body without trusting its shape, so that a proxy's HTML page still gives a usable message. */
export function errorBody(status: number, body: unknown): ErrorBody {
  const found = record(body);
  return {
    code: text(found?.code) ?? `http-${status}`,
    message: text(found?.message) ?? text(body)?.slice(0, 400) ?? `The server answered ${status}`,
    hint: text(found?.hint) ?? "",
    diagnostics: Array.isArray(found?.diagnostics) ? found.diagnostics.filter(isDiagnostic) : [],
  };
}

export interface Api {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T>;
  put<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T>;
  delete<T>(path: string, signal?: AbortSignal): Promise<T>;
}

export function makeApi(platform: Platform): Api {
  async function send<T>(method: Method, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    const answer = await platform.request(method, path, body, signal);
    if (answer.status >= 400) throw new ApiError(answer.status, errorBody(answer.status, answer.body));
    // The contract is the generated OpenAPI type the caller names; the server's own tests hold it to that.
    return answer.body as T;
  }
  return {
    get: (path, signal) => send("GET", path, undefined, signal),
    post: (path, body, signal) => send("POST", path, body ?? {}, signal),
    put: (path, body, signal) => send("PUT", path, body ?? {}, signal),
    delete: (path, signal) => send("DELETE", path, undefined, signal),
  };
}

export function useApi(): Api {
  const platform = usePlatform();
  return useMemo(() => makeApi(platform), [platform]);
}

/** `query({env: "prod", at: undefined})` is `?env=prod`; empty when nothing is set. */
export function query(parts: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parts)) {
    if (value !== undefined && value !== null && value !== "") search.set(key, String(value));
  }
  const out = search.toString();
  return out === "" ? "" : `?${out}`;
}
