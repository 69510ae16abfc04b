import { useTranslation } from "react-i18next";
import type { RowFindingDto } from "../../api/dto";
import { Icon } from "../../parts/Icon";
import { useSay } from "../../parts/useSay";
import { Why } from "../../parts/Why";

/** Ties, overlaps and gaps; each row they are about is one click away. */
export function Findings({ findings }: { findings: readonly RowFindingDto[] }) {
  const say = useSay();
  const { t } = useTranslation("matrix");
  return (
    <ul className="mx-faults" aria-label={t("findings")}>
      {findings.map((finding) => (
        <li key={`${finding.kind} ${finding.field} ${finding.message}`}>
          <span className={`st ${finding.kind === "tie" ? "bad" : "warn"}`}>
            <Icon name={finding.kind === "tie" ? "bad" : "warn"} />
            {finding.kind === "tie" ? t("fault.tie") : finding.kind === "gap" ? t("fault.gap") : t("fault.overlap")}
          </span>
          <span>{say.one(finding.said, finding.message)}</span>
          {finding.rows.map((row) => (
            <Why key={`${row.name} ${row.place.line}`} source={row.place} />
          ))}
        </li>
      ))}
    </ul>
  );
}
