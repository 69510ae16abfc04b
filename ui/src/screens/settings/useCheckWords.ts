import { useTranslation } from "react-i18next";
import type { CheckDto } from "../../api/dto";
import said from "../../i18n/en/said.json";
import { useSay } from "../../parts/useSay";

type Check = Exclude<keyof typeof said.check, "engine">;
type Need = keyof typeof said.need;
type Path = keyof typeof said.path;

const ENGINE = "engine-";

/** Names and needs of the checks by their ids; one this build does not know keeps the server's words. */
export function useCheckWords() {
  const { t } = useTranslation("said");
  const say = useSay();
  return {
    name: ({ id, name }: CheckDto): string => {
      if (id.startsWith(ENGINE)) return t("check.engine", { engine: id.slice(ENGINE.length) });
      return Object.hasOwn(said.check, id) ? t(`check.${id as Check}`) : name;
    },
    need: ({ id, need, needSaid }: CheckDto): string =>
      Object.hasOwn(said.need, id) ? t(`need.${id as Need}`) : say.one(needSaid, need),
    path: (name: string): string => {
      const key = name.replaceAll(" ", "-");
      return Object.hasOwn(said.path, key) ? t(`path.${key as Path}`) : name;
    },
  };
}
