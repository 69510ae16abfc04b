import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useStream } from "../api/events";
import type { WorkspaceView } from "../api/workspace";
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
  to: "/problems" | "/graph" | "/runs";
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
export function StatusBar({ workspace }: { workspace: WorkspaceView | null }) {
  const { t } = useTranslation("frame");
  const d = workspace?.diagnostics;
  const a = workspace?.activity;
  const errors = d?.errors ?? 0;
  return (
    <footer className="statusbar">
      {d !== undefined && (
        <Item tone={errors > 0 ? "bad" : "ok"} icon={errors > 0 ? "bad" : "ok"} to="/problems">
          {t("bar.errors", { count: errors })}
        </Item>
      )}
      {d !== undefined && d.warnings > 0 && (
        <Item tone="warn" icon="warn" to="/problems">
          {t("bar.warnings", { count: d.warnings })}
        </Item>
      )}
      {a !== undefined && a.applying > 0 && (
        <Item tone="run" icon="run" to="/runs">
          {t("bar.applying", { count: a.applying })}
        </Item>
      )}
      {a !== undefined && a.queued > 0 && (
        <Item tone="wait" icon="clock" to="/graph" q="status:queued">
          {t("bar.queued", { count: a.queued })}
        </Item>
      )}
      {a !== undefined && a.observing > 0 && (
        <Item tone="run" icon="eye" to="/graph" q="status:observing">
          {t("bar.observing", { count: a.observing })}
        </Item>
      )}
      {a !== undefined && a.failed > 0 && (
        <Item tone="bad" icon="bad" to="/graph" q="status:failed">
          {t("bar.failed", { count: a.failed })}
        </Item>
      )}
      {a !== undefined && a.stuck > 0 && (
        <Item tone="bad" icon="stuck" to="/graph" q="status:stuck">
          {t("bar.stuck", { count: a.stuck })}
        </Item>
      )}
      <span className="grow" />
      {a !== undefined && a.leases > 0 && (
        <Item icon="lock" to="/runs">
          {t("bar.leases", { count: a.leases })}
        </Item>
      )}
      {workspace?.engines !== null && workspace?.engines !== undefined && (
        <Link to="/settings/{-$part}" params={{ part: "doctor" }} search={(old) => ({ env: old.env })} className="sb">
          {t("bar.engines", { ok: workspace.engines.ready, all: workspace.engines.needed })}
        </Link>
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
