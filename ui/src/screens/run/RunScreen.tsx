import { useTranslation } from "react-i18next";
import { EmptyState } from "../../parts";

export function RunScreen() {
  const { t } = useTranslation("frame");
  return <EmptyState title={t("nav.runs")} />;
}
