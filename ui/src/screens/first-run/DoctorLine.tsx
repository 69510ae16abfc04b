import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon } from "../../parts/Icon";
import { checkStatus, useDoctor } from "../settings/Doctor";

/** The doctor's result in one line: what is missing, or that nothing is. */
export function DoctorLine() {
  const { t } = useTranslation("first-run");
  const doctor = useDoctor();
  const checks = doctor.data?.checks;
  if (checks === undefined) return null;
  const failed = checks.filter((check) => checkStatus(check) === "failed");
  return (
    <p className="fr-doctor" role="status">
      <span className={failed.length > 0 ? "st warn" : "st ok"}>
        <Icon name={failed.length > 0 ? "warn" : "ok"} />
        {failed.length > 0
          ? t("doctor.missing", { names: failed.map((check) => check.name).join(", ") })
          : t("doctor.fine", { count: checks.filter((check) => checkStatus(check) === "ok").length })}
      </span>
      <Link to="/settings/{-$part}" params={{ part: "doctor" }}>
        {t("doctor.open")}
      </Link>
    </p>
  );
}
