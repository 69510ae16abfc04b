import { useTranslation } from "react-i18next";
import { EmptyState } from "../../parts";

export function SettingsScreen() {
  const { t } = useTranslation("frame");
  return <EmptyState title={t("nav.settings")} />;
}
