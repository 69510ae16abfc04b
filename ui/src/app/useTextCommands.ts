import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "../api/workspace";
import type { Command } from "../commands/registry";
import { useOpenSource } from "../parts/source";

/** The text of each Environment by name: its hosts, protection and approvers have no form. */
export function useTextCommands(): Command[] {
  const { t } = useTranslation("frame");
  const openSource = useOpenSource();
  const environments = useWorkspace().data?.environments;
  return useMemo(
    () =>
      (environments ?? []).flatMap(({ name, place }): Command[] =>
        place === undefined || place === null
          ? []
          : [
              {
                id: `text:${name}`,
                title: t("cmd.textOf", { name }),
                words: "environment yaml 环境 文本",
                group: "go",
                run: () => openSource(place),
              },
            ],
      ),
    [t, environments, openSource],
  );
}
