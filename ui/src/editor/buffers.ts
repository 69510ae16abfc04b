import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { create } from "zustand";
import { type Api, ApiError, query, useApi } from "../api/client";
import type {
  BufferDto,
  BufferRequest,
  BuffersDto,
  EditResponse,
  FileTextDto,
  MergeDto,
  MergeRequest,
  SaveTextRequest,
} from "../api/dto";

/** Typing has paused when nothing was typed for so long. */
export const AUTOSAVE_MS = 400;
/** How often the file on disk is looked at while it has unsaved text. */
const LOOK_MS = 4000;

/** An unsaved text: what it was edited from, what it is, and whether it would survive a crash now. */
export interface Buffer {
  file: string;
  baseText: string;
  baseDigest: string;
  text: string;
  kept: "pending" | "kept" | "failed";
  /** When it was brought back, if it is from an earlier session. */
  restoredFrom: string | null;
  /** True once a change on disk was merged into it. */
  merged: boolean;
}

interface BufferStore {
  open: Readonly<Record<string, Buffer>>;
  /** Files whose kept text was looked at in this session; it must not come back after a save. */
  seen: Readonly<Record<string, true>>;
}

/** Unsaved texts outlive the editors that show them. */
export const useBuffers = create<BufferStore>(() => ({ open: {}, seen: {} }));

const timers = new Map<string, ReturnType<typeof setTimeout>>();
/** Writes of one file's kept text, one after the other: a removal must not be overtaken. */
const queues = new Map<string, Promise<unknown>>();

function inTurn(file: string, work: () => Promise<unknown>): Promise<unknown> {
  const next = (queues.get(file) ?? Promise.resolve()).then(work, work);
  queues.set(file, next);
  return next;
}

function put(buffer: Buffer): void {
  useBuffers.setState((old) => ({
    open: { ...old.open, [buffer.file]: buffer },
    seen: { ...old.seen, [buffer.file]: true },
  }));
}

/** Keeps the text outside the repository. */
export async function keep(api: Api, file: string): Promise<void> {
  clearTimeout(timers.get(file));
  timers.delete(file);
  const buffer = useBuffers.getState().open[file];
  if (buffer === undefined) return;
  const body: BufferRequest = { file, text: buffer.text, baseText: buffer.baseText };
  let kept: Buffer["kept"] = "kept";
  try {
    await inTurn(file, () => api.put("/api/buffer", body));
  } catch {
    kept = "failed";
  }
  const now = useBuffers.getState().open[file];
  if (now !== undefined && now.text === buffer.text) put({ ...now, kept });
}

function drop(api: Api, file: string): Promise<unknown> {
  clearTimeout(timers.get(file));
  timers.delete(file);
  useBuffers.setState((old) => {
    const { [file]: _gone, ...open } = old.open;
    return { open, seen: { ...old.seen, [file]: true } };
  });
  return inTurn(file, () => api.delete(`/api/buffer${query({ path: file })}`)).catch(() => undefined);
}

/** Every kept text; a server without them has none. */
export function useKept() {
  const api = useApi();
  return useQuery({
    queryKey: ["buffers"],
    queryFn: ({ signal }) => api.get<BuffersDto>("/api/buffers", signal),
    retry: false,
  });
}

function restored(kept: BufferDto): Buffer {
  return {
    file: kept.file,
    baseText: kept.baseText,
    baseDigest: kept.baseDigest,
    text: kept.text,
    kept: "kept",
    restoredFrom: kept.savedAt,
    merged: false,
  };
}

export interface FileBuffer {
  /** The text on disk; undefined while it is read. */
  disk: FileTextDto | undefined;
  error: Error | null;
  retry: () => void;
  /** The unsaved text; null when the editor shows what is on disk. */
  buffer: Buffer | null;
  /** True if the file changed on disk under the unsaved text. */
  conflict: boolean;
  type: (text: string) => void;
  /** Writes the file; null when done, the reason when not. */
  save: () => Promise<Error | null>;
  /** Gives the unsaved text up. */
  takeDisk: () => void;
  /** Makes the unsaved text an edit of what is on disk now. */
  keepMine: () => void;
  /** What both texts make together, node by node, once a conflict was seen. */
  merged: MergeDto | undefined;
  /** Takes a merged text as the unsaved one. */
  takeMerged: (text: string) => void;
}

/** One file with its unsaved text: read, typed, kept, saved. */
export function useFileBuffer(file: string, onSaved: () => void): FileBuffer {
  const api = useApi();
  const client = useQueryClient();
  const buffer = useBuffers((state) => state.open[file] ?? null);
  const seen = useBuffers((state) => state.seen[file] === true);
  const kept = useKept();
  const disk = useQuery({
    queryKey: ["file", file],
    queryFn: ({ signal }) => api.get<FileTextDto>(`/api/file${query({ path: file })}`, signal),
    staleTime: 0,
    refetchOnWindowFocus: true,
    refetchInterval: buffer === null ? false : LOOK_MS,
  });
  const { data, refetch } = disk;
  const old = kept.data?.items.find((item) => item.file === file);
  useEffect(() => {
    if (seen || old === undefined || data === undefined || old.text === data.text) return;
    put(restored(old));
  }, [seen, old, data]);
  // What is typed and what is on disk have become the same: nothing is unsaved.
  const same = buffer !== null && data !== undefined && buffer.text === data.text;
  useEffect(() => {
    if (same) void drop(api, file);
  }, [same, api, file]);
  useEffect(() => {
    const flush = () => {
      if (document.visibilityState === "hidden" && timers.has(file)) void keep(api, file);
    };
    document.addEventListener("visibilitychange", flush);
    return () => document.removeEventListener("visibilitychange", flush);
  }, [api, file]);

  const type = useCallback(
    (text: string) => {
      const now = useBuffers.getState().open[file];
      const base = now ?? (data === undefined ? null : { baseText: data.text, baseDigest: data.digest });
      if (base === null || text === now?.text) return;
      if (now === undefined && text === data?.text) return;
      put({
        file,
        baseText: base.baseText,
        baseDigest: base.baseDigest,
        text,
        kept: "pending",
        restoredFrom: now?.restoredFrom ?? null,
        merged: now?.merged ?? false,
      });
      clearTimeout(timers.get(file));
      timers.set(
        file,
        setTimeout(() => void keep(api, file), AUTOSAVE_MS),
      );
    },
    [api, file, data],
  );
  const save = useCallback(async (): Promise<Error | null> => {
    const now = useBuffers.getState().open[file];
    if (now === undefined) return null;
    const body: SaveTextRequest = { file, text: now.text, baseDigest: now.baseDigest };
    try {
      const done = await api.put<EditResponse>("/api/file", body);
      client.setQueryData(["file", file], { file, text: done.newText, digest: done.digest });
      const later = useBuffers.getState().open[file];
      if (later !== undefined && later.text !== now.text) {
        // Typed on while it was written: that is an edit of what is on disk now.
        put({ ...later, baseText: done.newText, baseDigest: done.digest });
        void keep(api, file);
      } else void drop(api, file);
      onSaved();
      return null;
    } catch (error) {
      void keep(api, file);
      if (error instanceof ApiError && error.body.code === "edit-conflict") await refetch();
      return error instanceof Error ? error : new Error(String(error));
    }
  }, [api, client, file, onSaved, refetch]);
  const takeDisk = useCallback(() => {
    void drop(api, file);
    void refetch();
  }, [api, file, refetch]);
  const keepMine = useCallback(() => {
    const now = useBuffers.getState().open[file];
    if (now === undefined || data === undefined) return;
    put({ ...now, baseText: data.text, baseDigest: data.digest });
    void keep(api, file);
  }, [api, file, data]);
  const conflict = buffer !== null && data !== undefined && !same && data.digest !== buffer.baseDigest;
  const merge = useQuery({
    queryKey: ["merge", file, data?.digest, buffer?.text],
    queryFn: ({ signal }) => {
      const body: MergeRequest = { file, text: buffer?.text ?? "", baseText: buffer?.baseText ?? "" };
      return api.post<MergeDto>("/api/merge", body, signal);
    },
    enabled: conflict,
    gcTime: 0,
    retry: false,
  });
  const merged = conflict ? merge.data : undefined;
  const takeMerged = useCallback(
    (text: string) => {
      const now = useBuffers.getState().open[file];
      if (now === undefined || merged === undefined) return;
      put({ ...now, text, baseText: merged.diskText, baseDigest: merged.digest, merged: true, kept: "pending" });
      client.setQueryData(["file", file], { file, text: merged.diskText, digest: merged.digest });
      void keep(api, file);
    },
    [api, client, file, merged],
  );
  // Edits that do not touch each other need no choice; the result is still unsaved and can be put back.
  useEffect(() => {
    if (merged !== undefined && merged.conflicts.length === 0) takeMerged(merged.text);
  }, [merged, takeMerged]);
  const retry = useCallback(() => void refetch(), [refetch]);
  return useMemo(
    () => ({
      disk: data,
      error: disk.error,
      retry,
      buffer,
      conflict,
      type,
      save,
      takeDisk,
      keepMine,
      merged,
      takeMerged,
    }),
    [data, disk.error, retry, buffer, conflict, type, save, takeDisk, keepMine, merged, takeMerged],
  );
}
