//! The documents of `dsl.md`, field by field. Types follow that page; JSON Schemas come from them (`D5`).

mod bytes;
pub mod check;
pub mod composition;
pub mod config;
mod doc;
pub mod environment;
mod extent;
mod limits;
pub mod matrix;
pub(crate) mod model;
pub(crate) mod parse;
pub mod playbook;
pub mod read;
pub mod rules;
pub(crate) mod scalar;
pub mod schema;
mod second;
mod shape;
pub mod shapes;
pub(crate) mod spans;
mod stop;
mod structure;

pub use doc::{AnyDoc, BrokenDoc, Doc, FileDocs, Kind};
pub use limits::Limits;
pub use read::read_documents;
pub use spans::SpanTree;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The only `apiVersion` there is.
pub const API_VERSION: &str = "xcloudflow.io/v1alpha1";

/// `metadata` of every document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// DNS label, unique in the workspace per kind.
    pub name: String,
    /// Workspace id; Config only (`xcf init` makes it).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// Free labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}
