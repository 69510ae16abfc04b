import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { query, useApi } from "../api/client";
import type { FileTextDto } from "../api/dto";
import { Dialog } from "../parts/Dialog";
import { useSourceSheet } from "../parts/source";
import { ErrorState, SkeletonRows } from "../parts/states";
import { type SourceRef, sourceText } from "../parts/Why";

// The editor is large and this sheet is closed at the start.
const EditorPanel = lazy(() => import("../editor/EditorPanel").then(({ EditorPanel }) => ({ default: EditorPanel })));
const CodeView = lazy(() => import("../parts/CodeView").then(({ CodeView }) => ({ default: CodeView })));

/** Shows the file a `file:line` names, with the line marked: text is never more than one step away. */
export function SourceSheet() {
  const source = useSourceSheet((state) => state.open);
  if (source === null) return null;
  return (
    <Dialog open onClose={() => useSourceSheet.setState({ open: null })} title={sourceText(source)} sheet>
      {isEditable(source.file) ? (
        <Suspense fallback={<SkeletonRows what={source.file} />}>
          <EditorPanel key={source.file} file={source.file} line={source.line ?? null} onGo={openSource} />
        </Suspense>
      ) : (
        <ReadOnly source={source} />
      )}
    </Dialog>
  );
}

/** Documents are edited here; other files belong to their own tools. */
function isEditable(file: string): boolean {
  return /^(\.xcf\.yaml|(envs|compositions|policies)\/.+\.ya?ml)$/.test(file);
}

function openSource(source: SourceRef): void {
  useSourceSheet.setState({ open: source });
}

function ReadOnly({ source }: { source: SourceRef }) {
  const api = useApi();
  const file = useQuery({
    queryKey: ["file", source.file],
    queryFn: ({ signal }) => api.get<FileTextDto>(`/api/file${query({ path: source.file })}`, signal),
    staleTime: 0,
  });
  return (
    <>
      {file.error !== null && <ErrorState error={file.error} onRetry={() => void file.refetch()} />}
      {file.isPending && <SkeletonRows what={source.file} />}
      {file.data !== undefined && (
        <Suspense>
          <CodeView text={file.data.text} line={source.line ?? null} label={source.file} />
        </Suspense>
      )}
    </>
  );
}
