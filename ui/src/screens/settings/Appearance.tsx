import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Seg } from "../../parts/controls";
import { type Prefs, usePrefs } from "../../state/prefs";

type Look = Pick<Prefs, "theme" | "language" | "density">;

/** Language, theme, density: applied at once, with one step back. */
export function Appearance() {
  const { t } = useTranslation("settings");
  const { t: tf } = useTranslation("frame");
  const { theme, language, density, set } = usePrefs();
  const [before, setBefore] = useState<Look | null>(null);
  const change = (look: Partial<Look>) => {
    setBefore({ theme, language, density });
    set(look);
  };
  return (
    <>
      <header className="se-head">
        <h2>{t("part.appearance")}</h2>
        <span className="grow" />
        {before !== null && (
          <Button
            kind="gho"
            icon="undo"
            onClick={() => {
              set(before);
              setBefore(null);
            }}
          >
            {t("appearance.undo")}
          </Button>
        )}
      </header>
      <dl className="se-rows">
        <div>
          <dt>{tf("language.label")}</dt>
          <dd>
            <Seg
              label={tf("language.label")}
              value={language}
              options={[
                { value: "en", label: "English" },
                { value: "zh-CN", label: "简体中文" },
              ]}
              onChange={(value) => change({ language: value })}
            />
          </dd>
        </div>
        <div>
          <dt>{tf("theme.label")}</dt>
          <dd>
            <Seg
              label={tf("theme.label")}
              value={theme}
              options={(["system", "light", "dark"] as const).map((value) => ({ value, label: tf(`theme.${value}`) }))}
              onChange={(value) => change({ theme: value })}
            />
          </dd>
        </div>
        <div>
          <dt>{tf("density.label")}</dt>
          <dd>
            <Seg
              label={tf("density.label")}
              value={density}
              options={(["compact", "comfortable"] as const).map((value) => ({
                value,
                label: tf(`density.${value}`),
              }))}
              onChange={(value) => change({ density: value })}
            />
          </dd>
        </div>
      </dl>
      <p className="mut se-text">{t("appearance.text")}</p>
    </>
  );
}
