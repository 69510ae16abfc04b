import { useTranslation } from "react-i18next";
import type { IconName } from "./drawings";
import { Icon, InlineIcon } from "./Icon";

export type PlanAction = "create" | "update" | "replace" | "delete" | "move" | "import" | "forget" | "read";

const signs: Record<PlanAction, { sign: string; tone: string }> = {
  create: { sign: "+", tone: "ok" },
  update: { sign: "~", tone: "run" },
  replace: { sign: "−/+", tone: "warn" },
  delete: { sign: "−", tone: "bad" },
  move: { sign: "→", tone: "idle" },
  import: { sign: "↓", tone: "idle" },
  forget: { sign: "○", tone: "warn" },
  read: { sign: "?", tone: "wait" },
};

export function isPlanAction(word: string): word is PlanAction {
  return word in signs;
}

/** The boxed sign of a plan action, with its word unless `bare`. */
export function PlanSign({ action, count, bare = false }: { action: PlanAction; count?: number; bare?: boolean }) {
  const { t } = useTranslation("parts");
  const { sign, tone } = signs[action];
  const word = t(`sign.${action}`);
  return (
    <span className={`plan-sign ${tone}`}>
      <span
        className="sg"
        role="img"
        aria-label={bare ? word : undefined}
        aria-hidden={bare ? undefined : true}
        title={word}
      >
        {sign}
      </span>
      {count !== undefined && <b className="num">{count}</b>}
      {!bare && <span className="cc">{word}</span>}
    </span>
  );
}

/** `+3 ~1 −2` in mono, zero counts left out. */
export function PlanCounts({ counts }: { counts: Partial<Record<PlanAction, number>> }) {
  const { t } = useTranslation("parts");
  const order: PlanAction[] = ["delete", "replace", "update", "create", "move", "import", "forget"];
  return (
    <span className="plan-counts mono num">
      {order.map((action) => {
        const n = counts[action] ?? 0;
        if (n === 0) return null;
        return (
          <span key={action} className={`${signs[action].tone} cc`} title={t(`sign.${action}`)}>
            {signs[action].sign}
            {n}
          </span>
        );
      })}
    </span>
  );
}

const engineIcons: Record<string, IconName> = {
  terraform: "e-terraform",
  opentofu: "e-terraform",
  pulumi: "e-pulumi",
  native: "e-native",
  playbook: "e-playbook",
  ansible: "e-playbook",
  ssh: "e-playbook",
  k8s: "e-k8s",
  argocd: "e-k8s",
  flux: "e-k8s",
};

/** The glyph of an engine; an unknown or missing engine is a question mark, not a guess. */
export function engineIcon(engine: string | null | undefined): IconName {
  const name = (engine ?? "").toLowerCase();
  return engineIcons[name] ?? engineIcons[name.split(/[.:-]/)[0] ?? ""] ?? "unknown";
}

interface EngineGlyphProps {
  engine: string | null | undefined;
  word?: boolean;
  /** Drawn in place: where hundreds stand on one screen. */
  inline?: boolean;
}

export function EngineGlyph({ engine, word = false, inline = false }: EngineGlyphProps) {
  const Drawn = inline ? InlineIcon : Icon;
  return (
    <span className="engine" title={engine ?? undefined}>
      <Drawn name={engineIcon(engine)} />
      {word && <span className="mono">{engine}</span>}
    </span>
  );
}

/** The lanes in execution order (ui.md §5). */
export const layers = ["Foundation", "K8s", "PaaS", "Applications", "Config", "Ephemeral"] as const;
export type Layer = (typeof layers)[number];

const layerClasses: Record<Layer, string> = {
  Foundation: "L-fn",
  K8s: "L-k8",
  PaaS: "L-pa",
  Applications: "L-ap",
  Config: "L-cf",
  Ephemeral: "L-ep",
};

/** `IaaS` is the documented alias of Foundation (dsl §1). */
export function layerOf(word: string): Layer {
  if (word === "IaaS") return "Foundation";
  return layers.find((layer) => layer === word) ?? "Ephemeral";
}

export function layerClass(layer: string): string {
  return layerClasses[layerOf(layer)];
}

/** Spine and word of a layer; the DSL word is never translated, the gloss stands beside it. */
export function LayerTag({ layer, extra }: { layer: string; extra?: string }) {
  return (
    <span className={`lay ${layerClass(layer)}`}>
      {layer}
      {extra !== undefined && `, ${extra}`}
    </span>
  );
}

export type Risk = "low" | "moderate" | "high" | "critical";
const riskTone: Record<Risk, string> = { low: "ok", moderate: "wait", high: "bad", critical: "bad" };
const riskBars: Risk[] = ["low", "moderate", "high", "critical"];

/** Four bars and a word; never a score. */
export function RiskMeter({ risk, chip = false }: { risk: Risk; chip?: boolean }) {
  const { t } = useTranslation("parts");
  const level = riskBars.indexOf(risk);
  return (
    <span className={`st ${riskTone[risk]}${chip ? " chip" : ""}`}>
      <span className="riskm" aria-hidden="true">
        {riskBars.map((bar, i) => (
          <i key={bar} className={i <= level ? "f" : undefined} />
        ))}
      </span>
      {t(`risk.${risk}`)}
    </span>
  );
}
