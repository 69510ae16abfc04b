import { useTranslation } from "react-i18next";
import { Button } from "../../../parts/controls";
import { Menu } from "../../../parts/Menu";
import { openSheet, useAuthoring } from "./state";

/** What can be drawn, by mouse; the same stands in the palette, with its keys. */
export function AddMenu() {
  const { t } = useTranslation("author");
  const on = useAuthoring((state) => state.palette);
  return (
    <Menu
      align="end"
      trigger={
        <Button icon="plus" aria-label={t("menu")}>
          {t("menu")}
        </Button>
      }
      entries={[
        {
          id: "palette",
          label: t("cmd.palette"),
          keys: "m",
          on,
          run: () => useAuthoring.setState(({ palette }) => ({ palette: !palette })),
        },
        { id: "add", label: t("cmd.add"), keys: "a", run: () => openSheet({ kind: "add" }) },
        { id: "connect", label: t("cmd.connect"), keys: "c", run: () => openSheet({ kind: "connect" }) },
        { id: "assemble", label: t("cmd.assemble"), run: () => openSheet({ kind: "assemble" }) },
        { id: "adopt", label: t("cmd.adopt"), run: () => openSheet({ kind: "adopt" }) },
      ]}
    />
  );
}
