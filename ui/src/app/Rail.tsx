import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { WorkspaceDto } from "../api/dto";
import { Icon, type IconName } from "../parts/Icon";

interface RailItem {
  to: "/graph" | "/matrix" | "/changes" | "/runs";
  /** Addresses that belong to the item too. */
  also: string[];
  icon: IconName;
  label: "nav.graph" | "nav.matrix" | "nav.changes" | "nav.runs";
  count: (workspace: WorkspaceDto) => { n: number; bad: boolean };
}

const none = () => ({ n: 0, bad: false });

/** Grouped by the life of a change: author, deliver. */
const groups: RailItem[][] = [
  [
    { to: "/graph", also: ["/unit/", "/problems"], icon: "graph", label: "nav.graph", count: none },
    { to: "/matrix", also: [], icon: "matrix", label: "nav.matrix", count: none },
  ],
  [
    {
      to: "/changes",
      also: ["/change/"],
      icon: "changes",
      label: "nav.changes",
      count: (w) => ({ n: w.counts.awaiting, bad: false }),
    },
    {
      to: "/runs",
      also: ["/run/", "/locks"],
      icon: "runs",
      label: "nav.runs",
      count: (w) => ({ n: w.counts.running, bad: false }),
    },
  ],
];

function Count({ n, bad }: { n: number; bad: boolean }) {
  const { t } = useTranslation("frame");
  if (n === 0) return null;
  return (
    <span className={bad ? "cnt bad" : "cnt"} title={t("nav.waiting", { count: n })}>
      {n > 99 ? "99+" : n}
    </span>
  );
}

export function Rail({ workspace }: { workspace: WorkspaceDto | null }) {
  const { t } = useTranslation("frame");
  return (
    <nav className="rail" aria-label={t("nav.label")}>
      {groups.map((items, i) => (
        <div className="rail-group" key={items[0]?.to}>
          {i > 0 && <hr />}
          {items.map((item) => (
            <RailLink key={item.to} item={item} workspace={workspace} />
          ))}
        </div>
      ))}
      <span className="grow" />
      <Link
        to="/settings/{-$part}"
        params={{ part: undefined }}
        search={(old) => ({ env: old.env, ws: old.ws })}
        activeProps={{ className: "on", "aria-current": "page" }}
      >
        <Icon name="settings" size="m" />
        {t("nav.settings")}
      </Link>
    </nav>
  );
}

function RailLink({ item, workspace }: { item: RailItem; workspace: WorkspaceDto | null }) {
  const { t } = useTranslation("frame");
  const here = window.location.hash.startsWith("#/") ? window.location.hash.slice(1) : window.location.pathname;
  const on = item.also.some((prefix) => here.startsWith(prefix));
  return (
    <Link
      to={item.to}
      search={(old) => ({ env: old.env, ws: old.ws })}
      className={on ? "on" : undefined}
      activeProps={{ className: "on", "aria-current": "page" }}
      activeOptions={{ includeSearch: false }}
    >
      <Icon name={item.icon} size="m" />
      {t(item.label)}
      {workspace !== null && <Count {...item.count(workspace)} />}
    </Link>
  );
}
