import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChangeDetailDto, ChangeUnitDto } from "../../api/dto";
import { type Command, useCommands } from "../../commands/registry";
import { type Facts, hasTerm, matches, parseFilter, toggleTerm } from "../../filter/filter";
import { IconButton, Seg } from "../../parts/controls";
import { Icon } from "../../parts/Icon";
import { type PlanAction, PlanSign } from "../../parts/marks";
import { groupLook, groupOf, nameOf, type RiskGroup, riskGroups } from "./read";
import { UnitPlan } from "./UnitPlan";
import { useViewed } from "./useViewed";

/** A group with more units than this folds into one row per module name. */
const FOLD_FROM = 60;
/** With this few units nothing is gained by hiding any of them. */
const OPEN_ALL_TO = 3;

const shownActions = ["delete", "replace", "update", "create"] as const;

function factsOf(unit: ChangeUnitDto): Facts {
  const actions = (unit.plan?.changes ?? []).map((change) => change.action);
  const [env = "", comp = "", module = ""] = unit.id.split("/");
  return {
    env: [env],
    comp: [comp],
    module: [module],
    layer: [unit.layer],
    engine: [unit.engine],
    gate: [unit.gate],
    risk: [unit.riskGroup],
    action: [...new Set(actions), unit.action],
    fidelity: (unit.plan?.changes ?? []).map((change) => change.fidelity),
    text: unit.id.toLowerCase(),
  };
}

function opensAtFirst(unit: ChangeUnitDto, all: number): boolean {
  return all <= OPEN_ALL_TO || !["unknown", "exact"].includes(groupOf(unit));
}

/** The plan, risk first; the console text says the same in the engine's words. */
export function PlanPanel({ change, asConsole }: { change: ChangeDetailDto; asConsole: boolean }) {
  const { t } = useTranslation("changes");
  const navigate = useNavigate();
  const { q: text = "", sel } = useSearch({ from: "__root__" });
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () =>
      new Set(
        change.units
          .filter((unit) => unit.id === sel || opensAtFirst(unit, change.units.length))
          .map((unit) => unit.id),
      ),
  );
  const seen = useViewed((state) => state.seen);
  const viewed = change.units.filter((unit) => seen.includes(unit.unitDigest)).length;
  const units = useMemo(() => {
    const terms = parseFilter(text);
    return change.units.filter((unit) => matches(terms, factsOf(unit)));
  }, [change.units, text]);
  const expand = useCallback(() => setOpen(new Set(change.units.map((unit) => unit.id))), [change.units]);
  const collapse = useCallback(() => setOpen(new Set()), []);
  const toggle = useCallback(
    (id: string) =>
      setOpen((old) => {
        const next = new Set(old);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  const setFilter = (q: string) =>
    void navigate({ to: ".", search: (old) => ({ ...old, q: q === "" ? undefined : q }), replace: true });
  usePlanCommands(change.units, expand, collapse);
  // A link to one unit shows that unit.
  useEffect(() => {
    if (sel === undefined) return;
    const row = [...document.querySelectorAll<HTMLElement>("[data-unit]")].find((each) => each.dataset.unit === sel);
    row?.scrollIntoView({ block: "start" });
  }, [sel]);
  return (
    <section className="cr-plan" aria-label={t("plan")}>
      <div className="cr-bar">
        <h2>{t("plan")}</h2>
        <Seg
          label={t("view.label")}
          value={asConsole ? "console" : "structured"}
          options={[
            { value: "structured", label: t("view.structured") },
            { value: "console", label: t("view.console") },
          ]}
          onChange={(view) =>
            void navigate({
              to: "/change/$id/{-$part}",
              params: { id: change.id, part: view === "console" ? "console" : undefined },
              search: (old) => old,
              replace: true,
            })
          }
        />
        <span className="cr-chips">
          {shownActions.map((action) => {
            const count = change.counts[action];
            return count > 0 ? (
              <ActionChip
                key={action}
                action={action}
                count={count}
                on={hasTerm(text, `action:${action}`)}
                onClick={() => setFilter(toggleTerm(text, `action:${action}`))}
              />
            ) : null;
          })}
        </span>
        {text !== "" && (
          <button type="button" className="link t12 nw" onClick={() => setFilter("")}>
            {t("filteredClear", { shown: units.length, all: change.units.length })}
          </button>
        )}
        <span className="grow" />
        {change.units.length > 0 && (
          <span className="mut t12 num nw">{t("viewed", { n: viewed, all: change.units.length })}</span>
        )}
        <IconButton label={t("expand")} icon="expand" onClick={expand} />
        <IconButton label={t("collapse")} icon="collapse" onClick={collapse} />
      </div>
      {asConsole ? (
        <Console text={change.console} />
      ) : (
        <div className="cr-groups">
          {riskGroups.map((group) => (
            <Group
              key={group}
              group={group}
              units={units.filter((unit) => groupOf(unit) === group)}
              open={open}
              onToggle={toggle}
            />
          ))}
          {units.length === 0 && (
            <p className="cr-none mut">{change.units.length === 0 ? t("noUnits") : t("noneHere")}</p>
          )}
        </div>
      )}
    </section>
  );
}

function ActionChip({
  action,
  count,
  on,
  onClick,
}: {
  action: PlanAction;
  count: number;
  on: boolean;
  onClick: () => void;
}) {
  return (
    <button type="button" className={on ? "tgl on cr-chip" : "tgl cr-chip"} aria-pressed={on} onClick={onClick}>
      <PlanSign action={action} count={count} />
    </button>
  );
}

function Group({
  group,
  units,
  open,
  onToggle,
}: {
  group: RiskGroup;
  units: readonly ChangeUnitDto[];
  open: ReadonlySet<string>;
  onToggle: (id: string) => void;
}) {
  const { t } = useTranslation("changes");
  const { tone, icon } = groupLook[group];
  if (units.length === 0) return null;
  const rows = (some: readonly ChangeUnitDto[]) =>
    some.map((unit) => <UnitPlan key={unit.id} unit={unit} open={open.has(unit.id)} onToggle={onToggle} />);
  return (
    <section aria-label={t(`risk.${group}.title`)}>
      <h3 className={`cr-group ${tone}`}>
        <span className="cc fx">
          <Icon name={icon} />
          <b>{t(`risk.${group}.title`)}</b>
        </span>
        <span className="sec ell">{t(`risk.${group}.text`)}</span>
        <span className="grow" />
        <span className="mut num">{t("units", { count: units.length })}</span>
      </h3>
      {units.length <= FOLD_FROM ? rows(units) : <Modules units={units} rows={rows} />}
    </section>
  );
}

/** Very large groups: one row per module name with its count, opened one at a time. */
function Modules({
  units,
  rows,
}: {
  units: readonly ChangeUnitDto[];
  rows: (units: readonly ChangeUnitDto[]) => React.ReactNode;
}) {
  const { t } = useTranslation("changes");
  const byModule = new Map<string, ChangeUnitDto[]>();
  for (const unit of units) byModule.set(nameOf(unit.id), [...(byModule.get(nameOf(unit.id)) ?? []), unit]);
  return [...byModule].map(([module, some]) => (
    <details key={module} className="cr-module">
      <summary>
        <span className="mono b">{module}</span>
        <span className="mut num">{t("units", { count: some.length })}</span>
      </summary>
      {rows(some)}
    </details>
  ));
}

const lineTones: [RegExp, string][] = [
  [/^\s*\+/, "ok"],
  [/^\s*[-−]\/\+/, "warn"],
  [/^\s*[-−]/, "bad"],
  [/^\s*~/, "run"],
];

function Console({ text }: { text: string }) {
  const { t } = useTranslation("changes");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="cr-console" aria-label={t("view.console")} tabIndex={0}>
      <pre className="mono">
        {text.split("\n").map((line, i) => {
          const tone = lineTones.find(([pattern]) => pattern.test(line))?.[1];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one fixed text
            <span key={i} className={tone === undefined ? undefined : `${tone} cc`}>
              {line}
              {"\n"}
            </span>
          );
        })}
      </pre>
    </section>
  );
}

function usePlanCommands(units: readonly ChangeUnitDto[], expand: () => void, collapse: () => void): void {
  const { t } = useTranslation("changes");
  useCommands(
    useMemo(
      (): Command[] => [
        { id: "change.expand", title: t("expand"), group: "screen", keys: "Shift+E", run: expand },
        { id: "change.collapse", title: t("collapse"), group: "screen", keys: "Shift+C", run: collapse },
        {
          id: "change.viewed",
          title: t("cmd.viewed"),
          group: "screen",
          keys: "v",
          run: () => {
            const row = document.activeElement?.closest<HTMLElement>("[data-unit]");
            const unit = units.find((candidate) => candidate.id === row?.dataset.unit);
            if (unit === undefined) return;
            const { seen, mark } = useViewed.getState();
            mark([unit.unitDigest], !seen.includes(unit.unitDigest));
          },
        },
      ],
      [t, units, expand, collapse],
    ),
  );
}
