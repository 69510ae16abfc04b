import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Words for moments and spans in the chosen language: 24-hour clock, the day named unless it is today. */
export interface Times {
  /** `10:38` today, else `Sat 28 Nov 02:00`. */
  clock(iso: string): string;
  /** `02:31:14`. */
  seconds(iso: string | number): string;
  /** `02:31:14.118`, for log lines. */
  precise(iso: string): string;
  /** Day, time, zone: for titles. */
  full(iso: string): string;
  /** `6 min 02 s`. */
  span(ms: number): string;
  /** `26 min ago`; always shown beside or over an absolute time. */
  ago(iso: string, now: number): string;
}

type Language = "en-GB" | "zh-CN";

function makeFormats(language: Language) {
  return {
    time: new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false }),
    exact: new Intl.DateTimeFormat(language, {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hour12: false,
    }),
    day: new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short" }),
    full: new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long", hour12: false }),
  };
}

const formats = new Map<Language, ReturnType<typeof makeFormats>>();

/** Made once per language: a format costs more than all the moments a screen shows with it. */
function formatsOf(language: Language): ReturnType<typeof makeFormats> {
  const made = formats.get(language) ?? makeFormats(language);
  formats.set(language, made);
  return made;
}

export function useTimes(): Times {
  const { t, i18n } = useTranslation("times");
  const language = i18n.language === "zh-CN" ? "zh-CN" : "en-GB";
  return useMemo(() => {
    const { time, exact, day, full } = formatsOf(language);
    const sameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString();
    return {
      clock: (iso) => {
        const at = new Date(iso);
        if (Number.isNaN(at.getTime())) return iso;
        return sameDay(at, new Date()) ? time.format(at) : `${day.format(at).replace(",", "")} ${time.format(at)}`;
      },
      seconds: (iso) => exact.format(new Date(iso)),
      precise: (iso) => {
        const at = new Date(iso);
        if (Number.isNaN(at.getTime())) return iso;
        return `${exact.format(at)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
      },
      full: (iso) => {
        const at = new Date(iso);
        return Number.isNaN(at.getTime()) ? iso : full.format(at);
      },
      span: (ms) => {
        const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
        if (ms >= HOUR) return t("hours", { h: Math.floor(ms / HOUR), m: two((ms % HOUR) / MINUTE) });
        if (ms >= MINUTE) return t("minutes", { m: Math.floor(ms / MINUTE), s: two((ms % MINUTE) / SECOND) });
        return t("seconds", { s: Math.max(0, Math.floor(ms / SECOND)) });
      },
      ago: (iso, now) => {
        const ms = now - new Date(iso).getTime();
        if (!(ms >= MINUTE)) return t("ago.now");
        if (ms < HOUR) return t("ago.minutes", { n: Math.floor(ms / MINUTE) });
        if (ms < DAY) return t("ago.hours", { n: Math.floor(ms / HOUR) });
        return t("ago.days", { n: Math.floor(ms / DAY) });
      },
    };
  }, [t, language]);
}

/** The present moment, again every `every` ms while `ticking`. */
export function useNow(every: number, ticking = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!ticking) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every, ticking]);
  return now;
}
