import { useTranslation } from "react-i18next";
import type { OutputValueDto } from "../../api/dto";
import { Icon } from "../../parts/Icon";
import { EmptyState } from "../../parts/states";
import { show } from "./values";

/** Applied outputs and who reads them; a sensitive one is never revealed. */
export function OutputsTab({ outputs, onSelect }: { outputs: OutputValueDto[]; onSelect: (id: string) => void }) {
  const { t } = useTranslation("inspector");
  if (outputs.length === 0) return <EmptyState icon="link" title={t("outputs.none")} text={t("outputs.noneText")} />;
  return (
    <dl className="outputs">
      {outputs.map((output) => (
        <div key={output.name}>
          <dt className="mono">{output.name}</dt>
          <dd>
            {output.sensitive ? (
              <span className="mut fx">
                <Icon name="key" /> {t("outputs.masked")}
              </span>
            ) : output.value === undefined || output.value === null ? (
              <span className="mut">{t("outputs.notApplied")}</span>
            ) : (
              <span className="mono wrap">{show(output.value)}</span>
            )}
            {output.readers.length > 0 && (
              <p className="t12 mut">
                {t("outputs.readers")}{" "}
                {output.readers.map((reader) => (
                  <button key={reader} type="button" className="link mono" onClick={() => onSelect(reader)}>
                    {reader}
                  </button>
                ))}
              </p>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
