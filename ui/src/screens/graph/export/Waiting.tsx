import { useTranslation } from "react-i18next";
import type { QueuedDto } from "../../../api/dto";
import { Button } from "../../../parts/controls";
import { StatusBadge } from "../../../parts/StatusBadge";
import { ErrorState } from "../../../parts/states";
import { usePlatform } from "../../../platform/platform";
import { useExportQueue, useForget, useSendQueue } from "./useExport";

/** What earlier exports left: what waits for the network, what waits for a person, and what went out just now. */
export function Waiting({ mayPlan }: { mayPlan: () => boolean }) {
  const { t } = useTranslation("graph");
  const platform = usePlatform();
  const queue = useExportQueue();
  const send = useSendQueue();
  const forget = useForget();
  const items = queue.data?.items ?? [];
  const sent = send.data?.sent ?? [];
  const busy = send.isPending || forget.isPending;
  if (items.length === 0 && sent.length === 0) return null;
  return (
    <section aria-label={t("export.waiting", { count: items.length })} className="export-queue">
      {items.length > 0 && <h3 className="t12 sec m">{t("export.waiting", { count: items.length })}</h3>}
      <ul>
        {items.map((item) => (
          <Item key={item.id} item={item} busy={busy} onForget={() => forget.mutate(item.id)} />
        ))}
      </ul>
      {items.length > 0 && (
        <p>
          <Button disabled={busy} onClick={() => mayPlan() && send.mutate()}>
            {send.isPending ? t("export.sending") : t("export.sendNow")}
          </Button>
        </p>
      )}
      {sent.map((done) => {
        const url = done.pullRequest?.url ?? null;
        return (
          <p key={done.commit} role="status">
            <span className="mono">{done.branch}</span> {t("export.sent")}{" "}
            {url !== null && (
              <button type="button" className="link mono" onClick={() => platform.openExternal(url)}>
                {url}
              </button>
            )}
          </p>
        );
      })}
      {(send.error ?? forget.error) !== null && <ErrorState error={send.error ?? forget.error} compact />}
    </section>
  );
}

function Item({ item, busy, onForget }: { item: QueuedDto; busy: boolean; onForget: () => void }) {
  const { t } = useTranslation("graph");
  return (
    <li>
      <StatusBadge status={item.state === "waiting" ? "waiting" : "failed"} />
      <span className="grow">
        <span className="mono">{item.branch}</span> {item.title}
        {item.why !== "" && <span className="sec t12 export-why">{item.why}</span>}
      </span>
      <Button kind="gho" disabled={busy} title={t("export.forgetText")} onClick={onForget}>
        {t("export.forget")}
      </Button>
    </li>
  );
}
