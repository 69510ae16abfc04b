import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MatrixRowDto, RowFindingDto } from "../../api/dto";
import { layerClass } from "../../parts/marks";
import { useOpenSource } from "../../parts/source";
import { type Column, columns, findingsOf, isMatching, isValue, wasOf, wordsOf } from "./view";

const classes: Partial<Record<Column, string>> = { engine: "sep", units: "r num", lifecycle: "ly", frequency: "fq" };

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

export interface GridProps {
  rows: readonly MatrixRowDto[];
  findings: readonly RowFindingDto[];
  /** Opens the editor of a cell. */
  onEdit: (row: MatrixRowDto, column: Column) => void;
  /** Puts a cell back to inherited, or takes a whole row out. */
  onInherit: (row: MatrixRowDto, column: Column) => void;
}

/**
 * A grid with one tab stop; arrows walk, Home and End go to the sides. Enter edits a value, or opens the row's text where
 * there is none to edit; Delete puts a value back to inherited.
 */
export function Grid({ rows, findings, onEdit, onInherit }: GridProps) {
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
  const enter = (row: MatrixRowDto, column: Column) => {
    if (isValue(column)) onEdit(row, column);
    else if (row.place) openSource(row.place);
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
    const [row, column] = [rows[r], columns[c]];
    if (to !== undefined) {
      event.preventDefault();
      go(...to);
    } else if (row !== undefined && column !== undefined && event.key === "Enter") {
      event.preventDefault();
      enter(row, column);
    } else if (row !== undefined && column !== undefined && event.key === "Delete") {
      event.preventDefault();
      onInherit(row, column);
    }
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that is walked by arrow keys is a grid
    <table className="mx" role="grid" aria-label={t("title")} ref={table} onKeyDown={onKeyDown}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col" className={classes[column]}>
              {t(`column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, r) => (
          <tr
            // biome-ignore lint/suspicious/noArrayIndexKey: a row about several lifecycles stands here more than once
            key={`${row.name} ${r}`}
            className={[
              layerClass(row.lifecycle[0] ?? ""),
              row.builtIn ? "" : "ov",
              findingsOf(row, findings).length > 0 ? "mx-fault" : "",
            ].join(" ")}
          >
            {columns.map((column, c) => {
              const was = wasOf(row, column);
              return (
                <td
                  key={column}
                  data-cell={`${r}-${c}`}
                  tabIndex={at[0] === r && at[1] === c ? 0 : -1}
                  className={[classes[column] ?? "", was === null ? "" : "mx-chg", isValue(column) ? "mx-ed" : ""].join(
                    " ",
                  )}
                  onFocus={() => setAt([r, c])}
                  onDoubleClick={() => enter(row, column)}
                >
                  <Cell row={row} column={column} />
                  {was !== null && !row.isNew && <em>{t("was", { value: was === "" ? t("inherited") : was })}</em>}
                </td>
              );
            })}
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
    if (isMatching(column)) return <span className="mut">{t("all")}</span>;
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
