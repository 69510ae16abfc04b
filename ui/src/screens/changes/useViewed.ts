import { create } from "zustand";
import { persist } from "zustand/middleware";

const MOST = 2000;

/** Which unit plans a person has looked at, by digest of meaning: a changed plan is unseen again. */
interface Viewed {
  seen: string[];
  mark(digests: readonly string[], on: boolean): void;
}

export const useViewed = create<Viewed>()(
  persist(
    (set) => ({
      seen: [],
      mark: (digests, on) =>
        set((old) => {
          const rest = old.seen.filter((digest) => !digests.includes(digest));
          return { seen: on ? [...digests, ...rest].slice(0, MOST) : rest };
        }),
    }),
    { name: "xcloudflow.viewed", version: 1 },
  ),
);
