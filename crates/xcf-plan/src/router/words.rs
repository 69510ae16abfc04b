//! Values of a route in words, the same on every screen.

use std::collections::BTreeSet;
use xcf_core::route::{Backup, Reconcile};

/// `periodic, 30m`.
#[must_use]
pub fn reconcile(reconcile: &Reconcile) -> String {
    match reconcile.interval_seconds {
        Some(seconds) => format!("{}, {}", reconcile.strategy, interval(seconds)),
        None => reconcile.strategy.to_string(),
    }
}

fn interval(seconds: u64) -> String {
    match seconds {
        s if s % 86_400 == 0 => format!("{}d", s / 86_400),
        s if s % 3600 == 0 => format!("{}h", s / 3600),
        s if s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

/// `config-snapshot + git-tag`, or `none`.
#[must_use]
pub fn backup(backup: &BTreeSet<Backup>) -> String {
    match backup.is_empty() {
        true => "none".to_owned(),
        false => backup.iter().map(|b| b.as_str()).collect::<Vec<_>>().join(" + "),
    }
}

/// `prod-nights, freeze`, or `always open`.
#[must_use]
pub fn windows(names: &[String]) -> String {
    if names.is_empty() { "always open".to_owned() } else { names.join(", ") }
}
