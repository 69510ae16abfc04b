import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { WorkspaceDto } from "../api/dto";
import { useStream } from "../api/events";
import { showOverlay } from "../commands/overlays";
import { Icon, type IconName } from "../parts/Icon";
import { KeyHint } from "../parts/KeyHint";
import type { Tone } from "../parts/status";

function Item({
  tone,
  icon,
  children,
  to,
  q,
}: {
  tone?: Tone;
  icon?: IconName;
  children: ReactNode;
  to: "/problems" | "/graph" | "/runs" | "/locks";
  q?: string;
}) {
  return (
    <Link
      to={to}
      search={(old) => ({ env: old.env, ws: old.ws, q })}
      className={tone === undefined ? "sb" : `sb ${tone} cc`}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </Link>
  );
}

function StreamWord() {
  const { t } = useTranslation("frame");
  const { state, lostSince, lastSeq } = useStream();
  if (state === "live") {
    return (
      <span className="sb ok cc">
        <Icon name="ok" />
        {t("bar.live", { seq: lastSeq.toLocaleString("fr-FR").replace(/\u202f/g, " ") })}
      </span>
    );
  }
  if (state === "lost") {
    return (
      <span className="sb warn cc" role="status">
        <Icon name="warn" />
        {t("bar.lost", { time: lostSince?.toLocaleTimeString("en-GB") ?? "" })}
      </span>
    );
  }
  return (
    <span className="sb wait cc">
      <Icon name="clock" />
      {t("bar.connecting")}
    </span>
  );
}

/** The always-on risk line. Zero items disappear, except errors and the stream. */
export function StatusBar({ workspace }: { workspace: WorkspaceDto | null }) {
  const { t } = useTranslation("frame");
  const c = workspace?.counts;
  if (c === undefined) return <EmptyBar />;
  return (
    <footer className="statusbar">
      <Item tone={c.errors > 0 ? "bad" : "ok"} icon={c.errors > 0 ? "bad" : "ok"} to="/problems">
        {t("bar.errors", { count: c.errors })}
      </Item>
      {c.warnings > 0 && (
        <Item tone="warn" icon="warn" to="/problems">
          {t("bar.warnings", { count: c.warnings })}
        </Item>
      )}
      {c.applying > 0 && (
        <Item tone="run" icon="run" to="/runs">
          {t("bar.applying", { count: c.applying })}
        </Item>
      )}
      {c.queued > 0 && (
        <Item tone="wait" icon="clock" to="/graph" q="status:queued">
          {t("bar.queued", { count: c.queued })}
        </Item>
      )}
      {c.observing > 0 && (
        <Item tone="run" icon="eye" to="/graph" q="status:observing">
          {t("bar.observing", { count: c.observing })}
        </Item>
      )}
      {c.failed > 0 && (
        <Item tone="bad" icon="bad" to="/graph" q="status:failed status:stuck">
          {t("bar.failed", { count: c.failed })}
        </Item>
      )}
      <span className="grow" />
      {c.locks > 0 && (
        <Item icon="lock" to="/locks">
          {t("bar.locks", { count: c.locks })}
        </Item>
      )}
      <StreamWord />
      <span className="sb">{Intl.DateTimeFormat().resolvedOptions().timeZone}</span>
      <button type="button" className="sb" onClick={() => showOverlay("keys")}>
        <KeyHint keys="?" />
        {t("bar.keys")}
      </button>
    </footer>
  );
}

/** With no workspace open only the keys are worth a word. */
function EmptyBar() {
  const { t } = useTranslation("frame");
  return (
    <footer className="statusbar">
      <span className="grow" />
      <button type="button" className="sb" onClick={() => showOverlay("keys")}>
        <KeyHint keys="?" />
        {t("bar.keys")}
      </button>
    </footer>
  );
}
