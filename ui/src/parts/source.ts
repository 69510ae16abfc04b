import { create } from "zustand";
import type { SourceRef } from "./Why";

/** The file the text sheet shows; null when it is closed. */
interface SourceStore {
  open: SourceRef | null;
}

export const useSourceSheet = create<SourceStore>(() => ({ open: null }));

export function useOpenSource(): (source: SourceRef) => void {
  return openSource;
}

function openSource(source: SourceRef): void {
  useSourceSheet.setState({ open: source });
}
