//! Tests on real files, and on a real Secret Service where there is one.

mod key_files;
mod os_keyring;
mod resolving;

use jiff::Timestamp;
use std::collections::BTreeMap;
use xcf_core::changeset::ApprovalStatement;
use xcf_core::digest::sha256;
use xcf_core::ids::{ChangeSetId, PersonName, Role};
use xcf_core::route::Gate;

fn statement() -> ApprovalStatement {
    ApprovalStatement {
        v: 1,
        workspace: "11111111-2222-4333-8444-555555555555".to_owned(),
        change_set: ChangeSetId(4),
        units: BTreeMap::from([
            ("prod/net/vpc".to_owned(), sha256(b"vpc")),
            ("prod/net/dns".to_owned(), sha256(b"dns")),
        ]),
        gate: Gate::Approve,
        role: Some(Role::new("network")),
        policy_digest: sha256(b"policies"),
        person: PersonName::new("ann"),
        at: Timestamp::UNIX_EPOCH,
        expires: Timestamp::from_second(604_800).unwrap(),
    }
}
