import "./editor.css";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../api/client";
import type { TargetDto } from "../api/dto";
import { errorCode } from "../api/workspace";
import { Button } from "../parts/controls";
import { DiffView } from "../parts/DiffView";
import { ErrorState, SkeletonRows } from "../parts/states";
import { type SourceRef, sourceText } from "../parts/Why";
import { useAfterEdit, useRedo, useUndo } from "../screens/graph/useDraft";
import { type FileBuffer, useFileBuffer } from "./buffers";
import { CodeEditor } from "./CodeEditor";
import { askOf, type Journeys } from "./service";

function sourceOf(target: TargetDto): SourceRef {
  return { file: target.file, line: target.span.line + 1 };
}

/** One file of the repository: edit its text, see what is wrong with it, go where it points. */
export function EditorPanel({
  file,
  line,
  onGo,
}: {
  file: string;
  line: number | null;
  onGo: (source: SourceRef) => void;
}) {
  const { t } = useTranslation("editor");
  const api = useApi();
  const afterEdit = useAfterEdit();
  const state = useFileBuffer(file, afterEdit);
  const [failure, setFailure] = useState<Error | null>(null);
  const [found, setFound] = useState<TargetDto[] | null>(null);
  const [shownLine, setShownLine] = useState(line);
  useEffect(() => setShownLine(line), [line]);
  const { mutate: undo, error: undoError } = useUndo();
  const { mutate: redo, error: redoError } = useRedo();
  const ask = useMemo(() => askOf(api, file), [api, file]);
  const { save: write } = state;
  const save = useCallback(
    // That the file changed on disk is told with its choices, not as a failure.
    () => void write().then((why) => setFailure(errorCode(why) === "edit-conflict" ? null : why)),
    [write],
  );
  const go = useCallback(
    (target: TargetDto) => {
      setFound(null);
      if (target.file === file) setShownLine(target.span.line + 1);
      else onGo(sourceOf(target));
    },
    [file, onGo],
  );
  const journeys = useMemo(
    (): Journeys => ({
      go: (targets) => {
        const only = targets.length === 1 ? targets[0] : undefined;
        if (only === undefined) setFound(targets);
        else go(only);
      },
      references: setFound,
    }),
    [go],
  );
  if (state.disk === undefined) {
    return state.error === null ? (
      <SkeletonRows what={file} />
    ) : (
      <ErrorState error={state.error} onRetry={state.retry} />
    );
  }
  const wrong = state.conflict ? null : (failure ?? undoError ?? redoError);
  return (
    <section className="ed" aria-label={t("label", { file })}>
      <Head state={state} file={file} onSave={save} />
      {state.conflict && <Conflict state={state} file={file} />}
      {state.buffer?.restoredFrom !== null && state.buffer !== null && !state.conflict && (
        <p className="ed-note" role="status">
          {t("restored")}
        </p>
      )}
      {state.buffer?.merged === true && !state.conflict && (
        <p className="ed-note" role="status">
          {t("merged")}
        </p>
      )}
      {wrong !== null && <ErrorState error={wrong} compact />}
      {found !== null && <Found targets={found} onGo={go} onClose={() => setFound(null)} />}
      <CodeEditor
        text={state.buffer?.text ?? state.disk.text}
        line={shownLine}
        label={file}
        ask={ask}
        onType={state.type}
        onSave={save}
        onUndo={() => undo()}
        onRedo={() => redo()}
        journeys={journeys}
        saved={state.buffer === null ? state.disk.digest : null}
      />
    </section>
  );
}

function Head({ state, file, onSave }: { state: FileBuffer; file: string; onSave: () => void }) {
  const { t } = useTranslation("editor");
  const { buffer } = state;
  return (
    <div className="ed-head">
      <span className="mono t12 ell" title={file}>
        {file}
      </span>
      <span className="mut t12 nw" role="status">
        {buffer === null ? t("saved") : t(`kept.${buffer.kept}`)}
      </span>
      {buffer !== null && (
        <Button kind="gho" onClick={state.takeDisk}>
          {t("revert")}
        </Button>
      )}
      {buffer !== null && (
        <Button keys="$mod+s" reason={state.conflict ? t("chooseFirst") : undefined} onClick={onSave}>
          {t("save")}
        </Button>
      )}
    </div>
  );
}

/** The file changed under the unsaved text: nothing is written until a person chose. */
function Conflict({ state, file }: { state: FileBuffer; file: string }) {
  const { t } = useTranslation("editor");
  const [both, setBoth] = useState(false);
  const { merged, takeMerged } = state;
  const places = merged?.conflicts.filter((c) => c.kind !== "text") ?? [];
  return (
    <div className="ed-conflict" role="alert">
      <p>{t("conflict.text", { file })}</p>
      {places.length > 0 && (
        <ul className="ed-places">
          {places.map((c) => (
            <li key={c.pointer}>
              <span className="mono">{c.pointer}</span>
              <span className="mono del">{c.theirs ?? t("conflict.removed")}</span>
              <span className="mono add">{c.mine ?? t("conflict.removed")}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="fx ed-choices">
        {places.length > 0 && typeof merged?.mine === "string" && (
          <Button onClick={() => takeMerged(merged.mine ?? merged.text)}>{t("conflict.mergeMine")}</Button>
        )}
        {places.length > 0 && merged !== undefined && (
          <Button onClick={() => takeMerged(merged.text)}>{t("conflict.mergeDisk")}</Button>
        )}
        <Button onClick={state.keepMine}>{t("conflict.mine")}</Button>
        <Button onClick={state.takeDisk}>{t("conflict.disk")}</Button>
        <Button kind="gho" onClick={() => setBoth((old) => !old)}>
          {both ? t("conflict.hide") : t("conflict.both")}
        </Button>
      </div>
      {both && state.disk !== undefined && state.buffer !== null && (
        <DiffView before={state.disk.text} after={state.buffer.text} label={t("conflict.diff", { file })} />
      )}
    </div>
  );
}

function Found({
  targets,
  onGo,
  onClose,
}: {
  targets: TargetDto[];
  onGo: (target: TargetDto) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("editor");
  return (
    <div className="ed-found">
      <p className="fx">
        <span role="status">{t("found", { count: targets.length })}</span>
        <span className="grow" />
        <Button kind="gho" onClick={onClose}>
          {t("closeFound")}
        </Button>
      </p>
      <ul>
        {targets.map((target) => {
          const where = sourceText(sourceOf(target));
          return (
            <li key={`${where}:${target.span.character}`}>
              <button type="button" className="src" onClick={() => onGo(target)}>
                {where}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
