import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DiagnosticDto, MatrixRowDto } from "../../api/dto";
import { layerClass } from "../../parts/marks";
import { useOpenSource } from "../../parts/source";

const columns = [
  "row",
  "lifecycle",
  "frequency",
  "environment",
  "engine",
  "reconcile",
  "drift",
  "gate",
  "backup",
  "window",
  "rollback",
  "units",
] as const;
type Column = (typeof columns)[number];

const matching: Column[] = ["row", "lifecycle", "frequency", "environment", "units"];

/** The words of one cell; none means: nothing is said here. */
function wordsOf(row: MatrixRowDto, column: Column): string[] {
  switch (column) {
    case "row":
      return [row.name];
    case "lifecycle":
      return row.lifecycle;
    case "frequency":
      return row.changeFrequency;
    case "environment":
      return row.environment;
    case "engine":
      return row.engines;
    case "units":
      return [String(row.units)];
    default:
      return row[column] === "" ? [] : [row[column]];
  }
}

const classes: Partial<Record<Column, string>> = { engine: "sep", units: "r num", lifecycle: "ly", frequency: "fq" };

function classOf(column: Column): string | undefined {
  return classes[column];
}

/** Where a long word may break: behind its underscores. */
function Breaking({ text }: { text: string }) {
  return text.split("_").map((part, i, all) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one fixed word
    <span key={i}>
      {part}
      {i < all.length - 1 && (
        <>
          _<wbr />
        </>
      )}
    </span>
  ));
}

/** A grid with one tab stop; arrows walk, Enter opens the row's text, Home and End go to the sides. */
export function Grid({ rows, diagnostics }: { rows: readonly MatrixRowDto[]; diagnostics: readonly DiagnosticDto[] }) {
  const { t } = useTranslation("matrix");
  const table = useRef<HTMLTableElement>(null);
  const openSource = useOpenSource();
  const [at, setAt] = useState<[number, number]>([0, 0]);
  const go = (r: number, c: number) => {
    const next: [number, number] = [
      Math.min(rows.length - 1, Math.max(0, r)),
      Math.min(columns.length - 1, Math.max(0, c)),
    ];
    setAt(next);
    table.current?.querySelector<HTMLElement>(`[data-cell="${next[0]}-${next[1]}"]`)?.focus();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const [r, c] = at;
    const steps: Record<string, [number, number]> = {
      ArrowUp: [r - 1, c],
      ArrowDown: [r + 1, c],
      ArrowLeft: [r, c - 1],
      ArrowRight: [r, c + 1],
      Home: [r, 0],
      End: [r, columns.length - 1],
    };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      go(...to);
    } else if (event.key === "Enter") {
      const place = rows[r]?.place;
      if (place) openSource(place);
    }
  };
  const faulty = (row: MatrixRowDto) =>
    diagnostics.some((d) => d.file === row.place?.file && [d, ...d.related].some((p) => p.line === row.place?.line));
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that is walked by arrow keys is a grid
    <table className="mx" role="grid" aria-label={t("title")} ref={table} onKeyDown={onKeyDown} aria-readonly="true">
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col" className={classOf(column)}>
              {t(`column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, r) => (
          <tr
            key={`${row.name} ${row.place?.file ?? ""} ${row.place?.line ?? 0}`}
            className={[layerClass(row.lifecycle[0] ?? ""), row.builtIn ? "" : "ov", faulty(row) ? "fault" : ""].join(
              " ",
            )}
          >
            {columns.map((column, c) => (
              <td
                key={column}
                data-cell={`${r}-${c}`}
                tabIndex={at[0] === r && at[1] === c ? 0 : -1}
                className={classOf(column)}
                onFocus={() => setAt([r, c])}
              >
                <Cell row={row} column={column} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ row, column }: { row: MatrixRowDto; column: Column }) {
  const { t } = useTranslation("matrix");
  const { t: tp } = useTranslation("parts");
  const words = wordsOf(row, column);
  if (column === "row")
    return (
      <span className={row.builtIn ? "mono mut" : "mono mx-own"} title={row.builtIn ? t("builtIn") : undefined}>
        {row.name}
      </span>
    );
  if (column === "lifecycle")
    return words.length === 0 ? (
      <span className="mut">{t("all")}</span>
    ) : (
      <>
        <i className="mx-spine" />
        <span className="mono">{words.join(", ")}</span>
        {/* Beside the lifecycle where the frequency has no column of its own. */}
        <span className="mono mut mx-fq" aria-hidden="true">
          {row.changeFrequency.join(", ")}
        </span>
        {row.builtIn && words.length === 1 && words[0] !== undefined && isLayer(words[0]) && (
          <span className="mut mx-gloss">{tp(`layer.${words[0]}`) === words[0] ? "" : tp(`layer.${words[0]}`)}</span>
        )}
      </>
    );
  if (column === "environment" && row.otherMatch.length > 0)
    return (
      <span className="mono">
        {words.length === 0 ? "" : `${words.join(", ")}, `}
        {row.otherMatch.join(", ")}
      </span>
    );
  if (words.length === 0) {
    if (matching.includes(column)) return <span className="mut">{t("all")}</span>;
    return row.builtIn ? <span className="mut">–</span> : <span className="mut t12">{t("inherited")}</span>;
  }
  if (column === "units") return words[0];
  return (
    <span className="mono">
      <Breaking text={words.join(column === "engine" ? " / " : ", ")} />
    </span>
  );
}

const layers = ["Foundation", "K8s", "PaaS", "Applications", "Config", "Ephemeral"] as const;

function isLayer(word: string): word is (typeof layers)[number] {
  return (layers as readonly string[]).includes(word);
}
