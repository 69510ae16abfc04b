//! (root doc)
pub mod gates;
pub mod ledger;
pub mod meaning;
