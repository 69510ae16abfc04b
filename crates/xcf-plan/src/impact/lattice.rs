//! Which way a decision moves. One order per decision, written down once; what can't be compared counts as loosening,
//! because a guard that was there is not there any more.

use std::collections::BTreeSet;
use std::fmt;
use xcf_core::docs::rules::{WindowKind, WindowSpec};
use xcf_core::route::{Backup, Drift, Gate, Rollback};

/// Which way a change goes; what is looked at first comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// Fewer people, fewer backups, or more that happens by itself.
    Loosening,
    /// The opposite.
    Tightening,
    /// Neither.
    Neutral,
}

impl Turn {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loosening => "loosening",
            Self::Tightening => "tightening",
            Self::Neutral => "neutral",
        }
    }
    /// The graver of two: a loosening is not made up for by a tightening elsewhere.
    #[must_use]
    pub fn graver(self, other: Self) -> Self {
        self.min(other)
    }
    fn by_strictness(from: u8, to: u8) -> Self {
        match from.cmp(&to) {
            std::cmp::Ordering::Less => Self::Tightening,
            std::cmp::Ordering::Equal => Self::Neutral,
            std::cmp::Ordering::Greater => Self::Loosening,
        }
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `auto` < `approve` < `strong` (`dsl §4`).
#[must_use]
pub fn gate(from: Gate, to: Gate) -> Turn {
    let strictness = |gate| match gate {
        Gate::Auto => 0,
        Gate::Approve => 1,
        Gate::Strong => 2,
    };
    Turn::by_strictness(strictness(from), strictness(to))
}

/// `correct` changes things without asking, `alert` waits for a person: `correct` < `alert`.
#[must_use]
pub fn drift(from: Drift, to: Drift) -> Turn {
    let strictness = |drift| match drift {
        Drift::Correct => 0,
        Drift::Alert => 1,
    };
    Turn::by_strictness(strictness(from), strictness(to))
}

/// `auto` changes things without asking, `ask` waits for a person: `auto` < `ask`.
#[must_use]
pub fn rollback(from: Rollback, to: Rollback) -> Turn {
    let strictness = |rollback| match rollback {
        Rollback::Auto => 0,
        Rollback::Ask => 1,
    };
    Turn::by_strictness(strictness(from), strictness(to))
}

/// Sets by inclusion: any kind that is lost is a loosening, whatever is gained.
#[must_use]
pub fn backup(from: &BTreeSet<Backup>, to: &BTreeSet<Backup>) -> Turn {
    match (from.is_subset(to), to.is_subset(from)) {
        (true, true) => Turn::Neutral,
        (true, false) => Turn::Tightening,
        (false, _) => Turn::Loosening,
    }
}

/// A window a unit is bound to, with what its document says; none: there is no such document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoundWindow<'w> {
    /// Name.
    pub name: &'w str,
    /// `spec` of the Window.
    pub spec: Option<&'w WindowSpec>,
}

/// Open iff some allow (if any is bound) and no deny (`dsl §1`): a lost deny, the end of the last allow, or an allow that
/// was not there among others loosens. A window without a document lets nothing through.
#[must_use]
pub fn windows(from: &[BoundWindow<'_>], to: &[BoundWindow<'_>]) -> Turn {
    let kept = |list: &[BoundWindow<'_>], w: &BoundWindow<'_>| list.contains(w);
    let allows = |w: &&BoundWindow<'_>| w.spec.is_some_and(|s| s.kind == WindowKind::Allow);
    let denies = |w: &&BoundWindow<'_>| !allows(w);
    let lost_deny = from.iter().filter(denies).any(|w| !kept(to, w));
    let new_deny = to.iter().filter(denies).any(|w| !kept(from, w));
    let (were, are) = (from.iter().filter(allows).count(), to.iter().filter(allows).count());
    let lost_allow = from.iter().filter(allows).any(|w| !kept(to, w));
    let new_allow = to.iter().filter(allows).any(|w| !kept(from, w));
    let opened = were > 0 && (are == 0 || new_allow);
    let closed = (were == 0 && are > 0) || lost_allow;
    if lost_deny || opened {
        Turn::Loosening
    } else if new_deny || closed {
        Turn::Tightening
    } else {
        Turn::Neutral
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(kind: &str, hour: u8) -> WindowSpec {
        let spec = serde_json::json!({"kind": kind, "schedule": format!("0 {hour} * * *"), "duration": "2h", "timeZone": "UTC"});
        serde_json::from_value(spec).unwrap()
    }

    #[test]
    fn dsl1_windows_loosen_when_more_time_opens() {
        let (nights, days, frozen, other) =
            (window("allow", 2), window("allow", 12), window("deny", 5), window("allow", 3));
        let w = |name, spec| BoundWindow { name, spec };
        let (night, day, freeze) = (w("n", Some(&nights)), w("d", Some(&days)), w("f", Some(&frozen)));
        let (moved, unknown) = (w("n", Some(&other)), w("x", None));
        let cases: [(&[BoundWindow<'_>], &[BoundWindow<'_>], Turn); 12] = [
            (&[], &[], Turn::Neutral),
            (&[], &[night], Turn::Tightening),
            (&[night], &[], Turn::Loosening),
            (&[night], &[night, day], Turn::Loosening),
            (&[night, day], &[night], Turn::Tightening),
            (&[night], &[day], Turn::Loosening),
            (&[night], &[moved], Turn::Loosening),
            (&[night], &[night, freeze], Turn::Tightening),
            (&[night, freeze], &[night], Turn::Loosening),
            (&[freeze], &[night], Turn::Loosening),
            (&[], &[unknown], Turn::Tightening),
            (&[unknown], &[night], Turn::Loosening),
        ];
        for (from, to, turn) in cases {
            assert_eq!(windows(from, to), turn, "{from:?} -> {to:?}");
        }
    }
}
