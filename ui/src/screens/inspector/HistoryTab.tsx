import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { HistoryDto } from "../../api/dto";
import { EmptyState } from "../../parts/states";
import { useSay } from "../../parts/useSay";
import { usePrefs } from "../../state/prefs";

/** The unit's newest events, newest first; the log is the source, nothing is summed up. */
export function HistoryTab({ history }: { history: HistoryDto[] }) {
  const { t } = useTranslation("inspector");
  const say = useSay();
  const language = usePrefs((state) => state.language);
  if (history.length === 0) return <EmptyState icon="clock" title={t("history.none")} text={t("history.noneText")} />;
  const time = new Intl.DateTimeFormat(language, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  });
  return (
    <ol className="history">
      {history.map((event) => (
        <li key={event.position}>
          <p className="history-head">
            <span className="mono">{event.kind}</span>
            <span className="grow" />
            <time className="mut t12 num" dateTime={event.at} title={event.at}>
              {time.format(new Date(event.at))}
            </time>
          </p>
          {event.text !== "" && <p>{say.one(event.said, event.text)}</p>}
          <p className="mut t12">
            {event.actor} · #{event.position}
            {event.changeSet && (
              <>
                {" · "}
                <Link to="/change/$id/{-$part}" params={{ id: event.changeSet, part: undefined }}>
                  {event.changeSet}
                </Link>
              </>
            )}
          </p>
        </li>
      ))}
    </ol>
  );
}
