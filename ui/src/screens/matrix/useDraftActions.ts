import { useCallback, useState } from "react";
import type { PlanResponse } from "../../api/dto";
import { usePlan, useRedo, useUndo } from "../graph/useDraft";
import { useMayPlan } from "../graph/useMayPlan";

export interface DraftActions {
  planDraft: () => void;
  planning: boolean;
  commit: () => void;
  committing: boolean;
  undo: () => void;
  redo: () => void;
  result: PlanResponse | null;
  failure: Error | null;
  mayPlan: () => boolean;
  close: () => void;
}

/**
 * Plan, commit and undo of the working tree. While something blocks it (a tie), neither plan nor commit does anything;
 * nothing of the repository runs before a person trusts it.
 */
export function useDraftActions(env: string | undefined, blocked: string | undefined): DraftActions {
  const { mutate: undoNow } = useUndo();
  const { mutate: redoNow } = useRedo();
  const { mutate, reset, isPending, data, error } = usePlan();
  const [committing, setCommitting] = useState(false);
  const free = blocked === undefined;
  const mayPlan = useMayPlan();
  return {
    planDraft: useCallback(() => {
      if (free && mayPlan() && !isPending) mutate({ worktree: true, environments: env === undefined ? [] : [env] });
    }, [free, mayPlan, isPending, mutate, env]),
    planning: isPending,
    commit: useCallback(() => {
      if (free) setCommitting(true);
    }, [free]),
    committing,
    undo: useCallback(() => undoNow(), [undoNow]),
    redo: useCallback(() => redoNow(), [redoNow]),
    result: data ?? null,
    failure: error,
    mayPlan,
    close: useCallback(() => {
      setCommitting(false);
      reset();
    }, [reset]),
  };
}
