import { useTranslation } from "react-i18next";
import type { ExportDto, PrCheckDto } from "../../../api/dto";
import { Button } from "../../../parts/controls";
import { Dialog } from "../../../parts/Dialog";
import { Icon } from "../../../parts/Icon";
import { ErrorState } from "../../../parts/states";
import type { Tone } from "../../../parts/status";
import { usePlatform } from "../../../platform/platform";
import type { useCheck } from "./useExport";

type Check = ReturnType<typeof useCheck>;

/** What became of it: the pull request and the plan it is told, or that it waits. */
export function ExportResult({ done, check, onClose }: { done: ExportDto; check: Check; onClose: () => void }) {
  const { t } = useTranslation("graph");
  const platform = usePlatform();
  const request = done.pullRequest ?? null;
  const url = request?.url ?? null;
  const title =
    request !== null
      ? t(request.outcome === "created" ? "export.opened" : "export.updated", { number: request.number })
      : done.pushed
        ? t("export.pushed", { branch: done.branch })
        : t("export.queued", { branch: done.branch });
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      text={request?.title ?? done.branch}
      actions={
        <>
          <Button onClick={onClose}>{t("export.done")}</Button>
          {url !== null && (
            <Button kind="pri" onClick={() => platform.openExternal(url)}>
              {t("export.open")}
            </Button>
          )}
        </>
      }
    >
      {url !== null && <p className="mono sel">{url}</p>}
      <p className="sec">
        {t(done.committed ? "export.committedOn" : "export.standsOn")} <span className="mono">{done.branch}</span>{" "}
        <span className="mono">{done.commit.slice(0, 12)}</span>
      </p>
      <Notes notes={done.notes} open={!done.pushed} />
      {request !== null && <Told number={request.number} check={check} />}
    </Dialog>
  );
}

/** What Git and the server said. After a push that is their chatter ("create a pull request…"), of use in trouble only. */
function Notes({ notes, open }: { notes: string[]; open: boolean }) {
  const { t } = useTranslation("graph");
  if (notes.length === 0) return null;
  return (
    <details open={open} className="export-said">
      <summary>{t("export.said")}</summary>
      {[...new Set(notes)].map((note) => (
        <p key={note} className="mono">
          {note}
        </p>
      ))}
    </details>
  );
}

const looks: Record<string, { tone: Tone; icon: "ok" | "bad" | "warn" | "usercheck" }> = {
  success: { tone: "ok", icon: "ok" },
  pending: { tone: "wait", icon: "usercheck" },
  failure: { tone: "bad", icon: "bad" },
  error: { tone: "bad", icon: "bad" },
};
const states = ["success", "pending", "failure", "error"] as const;

/** The plan against the branch it goes into, and where the pull request was told. */
function Told({ number, check }: { number: number; check: Check }) {
  const { t } = useTranslation("graph");
  return (
    <section aria-label={t("export.check.title")} className="export-told" aria-busy={check.isPending}>
      <h3 className="t12 sec m">{t("export.check.title")}</h3>
      {check.isPending && (
        <p role="status" className="st run">
          <Icon name="run" className="spin" />
          {t("export.check.planning")}
        </p>
      )}
      {check.error !== null && <ErrorState error={check.error} compact />}
      {check.data !== undefined && <Verdict check={check.data} />}
      {!check.isPending && (check.data === undefined || check.data.checked === false) && (
        <p>
          <Button onClick={() => check.mutate({ pullRequest: number })}>
            {t(check.isIdle ? "export.check.do" : "export.check.again")}
          </Button>
        </p>
      )}
    </section>
  );
}

function Verdict({ check }: { check: PrCheckDto }) {
  const { t } = useTranslation("graph");
  const platform = usePlatform();
  const state = states.find((s) => s === check.state);
  const look = looks[check.state] ?? { tone: "warn" as const, icon: "warn" as const };
  const url = check.commentUrl ?? null;
  return (
    <>
      <p role="status" className={`st ${look.tone}`}>
        <Icon name={look.icon} />
        {state === undefined ? check.state : t(`export.check.${state}`)}
      </p>
      <p>{check.summary}</p>
      {(check.problem ?? null) !== null && (
        <p className="export-note bad" role="alert">
          <Icon name="bad" className="cc" />
          <span>
            {t("export.check.untold")} {check.problem?.message} {check.problem?.hint}
          </span>
        </p>
      )}
      {check.checked && <p className="sec">{t("export.check.told")}</p>}
      {url !== null && (
        <p>
          <button type="button" className="link mono" onClick={() => platform.openExternal(url)}>
            {url}
          </button>
        </p>
      )}
    </>
  );
}
