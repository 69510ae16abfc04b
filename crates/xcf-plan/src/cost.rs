//! Prices: what the resources of a plan cost a month, by a price sheet that lies in the repository.
//!
//! The sheet is reviewed like everything else there, so it is judged like everything else: by base and by head, and the
//! dearer of the two counts. What has no price is unknown; nothing is free because it is missing.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use xcf_core::cost::Cost;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::plan::{Action, ResourceChange, UnitPlan};
use xcf_core::ports::tree::Tree;

/// Where the price sheet lies.
pub const PRICES: &str = ".xcf/prices.yaml";
/// A larger sheet is not read.
const LARGEST: u64 = 4 << 20;

/// What resources cost a month.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceSheet {
    /// Which issue of the sheet it is, for people.
    pub version: String,
    /// ISO 4217.
    pub currency: String,
    /// Lines per resource type; those that apply are added up.
    pub prices: BTreeMap<String, Vec<PriceLine>>,
}

/// One line of the sheet.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceLine {
    /// Attributes that must have these values; none: always.
    #[serde(default)]
    pub when: BTreeMap<String, Value>,
    /// Price a month, of one.
    pub monthly: f64,
    /// Attribute that says how many; none: one.
    #[serde(default)]
    pub per: Option<String>,
}

/// The sheet of a tree; a diagnostic if it can't be used. That it is not there is fine: then there are no prices.
///
/// # Errors
/// It can't be read, is too large, is no price sheet, or names a price that is no number.
pub fn prices(tree: &dyn Tree) -> Result<Option<PriceSheet>, Box<Diagnostic>> {
    let bad = |why: String, line: u32| {
        Box::new(
            Diagnostic::error("bad-prices", format!("prices can't be used: {why}"), Place::new(PRICES, line, 1))
                .hint("version, currency, and under `prices` per resource type a list of {when, monthly, per}"),
        )
    };
    if tree.entry(PRICES).is_none() {
        return Ok(None);
    }
    let bytes = tree.read(PRICES, LARGEST).map_err(|e| bad(e.to_string(), 1))?;
    let text = std::str::from_utf8(&bytes).map_err(|e| bad(e.to_string(), 1))?;
    let sheet: PriceSheet = serde_yaml::from_str(text).map_err(|e| {
        let line = e.location().map_or(1, |l| u32::try_from(l.line()).unwrap_or(1));
        bad(e.to_string(), line)
    })?;
    let three = sheet.currency.len() == 3 && sheet.currency.bytes().all(|b| b.is_ascii_uppercase());
    if !three {
        return Err(bad(format!("`{}` is no currency (three capital letters)", sheet.currency), 1));
    }
    if let Some((of, _)) = sheet.prices.iter().find(|(_, lines)| lines.iter().any(|l| !l.monthly.is_finite())) {
        return Err(bad(format!("a price of {of} is no number"), 1));
    }
    Ok(Some(sheet))
}

/// What a plan makes a month cost, by both sides' sheets: the dearer counts, unknown above all. None without any sheet.
/// `complete` is false for a plan that may still grow.
#[must_use]
pub fn estimate(plan: Option<&UnitPlan>, complete: bool, sides: [Option<&PriceSheet>; 2]) -> Option<Cost> {
    let mut costs = sides.into_iter().flatten().map(|sheet| sheet.of(plan, complete));
    let first = costs.next()?;
    Some(costs.fold(first, dearer))
}

fn dearer(head: Cost, base: Cost) -> Cost {
    let unpriced = if head.unpriced.is_empty() { base.unpriced } else { head.unpriced };
    let monthly_cents = match (head.monthly_cents, base.monthly_cents) {
        (Some(a), Some(b)) if head.currency == base.currency => Some(a.max(b)),
        _ => None,
    };
    Cost { monthly_cents, currency: head.currency, unpriced }
}

/// Costs added up; unknown if one is. None if there is none.
#[must_use]
pub fn total<'a>(costs: impl IntoIterator<Item = &'a Cost>) -> Option<Cost> {
    costs.into_iter().fold(None, |sum: Option<Cost>, cost| {
        let Some(mut sum) = sum else { return Some(cost.clone()) };
        sum.monthly_cents = match (sum.monthly_cents, cost.monthly_cents) {
            (Some(a), Some(b)) if sum.currency == cost.currency => a.checked_add(b),
            _ => None,
        };
        sum.unpriced.extend(cost.unpriced.iter().cloned());
        Some(sum)
    })
}

impl PriceSheet {
    fn of(&self, plan: Option<&UnitPlan>, complete: bool) -> Cost {
        let changes: Vec<&ResourceChange> = plan.into_iter().flat_map(|p| &p.changes).collect();
        let mut unpriced: Vec<String> = Vec::new();
        let mut sum = 0.0;
        for change in changes {
            match self.difference(change) {
                Some(difference) => sum += difference,
                None => unpriced.push(change.address.clone()),
            }
        }
        unpriced.sort();
        let known = plan.is_some() && complete && unpriced.is_empty();
        Cost { monthly_cents: if known { cents(sum) } else { None }, currency: self.currency.clone(), unpriced }
    }

    /// What one change adds to a month; none if a price it needs is not known.
    fn difference(&self, change: &ResourceChange) -> Option<f64> {
        // What is only written down anew runs, and costs, as before.
        if matches!(change.action, Action::Import | Action::Forget | Action::Move) {
            return Some(0.0);
        }
        let groups = groups(self.prices.get(&change.resource_type)?);
        groups
            .iter()
            .map(|group| match change.action {
                Action::Create => worth(group, change, &change.after),
                Action::Delete => worth(group, change, &change.before).map(|n| -n),
                // A plan tells changed attributes only: what it does not name is the same before and after.
                _ if !names(group).any(|n| is_told(change, n)) => Some(0.0),
                _ if !names(group).all(|n| is_told(change, n)) => None,
                _ => Some(worth(group, change, &change.after)? - worth(group, change, &change.before)?),
            })
            .sum()
    }
}

/// Lines that ask about the same attributes are alternatives: where none of them applies, a price is missing.
fn groups(lines: &[PriceLine]) -> Vec<Vec<&PriceLine>> {
    let mut groups: BTreeMap<Vec<&String>, Vec<&PriceLine>> = BTreeMap::new();
    for line in lines {
        groups.entry(line.when.keys().collect()).or_default().push(line);
    }
    groups.into_values().collect()
}

/// Attributes that a group's price hangs on.
fn names<'a>(group: &'a [&'a PriceLine]) -> impl Iterator<Item = &'a str> {
    group.iter().flat_map(|line| line.when.keys().chain(&line.per)).map(String::as_str)
}

fn is_told(change: &ResourceChange, name: &str) -> bool {
    change.before.get(name).is_some() || change.after.get(name).is_some() || is_hidden(change, name)
}

/// True for an attribute that is not known yet, or that nobody is to learn.
fn is_hidden(change: &ResourceChange, name: &str) -> bool {
    let pointer = format!("/{name}");
    let below = |p: &String| p.strip_prefix(&pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    change.unknown.iter().any(below) || change.sensitive.iter().any(below)
}

fn worth(group: &[&PriceLine], change: &ResourceChange, attributes: &Value) -> Option<f64> {
    if names(group).any(|name| is_hidden(change, name)) {
        return None;
    }
    let applies = |line: &&&PriceLine| line.when.iter().all(|(name, value)| attributes.get(name) == Some(value));
    let applying: Vec<&&PriceLine> = group.iter().filter(applies).collect();
    if applying.is_empty() {
        return None;
    }
    let price = |line: &&&PriceLine| match &line.per {
        None => Some(line.monthly),
        Some(name) => Some(line.monthly * attributes.get(name)?.as_f64()?),
    };
    applying.iter().map(price).sum()
}

/// Hundredths; none for what no month can cost.
#[expect(clippy::cast_possible_truncation, reason = "the bound is checked just before")]
fn cents(amount: f64) -> Option<i64> {
    let cents = (amount * 100.0).round();
    (cents.is_finite() && cents.abs() < 1e15).then_some(cents as i64)
}

#[cfg(test)]
mod tests;
