import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { SaidDto } from "../api/dto";
import said from "../i18n/en/said.json";
import { statusOf } from "./status";
import { type Times, useTimes } from "./useTimes";

type Code = keyof typeof said.text;
type Title = keyof typeof said.title;

const WHY = "-why";

function codeOf(word: string): Code | null {
  return Object.hasOwn(said.text, word) ? (word as Code) : null;
}

function titleOf(word: string): Title | null {
  return Object.hasOwn(said.title, word) ? (word as Title) : null;
}

type Told = SaidDto | null | undefined;

/** Sentences of the server in the chosen language; a code this build does not know shows the server's own words. */
export interface Say {
  /** One sentence; `text` is what to show if there is none. */
  one(told: Told, text: string): string;
  /** Several sentences as one line. */
  all(told: readonly SaidDto[] | undefined, text: string): string;
  /** Parts of one line, already in words. */
  join(parts: readonly string[]): string;
  /** What kind of finding a diagnostic or problem is, in a few words; null if this build does not know the code. */
  title(code: string): string | null;
}

export function useSay(): Say {
  const { t, i18n } = useTranslation("said");
  const { t: tp } = useTranslation("parts");
  const { t: ti } = useTranslation("inspector");
  const times = useTimes();
  return useMemo(() => {
    const title = (code: string): string | null => {
      const known = titleOf(code);
      return known === null ? null : t(`title.${known}`);
    };
    const origins: Record<string, string> = ti("origin", { returnObjects: true });
    const words = (params: SaidDto["params"]) => ({
      ...params,
      ...clocks(params, times),
      ...(params.state === undefined ? {} : { state: tp(`status.${statusOf(params.state)}`) }),
      ...(params.origin === undefined ? {} : { origin: origins[params.origin] ?? params.origin }),
    });
    /** Who must act, in the parts that vary by language. */
    const needs = (params: SaidDto["params"]) => {
      const n = Number(params.count ?? "1");
      const { place, could = "" } = params;
      return {
        act: params.strong === "yes" ? t("bit.countersign") : t("bit.approve"),
        times: n > 1 ? t("bit.times", { n }) : "",
        people: n > 1 ? t("bit.people", { n }) : t("bit.onePerson"),
        place: place === undefined ? "" : t("bit.place", { place }),
        author: params.notAuthor === "yes" ? t("bit.notAuthor") : "",
        whoCould: could === "" ? t("bit.nobody") : t("bit.couldBe", { names: could }),
      };
    };
    const sentence = ({ code, params, text }: SaidDto): string => {
      // What an engine said stays as it is; only what kind of failure it is can be put in words here.
      if (code === "failure") {
        const kind = i18n.language === "en" ? null : title(params.error ?? "");
        return kind === null ? text : t("bit.titled", { title: kind, text });
      }
      const reason = params.reason ?? "";
      const because = code.endsWith(WHY) && reason !== "";
      const known = codeOf(because ? code.slice(0, -WHY.length) : code);
      if (known === null) return text;
      const values: Record<string, string> = {
        ...words(params),
        ...(code.startsWith("needs-") && params.strong !== undefined ? needs(params) : {}),
      };
      const shown = String(t(`text.${known}`, values as never));
      return because ? t("bit.because", { text: shown, reason }) : shown;
    };
    const one: Say["one"] = (told, text) => {
      if (told === null || told === undefined) return text;
      const shown = sentence(told);
      return told.unit === null || told.unit === undefined ? shown : t("bit.about", { unit: told.unit, text: shown });
    };
    const all: Say["all"] = (told, text) =>
      told === undefined || told.length === 0 ? text : told.map((s) => one(s, s.text)).join(t("bit.join"));
    return { one, all, title, join: (parts) => parts.join(t("bit.join")) };
  }, [t, tp, ti, i18n.language, times]);
}

/** Moments among the values, as a clock shows them. */
function clocks(params: SaidDto["params"], times: Times): Record<string, string> {
  const out: Record<string, string> = {};
  for (const name of ["at", "since"]) {
    const value = params[name];
    if (value !== undefined) out[name] = times.clock(value);
  }
  return out;
}
