import { useTranslation } from "react-i18next";
import { EmptyState } from "../../parts";

export function FirstRunScreen() {
  const { t } = useTranslation("frame");
  return <EmptyState title={t("top.noWorkspace")} />;
}
