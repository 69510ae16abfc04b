import "../../styles/list.css";
import "../run/run.css";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/client";
import type { DoneDto, LockDto, UnlockRequest } from "../../api/dto";
import { Button } from "../../parts/controls";
import { Dialog } from "../../parts/Dialog";
import { Field, TextArea } from "../../parts/Field";
import { Icon } from "../../parts/Icon";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states";
import { useNow, useTimes } from "../../parts/useTimes";
import { RunsTabs } from "../run/RunsTabs";
import { shortHolder, useLocks } from "../run/useRuns";

/** Who holds what, since when, and whether that process still lives; ending one by hand needs a reason. */
export function LocksScreen() {
  const { t } = useTranslation("locks");
  const { t: tr } = useTranslation("run");
  const locks = useLocks();
  const [unlocking, setUnlocking] = useState<LockDto | null>(null);
  const all = locks.data?.locks;
  return (
    <>
      <header className="viewbar">
        <h1>{tr("list.title")}</h1>
        <RunsTabs value="locks" />
        {all !== undefined && <span className="mut num nw">{t("count", { count: all.length })}</span>}
      </header>
      {locks.error !== null && all === undefined ? (
        <ErrorState error={locks.error} onRetry={() => void locks.refetch()} />
      ) : all === undefined ? (
        <SkeletonRows rows={4} what={t("waits")} />
      ) : all.length === 0 ? (
        <EmptyState icon="lock" title={t("empty")} text={t("emptyText")} />
      ) : (
        <div className="list">
          <table className="rn-table">
            <thead>
              <tr>
                <th>{t("state")}</th>
                <th>{t("name")}</th>
                <th>{t("for")}</th>
                <th>{t("holder")}</th>
                <th>{t("since")}</th>
                <th aria-label={t("unlock.open")} />
              </tr>
            </thead>
            <tbody>
              {all.map((lock) => (
                <Row key={`${lock.kind} ${lock.name}`} lock={lock} onUnlock={() => setUnlocking(lock)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {unlocking !== null && <UnlockDialog lock={unlocking} onClose={() => setUnlocking(null)} />}
    </>
  );
}

function Row({ lock, onUnlock }: { lock: LockDto; onUnlock: () => void }) {
  const { t } = useTranslation("locks");
  const times = useTimes();
  const now = useNow(30_000);
  const lease = lock.kind === "lease";
  return (
    <tr>
      <td>
        <span className={lock.alive ? "st ok" : "st bad"}>
          <Icon name={lock.alive ? "ok" : "bad"} />
          {lock.alive ? t("alive") : t("dead")}
        </span>
      </td>
      <td>
        <span className="mono">{lock.name}</span> <span className="mut t12">{lease ? t("lease") : t("lock")}</span>
      </td>
      <td className="nw">
        {lock.run !== undefined && lock.run !== null && (
          <Link to="/run/$id" params={{ id: lock.run }} className="mono">
            {lock.run}
          </Link>
        )}{" "}
        {lock.changeSet !== undefined && lock.changeSet !== null && (
          <Link to="/change/$id/{-$part}" params={{ id: lock.changeSet, part: undefined }} className="mono">
            {lock.changeSet}
          </Link>
        )}
      </td>
      <td className="mono sec" title={lock.holder}>
        {shortHolder(lock.holder)}
      </td>
      <td className="num nw" title={times.full(lock.since)}>
        {lease
          ? t("until", { at: times.clock(lock.since) })
          : `${times.clock(lock.since)}, ${times.ago(lock.since, now)}`}
      </td>
      <td className="r">
        <Button kind="gho" onClick={onUnlock}>
          {t("unlock.open")}
        </Button>
      </td>
    </tr>
  );
}

function UnlockDialog({ lock, onClose }: { lock: LockDto; onClose: () => void }) {
  const { t } = useTranslation("locks");
  const api = useApi();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const unlock = useMutation({
    mutationFn: (body: UnlockRequest) => api.post<DoneDto>("/api/unlock", body),
    onSuccess: onClose,
    onSettled: () => {
      for (const key of ["locks", "graph", "workspace"]) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("unlock.title", { name: lock.name })}
      text={
        lock.alive
          ? t("unlock.alive", { holder: shortHolder(lock.holder) })
          : t("unlock.dead", { holder: shortHolder(lock.holder) })
      }
      actions={
        <>
          <Button onClick={onClose}>{t("unlock.keep")}</Button>
          <Button
            kind="dng"
            reason={reason.trim() === "" ? t("unlock.needReason") : undefined}
            disabled={unlock.isPending}
            onClick={() => unlock.mutate({ lock: lock.name, reason: reason.trim() })}
          >
            {t("unlock.do", { name: lock.name })}
          </Button>
        </>
      }
    >
      <Field label={t("unlock.reason")} stacked>
        {(id) => <TextArea id={id} autoFocus value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      {unlock.error !== null && <ErrorState error={unlock.error} compact />}
    </Dialog>
  );
}
