import { useTranslation } from "react-i18next";
import type { ChangeDetailDto, DiagnosticDto } from "../../api/dto";
import { DiagnosticList } from "../../parts/Diagnostics";
import { Icon, type IconName } from "../../parts/Icon";
import { ErrorState } from "../../parts/states";
import { useSay } from "../../parts/useSay";
import { Why } from "../../parts/Why";

function Notice({ tone, icon, title, text }: { tone: string; icon: IconName; title: string; text?: string }) {
  return (
    <div className={`cr-notice ${tone}`} role="status">
      <Icon name={icon} className="cc" />
      <b>{title}</b>
      {text !== undefined && text !== "" && <span className="sec">{text}</span>}
    </div>
  );
}

/** A removal that looks like a rename is a question, never a delete (dsl §7). */
function Rename({ finding }: { finding: DiagnosticDto }) {
  const { t } = useTranslation("changes");
  return (
    <div className="cr-notice wait" role="status">
      <Icon name="unknown" className="cc" />
      <b>{t("notice.rename")}</b>
      <span>{finding.message}</span>
      {finding.hint !== "" && <span className="sec">{finding.hint}</span>}
      {finding.file !== "" && <Why source={finding} />}
    </div>
  );
}

/** Everything about this ChangeSet that is not a plan: what it waits for, questions, findings. */
export function Notices({ change, failure }: { change: ChangeDetailDto; failure: Error | null }) {
  const { t } = useTranslation("changes");
  const say = useSay();
  const renames = change.diagnostics.filter((finding) => finding.code === "possible-rename");
  const errors = change.diagnostics.filter(
    (finding) => finding.code !== "possible-rename" && finding.severity === "error",
  );
  return (
    <>
      {change.solo && <Notice tone="warn" icon="user" title={t("notice.solo")} text={t("notice.soloText")} />}
      {change.waitingForDriver && (
        <Notice tone="wait" icon="clock" title={t("notice.driver")} text={t("notice.driverText")} />
      )}
      {change.group !== "done" && change.why !== "" && !change.waitingForDriver && (
        <div className="cr-why" role="status">
          <Icon name={change.awaitsPerson ? "usercheck" : "clock"} />
          <span>{say.all(change.whySaid, change.why)}</span>
        </div>
      )}
      {renames.map((finding) => (
        <Rename key={`${finding.file}:${finding.line}:${finding.message}`} finding={finding} />
      ))}
      {errors.length > 0 && (
        <div className="cr-findings">
          <DiagnosticList diagnostics={errors} />
        </div>
      )}
      {failure !== null && <ErrorState error={failure} />}
    </>
  );
}
