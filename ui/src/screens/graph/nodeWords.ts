import type { TFunction } from "i18next";
import { createContext, useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Say, useSay } from "../../parts/useSay";

/** What every node on the canvas needs to speak: looked up once by the canvas, not by each of hundreds of nodes. */
export interface NodeWords {
  graph: TFunction<"graph">;
  author: TFunction<"author">;
  parts: TFunction<"parts">;
  say: Say;
  /** Zoomed in far enough for the state line and the ports. */
  near: boolean;
}

export const NodeWordsContext = createContext<NodeWords | null>(null);

export function useMakeNodeWords(near: boolean): NodeWords {
  const { t: graph } = useTranslation("graph");
  const { t: author } = useTranslation("author");
  const { t: parts } = useTranslation("parts");
  const say = useSay();
  return useMemo(() => ({ graph, author, parts, say, near }), [graph, author, parts, say, near]);
}

export function useNodeWords(): NodeWords {
  const words = useContext(NodeWordsContext);
  if (words === null) throw new Error("a unit's node stands outside the canvas");
  return words;
}
