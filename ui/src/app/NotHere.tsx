import { useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../parts/states";

/** An address that names nothing here. */
export function NotHere() {
  const { t } = useTranslation("frame");
  const path = useRouterState({ select: (state) => state.location.pathname });
  return <EmptyState icon="unknown" title={t("missing.title")} text={t("missing.text", { name: path })} />;
}
