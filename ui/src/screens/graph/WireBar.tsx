import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Command, useCommands } from "../../commands/registry";
import { Button } from "../../parts/controls";
import { untie } from "./author/acts";
import { together } from "./author/modules";
import { type Tie, tiesOf } from "./author/names";
import { useAct } from "./author/useAuthor";
import { Strip } from "./SelectionBar";
import type { GraphEdge } from "./useGraph";
import { useCanvasView } from "./view";

const clear = () => useCanvasView.setState({ wire: null });

/** What the selected wire is, and the way to take it away; its twin without a mouse is the sheet of wires. */
export function WireBar({ edges }: { edges: GraphEdge[] }) {
  const wire = useCanvasView((state) => state.wire);
  const edge = wire === null ? undefined : edges.find((e) => wireKey(e) === wire);
  return edge === undefined ? null : <Known edge={edge} />;
}

/** The name of a wire in the view; one per pair of units. */
export function wireKey({ source, target }: { source: string; target: string }): string {
  return `${source}>${target}`;
}

function Known({ edge }: { edge: GraphEdge }) {
  const { t } = useTranslation("author");
  const doing = useAct();
  const { mutate, isPending } = doing;
  const ties = useMemo(() => tiesOf([edge], edge.source), [edge]);
  const remove = useMemo(
    () => () => {
      const act = together(ties.map(untie));
      if (act !== null && !isPending) mutate(act, { onSuccess: clear });
    },
    [ties, mutate, isPending],
  );
  useCommands(
    useMemo((): Command[] => {
      const command: Command = {
        id: "graph.delete",
        title: t("wires.remove"),
        group: "screen",
        keys: "Delete",
        run: remove,
      };
      return [command, { ...command, id: "graph.delete.twin", keys: "Backspace", quiet: true }];
    }, [t, remove]),
  );
  const words = (tie: Tie) =>
    tie.input === undefined ? t("wires.order") : t("wires.data", { output: tie.output, input: tie.input });
  return (
    <Strip
      label={
        <>
          <span className="mono">{edge.source}</span> → <span className="mono">{edge.target}</span>
          <span className="sec"> {ties.map(words).join(", ")}</span>
        </>
      }
      clear={t("selection.clear")}
      onClear={clear}
    >
      <Button kind="dng" keys="Delete" disabled={isPending} onClick={remove}>
        {t("wires.remove")}
      </Button>
      {doing.error !== null && (
        <span className="bad cc" role="alert">
          {doing.error.message}
        </span>
      )}
    </Strip>
  );
}
