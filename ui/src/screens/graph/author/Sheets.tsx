import type { AuthorResponse } from "../../../api/dto";
import { useWorkspace } from "../../../api/workspace";
import { AdoptSheet } from "../../adopt/AdoptSheet";
import { useAfterEdit } from "../useDraft";
import type { GraphView } from "../useGraph";
import { AddSheet } from "./AddSheet";
import { AssembleSheet } from "./AssembleSheet";
import { arrive } from "./arrivals";
import { CarrySheet } from "./CarrySheet";
import { ConnectSheet } from "./ConnectSheet";
import { DeleteSheet } from "./DeleteSheet";
import { compositionsOf, unitFor } from "./names";
import { RenameSheet } from "./RenameSheet";
import { openSheet, useAuthoring } from "./state";
import { useCatalog } from "./useAuthor";
import { WiresSheet } from "./WiresSheet";

const close = () => openSheet(null);

/** The sheet that is open over the canvas, if any. */
export function Sheets({
  view,
  environments,
  environment,
  onSelect,
}: {
  view: GraphView;
  environments: string[];
  environment: string | undefined;
  onSelect: (id: string) => void;
}) {
  const sheet = useAuthoring((state) => state.sheet);
  const catalog = useCatalog(sheet?.kind === "add");
  const path = useWorkspace().data?.path;
  const afterEdit = useAfterEdit();
  const adopted = () => {
    close();
    afterEdit();
  };
  const done = (answer: AuthorResponse) => {
    close();
    const id = unitFor(view.units, answer.target, environment);
    if (id !== null) onSelect(id);
  };
  const changed = (answer: AuthorResponse) => {
    close();
    arrive(answer.units, environment);
  };
  const common = { compositions: compositionsOf(view), environments, environment, onDone: done, onClose: close };
  switch (sheet?.kind) {
    case "add":
      return <AddSheet {...common} modules={catalog.data?.modules ?? []} start={sheet} />;
    case "connect":
      return <ConnectSheet units={view.units} start={sheet} onDone={done} onClose={close} />;
    case "wires":
      return <WiresSheet unit={sheet.unit} edges={view.edges} onClose={close} />;
    case "assemble":
      return <AssembleSheet {...common} start={sheet} />;
    case "adopt":
      return path === undefined ? null : <AdoptSheet path={path} again onAdopted={adopted} onClose={close} />;
    case "rename":
      return <RenameSheet unit={sheet.unit} onDone={changed} onClose={close} />;
    case "move":
    case "copy":
      return (
        <CarrySheet
          way={sheet.kind}
          units={sheet.units}
          into={sheet.into}
          compositions={common.compositions}
          onDone={changed}
          onClose={close}
        />
      );
    case "delete":
      return <DeleteSheet units={sheet.units} onDone={changed} onClose={close} />;
    default:
      return null;
  }
}
