import { useTranslation } from "react-i18next";
import { Button } from "../../../parts/controls";
import { Dialog } from "../../../parts/Dialog";
import { EmptyState, ErrorState } from "../../../parts/states";
import type { GraphEdge } from "../useGraph";
import { untie } from "./acts";
import { type Tie, tiesOf } from "./names";
import { useAct } from "./useAuthor";

/** Every wire and order of a unit, each with the way to take it away. Undo brings it back. */
export function WiresSheet({ unit, edges, onClose }: { unit: string; edges: GraphEdge[]; onClose: () => void }) {
  const { t } = useTranslation("author");
  const doing = useAct();
  const ties = tiesOf(edges, unit);
  const words = (tie: Tie) =>
    tie.input === undefined ? t("wires.order") : t("wires.data", { output: tie.output, input: tie.input });
  return (
    <Dialog open wide onClose={onClose} title={t("wires.title", { unit })} text={t("wires.text")}>
      {doing.error !== null && <ErrorState error={doing.error} compact />}
      {ties.length === 0 && <EmptyState icon="wire" title={t("wires.none")} text={t("wires.noneText")} />}
      <ul className="ties">
        {ties.map((tie) => (
          <li key={tie.key}>
            <span className="grow">
              <span className="mono">{tie.source}</span> → <span className="mono">{tie.target}</span>
              <span className="sec"> {words(tie)}</span>
            </span>
            <Button disabled={doing.isPending} onClick={() => doing.mutate(untie(tie))}>
              {t("wires.remove")}
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
