import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/client";
import type { CheckDto, DoctorDto } from "../../api/dto";
import { Button, IconButton } from "../../parts/controls";
import { Icon, type IconName } from "../../parts/Icon";
import { ErrorState, SkeletonRows } from "../../parts/states";
import type { Tone } from "../../parts/status";
import { useSay } from "../../parts/useSay";
import { useCheckWords } from "./useCheckWords";

export function useDoctor(enabled = true) {
  const api = useApi();
  return useQuery({
    queryKey: ["doctor"],
    queryFn: ({ signal }) => api.get<DoctorDto>("/api/doctor", signal),
    enabled,
  });
}

const statuses = ["failed", "warning", "ok", "not-needed"] as const;
type CheckStatus = (typeof statuses)[number];

const looks: Record<CheckStatus, { tone: Tone; icon: IconName }> = {
  failed: { tone: "bad", icon: "bad" },
  warning: { tone: "warn", icon: "warn" },
  ok: { tone: "ok", icon: "ok" },
  "not-needed": { tone: "idle", icon: "idle" },
};

/** A word this build does not know is a warning to look at, never "ok". */
export function checkStatus(check: CheckDto): CheckStatus {
  return statuses.find((status) => status === check.status) ?? "warning";
}

/** Failures first; each with what was found, what is needed and the one thing that mends it. */
export function Doctor() {
  const { t } = useTranslation("settings");
  const doctor = useDoctor();
  const checks = [...(doctor.data?.checks ?? [])].sort(
    (a, b) => statuses.indexOf(checkStatus(a)) - statuses.indexOf(checkStatus(b)),
  );
  const words = useCheckWords();
  const failed = checks.filter((check) => checkStatus(check) === "failed").length;
  return (
    <>
      <header className="se-head">
        <h2>{t("part.doctor")}</h2>
        {doctor.data !== undefined && (
          <span className={failed > 0 ? "st bad" : "st ok"} role="status">
            <Icon name={failed > 0 ? "bad" : "ok"} />
            {failed > 0 ? t("doctor.failed", { count: failed }) : t("doctor.fine")}
          </span>
        )}
        <span className="grow" />
        <Button kind="pri" icon="retry" disabled={doctor.isFetching} onClick={() => void doctor.refetch()}>
          {doctor.isFetching ? t("doctor.running") : t("doctor.run")}
        </Button>
      </header>
      {doctor.error !== null && <ErrorState error={doctor.error} onRetry={() => void doctor.refetch()} />}
      {doctor.data === undefined && doctor.error === null && <SkeletonRows rows={6} what={t("doctor.waits")} />}
      <ul className="se-checks">
        {checks.map((check) => (
          <Check key={check.id} check={check} />
        ))}
      </ul>
      {doctor.data !== undefined && doctor.data.paths.length > 0 && (
        <>
          <h3 className="se-sub">{t("doctor.paths")}</h3>
          <dl className="se-rows">
            {doctor.data.paths.map((path) => (
              <div key={path.name}>
                <dt>{words.path(path.name)}</dt>
                <dd className="mono">{path.path}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </>
  );
}

function Check({ check }: { check: CheckDto }) {
  const { t } = useTranslation("settings");
  const status = checkStatus(check);
  const { tone, icon } = looks[status];
  const say = useSay();
  const words = useCheckWords();
  return (
    <li>
      <span className={`st ${tone}`}>
        <Icon name={icon} />
        {t(`doctor.status.${status}`)}
      </span>
      <b>{words.name(check)}</b>
      <span className="se-found">
        {say.one(check.foundSaid, check.found)}
        {check.need !== "" && <span className="mut"> {t("doctor.need", { need: words.need(check) })}</span>}
      </span>
      {check.fix !== "" && status !== "ok" && (
        <span className="se-fix">
          {check.fixSaid == null ? <code>{check.fix}</code> : <span>{say.one(check.fixSaid, check.fix)}</span>}
          <IconButton
            label={t("doctor.copy")}
            icon="copy"
            onClick={() => void navigator.clipboard?.writeText(check.fix)}
          />
        </span>
      )}
    </li>
  );
}
