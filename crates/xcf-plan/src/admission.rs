//! Admission (`D8`): may this unit start now? A pure function over the ledger. What is effective now: unit locks,
//! Foundation locks, holds, back-off, and the run's concurrency. Windows, budgets and rates join the same answer later.

use crate::ledger::{Ledger, LockRecord};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use xcf_core::changeset::ChangeUnit;
use xcf_core::ids::{ChangeSetId, EnvName, RunId, UnitId};
use xcf_core::route::{Engine, Lifecycle};
use xcf_core::said::Said;

/// At most this many units of one run at once, unless said otherwise.
pub const DEFAULT_CONCURRENCY: u32 = 4;

/// How much one run may do at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Units at once, over all engines.
    pub total: u32,
    /// Units at once per engine; an engine that is not named has only the total.
    pub per_engine: BTreeMap<Engine, u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { total: DEFAULT_CONCURRENCY, per_engine: BTreeMap::new() }
    }
}

/// Everything about the unit and the world that admission looks at.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// Locks, holds, runs.
    pub ledger: &'a Ledger,
    /// The run that asks.
    pub run: RunId,
    /// Its ChangeSet.
    pub change_set: ChangeSetId,
    /// Units of this run that are at work now, per engine.
    pub at_work: &'a BTreeMap<Engine, u32>,
    /// Limits of this run.
    pub limits: &'a Limits,
    /// Not before this time (retry back-off), if any.
    pub not_before: Option<Timestamp>,
    /// True if this run undoes its own work: a hold does not stop that, locks do (`D6`).
    pub rolling_back: bool,
}

/// Why a unit may not start now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// Machine word, as in `unit.waiting`: `lock`, `foundation-lock`, `concurrency`, `hold`, `backoff`.
    pub code: String,
    /// In words: what, who, since when.
    pub words: String,
    /// The words, apart from their language.
    pub said: Said,
    /// The lock that is in the way.
    pub lock: Option<String>,
    /// The run that holds it.
    pub run: Option<RunId>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Admission {
    /// Go: these locks are granted by the same event.
    Admit {
        /// All locks the unit needs, also those its run already holds.
        locks: Vec<String>,
    },
    /// Not before a time.
    WaitUntil {
        /// When.
        at: Timestamp,
        /// Why.
        why: Why,
    },
    /// Not before something else happens.
    Blocked {
        /// Why.
        why: Why,
    },
}

/// Name of a unit's lock.
#[must_use]
pub fn unit_lock(id: &UnitId) -> String {
    format!("unit:{id}")
}

/// Name of a Foundation lock; without a region it is about all of them.
#[must_use]
pub fn foundation_lock(environment: &EnvName, region: Option<&str>) -> String {
    match region {
        Some(region) => format!("foundation:{environment}:{region}"),
        None => format!("foundation:{environment}"),
    }
}

/// Locks a unit takes: its own, its former id's when it is moved (`dsl §2`), and the Foundation's if it belongs to it (`R6.2`).
#[must_use]
pub fn locks_of(unit: &ChangeUnit) -> Vec<String> {
    let mut locks = vec![unit_lock(&unit.id)];
    locks.extend(unit.moved_from.as_ref().map(unit_lock));
    if unit.lifecycle == Lifecycle::Foundation {
        locks.push(foundation_lock(&unit.id.environment, unit.region.as_deref()));
    }
    locks
}

/// May `unit` start at `now`? The first obstacle answers: hold, locks, back-off, concurrency – so that what a person must
/// solve is said before what passes by itself.
#[must_use]
pub fn admit(now: Timestamp, unit: &ChangeUnit, world: &World<'_>) -> Admission {
    let locks = locks_of(unit);
    if let Some(why) = hold(unit, world).or_else(|| locked(&locks, world)).or_else(|| foundation(unit, world)) {
        return Admission::Blocked { why };
    }
    if let Some(at) = world.not_before.filter(|at| *at > now) {
        let words = format!("waits to {at} before the next attempt");
        return Admission::WaitUntil { at, why: why("backoff", words, Said::new("wait-backoff").with("at", at), None) };
    }
    match concurrency(unit.engine, world) {
        Some(why) => Admission::Blocked { why },
        None => Admission::Admit { locks },
    }
}

fn why(code: &str, words: String, said: Said, lock: Option<(&String, &LockRecord)>) -> Why {
    let (lock, run) = lock.map(|(name, record)| (name.clone(), record.run)).unzip();
    Why { code: code.to_owned(), words, said, lock, run }
}

fn hold(unit: &ChangeUnit, world: &World<'_>) -> Option<Why> {
    if world.rolling_back {
        return None;
    }
    let hold = world.ledger.unit(&unit.id)?.hold.as_ref()?;
    let reason = if hold.reason.is_empty() { String::new() } else { format!(": {}", hold.reason) };
    let words = format!("{} is on hold since {} by {}{reason}", unit.id, hold.since, hold.by.display_name());
    let said = Said::new(if hold.reason.is_empty() { "wait-hold" } else { "wait-hold-reason" })
        .with("unit", &unit.id)
        .with("since", hold.since)
        .with("who", hold.by.display_name())
        .with("reason", &hold.reason);
    Some(why("hold", words, said, None))
}

fn locked(locks: &[String], world: &World<'_>) -> Option<Why> {
    let other = |name: &&String| world.ledger.locks.get(*name).is_some_and(|lock| lock.run != world.run);
    let name = locks.iter().filter(|name| name.starts_with("unit:")).find(other)?;
    let lock = world.ledger.locks.get(name)?;
    let (words, said) = holder_words(name, lock, world);
    Some(why("lock", words, said, Some((name, lock))))
}

/// A Foundation lock blocks everything in its Environment and region that is not of the same ChangeSet (`D8`, `R6.2`). A
/// unit without a region belongs to all of them, and so does a lock without one.
fn foundation(unit: &ChangeUnit, world: &World<'_>) -> Option<Why> {
    let base = foundation_lock(&unit.id.environment, None);
    let regional = format!("{base}:");
    let near = world.ledger.locks.range(base.clone()..).take_while(|(name, _)| name.starts_with(&base));
    let applies = |name: &str| {
        name == base
            || name.strip_prefix(&regional).is_some_and(|region| unit.region.as_deref().is_none_or(|own| own == region))
    };
    let same = |lock: &LockRecord| {
        lock.run == world.run || world.ledger.runs.get(&lock.run).is_some_and(|run| run.change_set == world.change_set)
    };
    let (name, lock) = near.filter(|(name, _)| applies(name)).find(|(_, lock)| !same(lock))?;
    let (words, said) = holder_words(name, lock, world);
    Some(why("foundation-lock", words, said, Some((name, lock))))
}

fn holder_words(name: &str, lock: &LockRecord, world: &World<'_>) -> (String, Said) {
    let change_set = world.ledger.runs.get(&lock.run).map(|run| run.change_set.to_string());
    let who = change_set.map_or_else(|| lock.run.to_string(), |cs| format!("{cs} ({})", lock.run));
    let said = Said::new("wait-lock").with("who", &who).with("lock", name).with("since", lock.since);
    (format!("waits for {who}, which holds {name} since {}", lock.since), said)
}

fn concurrency(engine: Engine, world: &World<'_>) -> Option<Why> {
    let total: u32 = world.at_work.values().sum();
    if total >= world.limits.total {
        let said = Said::new("wait-places").with("busy", total).with("limit", world.limits.total);
        return Some(why("concurrency", format!("{total} of {} units are at work", world.limits.total), said, None));
    }
    let limit = *world.limits.per_engine.get(&engine)?;
    let busy = world.at_work.get(&engine).copied().unwrap_or(0);
    let said = Said::new("wait-engine-places").with("busy", busy).with("limit", limit).with("engine", engine);
    (busy >= limit).then(|| why("concurrency", format!("{busy} of {limit} {engine} units are at work"), said, None))
}

#[cfg(test)]
mod tests;
