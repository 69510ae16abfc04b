import { useTranslation } from "react-i18next";
import type { AdoptFoundDto } from "../../api/dto";

const kinds = ["terraform", "kustomize", "helm", "playbook"] as const;
const states = ["backend", "copied", "none"] as const;

/** One of the words this build knows, if it is one. */
function known<W extends string>(words: readonly W[], word: string): W | undefined {
  return words.find((w) => w === word);
}

/** What was found, by the Environment that would assemble it; what is in none comes last and is never planned. */
export function FoundTable({ found }: { found: AdoptFoundDto[] }) {
  const { t } = useTranslation("adopt");
  const environments = [...new Set(found.map((f) => f.environment ?? null))].sort(byName);
  return (
    <table className="adopt-found">
      <caption className="t12 sec m">{t("found", { count: found.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t("column.path")}</th>
          <th scope="col">{t("column.composition")}</th>
          <th scope="col">{t("column.module")}</th>
          <th scope="col">{t("column.state")}</th>
        </tr>
      </thead>
      {environments.map((environment) => (
        <tbody key={environment ?? ""}>
          <tr className="adopt-env">
            <th colSpan={4} scope="rowgroup">
              {environment === null ? (
                <>
                  {t("unassembled")} <span className="sec">{t("unassembledText")}</span>
                </>
              ) : (
                <>
                  {t("environment")} <span className="mono">{environment}</span>
                </>
              )}
            </th>
          </tr>
          {found
            .filter((f) => (f.environment ?? null) === environment)
            .map((f) => (
              <Row key={f.path} found={f} />
            ))}
        </tbody>
      ))}
    </table>
  );
}

function byName(one: string | null, two: string | null): number {
  if (one === null || two === null) return one === two ? 0 : one === null ? 1 : -1;
  return one.localeCompare(two);
}

function Row({ found }: { found: AdoptFoundDto }) {
  const { t } = useTranslation("adopt");
  const kind = known(kinds, found.what);
  const state = known(states, found.state);
  return (
    <tr>
      <td>
        <span className="mono">{found.path}</span>
        <span className="sec t12">{kind === undefined ? found.what : t(`kind.${kind}`)}</span>
      </td>
      <td className="mono">{found.composition}</td>
      <td className="mono">{found.module}</td>
      <td>
        {state === undefined ? found.state : t(`state.${state}`, { from: found.stateFrom })}
        {state === "copied" && <span className="sec t12">{t("state.copiedText")}</span>}
      </td>
    </tr>
  );
}
