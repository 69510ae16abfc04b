import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";
import { Button } from "./controls";
import { DiagnosticList } from "./Diagnostics";
import type { IconName } from "./drawings";
import { Icon } from "./Icon";
import { useSay } from "./useSay";

/** What a screen shows when it has nothing: what it is, and one next action. */
export function EmptyState({
  icon,
  title,
  text,
  children,
}: {
  icon?: IconName;
  title: string;
  text?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      {icon !== undefined && <Icon name={icon} size="m" />}
      <h2>{title}</h2>
      {text !== undefined && <p>{text}</p>}
      {children !== undefined && <div className="empty-actions">{children}</div>}
    </div>
  );
}

/** An error in four parts: what happened, why, what to do, id. Loses nothing: details can be copied. */
export function ErrorState({
  error,
  onRetry,
  compact = false,
}: {
  error: unknown;
  onRetry?: () => void;
  compact?: boolean;
}) {
  const { t } = useTranslation("parts");
  const say = useSay();
  const body =
    error instanceof ApiError
      ? error.body
      : {
          code: "unexpected",
          message: error instanceof Error ? error.message : String(error),
          hint: "",
          diagnostics: [],
        };
  const title = say.title(body.code);
  return (
    <div className={compact ? "fault compact" : "fault"} role="alert">
      <p className="fault-what bad">
        <Icon name="bad" className="cc" />
        <b>{title ?? body.message}</b>
      </p>
      {title !== null && <p>{body.message}</p>}
      {body.hint !== "" && <p>{body.hint}</p>}
      {body.diagnostics.length > 0 && <DiagnosticList diagnostics={body.diagnostics} />}
      <div className="fault-foot">
        <span className="mono mut">{body.code}</span>
        <span className="grow" />
        <Button
          kind="gho"
          icon="copy"
          onClick={() => void navigator.clipboard?.writeText(JSON.stringify(body, null, 2))}
        >
          {t("copyDetails")}
        </Button>
        {onRetry !== undefined && (
          <Button icon="retry" onClick={onRetry}>
            {t("retry")}
          </Button>
        )}
      </div>
    </div>
  );
}

const SHOW_AFTER_MS = 150;
const EXPLAIN_AFTER_MS = 2000;

/** Still rows where the list will be; after two seconds they say what is waited for. */
export function SkeletonRows({ rows = 5, what, onCancel }: { rows?: number; what: string; onCancel?: () => void }) {
  const { t } = useTranslation("parts");
  const [phase, setPhase] = useState<"hidden" | "shown" | "explained">("hidden");
  useEffect(() => {
    const shown = setTimeout(() => setPhase("shown"), SHOW_AFTER_MS);
    const explained = setTimeout(() => setPhase("explained"), EXPLAIN_AFTER_MS);
    return () => {
      clearTimeout(shown);
      clearTimeout(explained);
    };
  }, []);
  if (phase === "hidden") return null;
  return (
    <div className="skeleton" aria-busy="true">
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity that never move
        <span key={i} className="skeleton-row" style={{ width: `${[88, 72, 94, 64, 80, 76, 90, 68][i % 8] ?? 80}%` }} />
      ))}
      {phase === "explained" && (
        <p className="skeleton-why" role="status">
          {t("waitsFor", { what })}
          {onCancel !== undefined && (
            <Button kind="gho" onClick={onCancel}>
              {t("cancel")}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
