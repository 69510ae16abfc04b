import { useTranslation } from "react-i18next";
import { EmptyState } from "../../parts";

export function ProblemsScreen() {
  const { t } = useTranslation("frame");
  return <EmptyState title={t("problems")} />;
}
