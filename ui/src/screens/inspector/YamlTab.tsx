import { lazy, Suspense } from "react";
import type { UnitYamlDto } from "../../api/dto";
import { useOpenSource } from "../../parts/source";
import { SkeletonRows } from "../../parts/states";

// The editor is large and this tab is closed at the start.
const EditorPanel = lazy(() =>
  import("../../editor/EditorPanel").then(({ EditorPanel }) => ({ default: EditorPanel })),
);

/** The file that holds the unit, editable; saving writes exactly this text. */
export function YamlTab({ yaml }: { yaml: UnitYamlDto }) {
  const openSource = useOpenSource();
  return (
    <div className="yaml-tab">
      <Suspense fallback={<SkeletonRows what={yaml.file} />}>
        <EditorPanel key={yaml.file} file={yaml.file} line={yaml.startLine} onGo={openSource} />
      </Suspense>
    </div>
  );
}
