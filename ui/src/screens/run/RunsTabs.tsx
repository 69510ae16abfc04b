import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Seg } from "../../parts/controls";

/** Runs and the locks they hold: two views of one place. */
export function RunsTabs({ value }: { value: "runs" | "locks" }) {
  const { t } = useTranslation("run");
  const navigate = useNavigate();
  return (
    <Seg
      label={t("list.title")}
      value={value}
      options={[
        { value: "runs", label: t("list.title") },
        { value: "locks", label: t("list.locks") },
      ]}
      onChange={(next) =>
        void navigate({ to: next === "locks" ? "/locks" : "/runs", search: (old) => ({ env: old.env, ws: old.ws }) })
      }
    />
  );
}
