//! What is known from the log about each unit, and which record belongs to which unit after moves (`dsl §2`).

use crate::workspace::{Blocked, Workspace};
use std::collections::BTreeMap;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::ids::{CommitId, Digest, UnitId};
use xcf_core::said::Said;

/// What the log says is there of one unit. A unit that was destroyed has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedRecord {
    /// Inputs digest last applied, or last found to mean the same (`unit.unchanged`).
    pub inputs_digest: Digest,
    /// Commit it was last applied at, or the attempt was planned at: base of the unit.
    pub commit: CommitId,
    /// Keyed digest of each output.
    pub output_digests: BTreeMap<String, String>,
    /// Commit it was re-keyed at, if it ever was: the base that knows it under its present id, where `commit` may not.
    pub rekeyed: Option<CommitId>,
    /// None: it was applied. Some: it never was, but an attempt began and did not end; what that may have left, in words.
    pub attempted: Option<String>,
    /// True if the last attempt did not end applied or reversed.
    pub dirty: bool,
    /// True after the end of `ttl`: taken down, not pending until its inputs digest changes.
    pub expired: bool,
}

/// Records by the unit id under which the log knows them.
pub type Records = BTreeMap<UnitId, AppliedRecord>;

/// The record of one unit of a workspace.
#[derive(Debug, Clone, Default)]
pub struct Standing<'r> {
    /// Its record, found under its own or a former id.
    pub record: Option<&'r AppliedRecord>,
    /// The former id that holds it.
    pub moved_from: Option<UnitId>,
    /// Set if its own and a former id, or two former ids, have state: neither may be touched.
    pub conflict: Option<Blocked>,
}

/// Standing of every unit of `head`, by position, with `moved-conflict` (error) and `moved-unknown` (info).
#[must_use]
pub fn standings<'r>(head: &Workspace, records: &'r Records) -> (Vec<Standing<'r>>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let one = |unit: &xcf_core::graph::Unit| {
        let own = records.get(&unit.id);
        let former: Vec<(&UnitId, &Place, &'r AppliedRecord)> =
            unit.moved_from.iter().filter_map(|(id, place)| Some((id, place, records.get(id)?))).collect();
        match (own, former.as_slice()) {
            (None, []) => {
                diagnostics.extend(unit.moved_from.iter().map(|(id, place)| {
                    let message = format!("{} never had the former id {id} with state.", unit.id);
                    Diagnostic::info("moved-unknown", message, place.clone()).hint("The entry has no effect here.")
                }));
                Standing::default()
            }
            (Some(record), []) => Standing { record: Some(record), ..Standing::default() },
            (None, [(id, _, record)]) => {
                Standing { record: Some(record), moved_from: Some((*id).clone()), conflict: None }
            }
            (own, [(id, place, record), ..]) => {
                let other = if own.is_some() {
                    unit.id.to_string()
                } else {
                    former.get(1).map(|f| f.0.to_string()).unwrap_or_default()
                };
                let message = format!("{id} and {other} both have state: {} can't take over.", unit.id);
                let hint = "Remove the `moved` entry, or destroy one of the two first.";
                diagnostics.push(Diagnostic::error("moved-conflict", message.clone(), (*place).clone()).hint(hint));
                let blocked =
                    Blocked { reason: message, said: Said::default(), place: (*place).clone(), upstream: None };
                Standing { record: own.or(Some(record)), moved_from: None, conflict: Some(blocked) }
            }
        }
    };
    let all = head.units.iter().map(one).collect();
    diagnostics.sort_by(|a, b| (&a.place, &a.message).cmp(&(&b.place, &b.message)));
    diagnostics.dedup();
    (all, diagnostics)
}
