import type { DiagnosticDto } from "../api/dto";
import type { IconName } from "./drawings";
import { Icon } from "./Icon";
import type { Tone } from "./status";
import { useSay } from "./useSay";
import { sourceText, Why } from "./Why";

const looks: Record<string, { tone: Tone; icon: IconName }> = {
  error: { tone: "bad", icon: "bad" },
  warning: { tone: "warn", icon: "warn" },
  info: { tone: "idle", icon: "idle" },
};

export function diagnosticLook(severity: string): { tone: Tone; icon: IconName } {
  return looks[severity] ?? { tone: "wait", icon: "unknown" };
}

/** Located findings: what, where, what to do, code. `plain`: of files that can't be opened, as no workspace is. */
export function DiagnosticList({ diagnostics, plain = false }: { diagnostics: DiagnosticDto[]; plain?: boolean }) {
  const say = useSay();
  return (
    <ul className="diagnostics">
      {diagnostics.map((d) => {
        const { tone, icon } = diagnosticLook(d.severity);
        const title = say.title(d.code);
        return (
          <li key={`${d.file}:${d.line}:${d.column}:${d.code}:${d.message}`}>
            <span className={`${tone} cc`}>
              <Icon name={icon} />
            </span>
            <div>
              {title !== null && <p className="m">{title}</p>}
              <p>{d.message}</p>
              {d.hint !== "" && <p className="sec">{d.hint}</p>}
              <p className="diagnostic-where">
                {d.file !== "" && (plain ? <span className="mono">{sourceText(d)}</span> : <Why source={d} />)}
                <span className="mono mut">{d.code}</span>
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
