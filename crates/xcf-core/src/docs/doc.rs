//! What reading a file gives: typed documents that know their places, and what could not be read.

use super::Metadata;
use super::composition::CompositionSpec;
use super::config::ConfigSpec;
use super::environment::EnvironmentSpec;
use super::matrix::DecisionMatrixSpec;
use super::playbook::{NativeResourceSpec, PlaybookSpec};
use super::rules::{ApprovalRuleSpec, BudgetSpec, PeopleSpec, RateLimitSpec, WaiverSpec, WindowSpec};
use super::spans::SpanTree;
use crate::diag::{Diagnostic, Place};
use crate::route::word_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

word_enum!(
    /// The kinds of documents (`dsl §1`).
    Kind {
        /// `.xcf.yaml`.
        Config = "Config",
        /// Modules that belong together.
        Composition = "Composition",
        /// An assembly of Compositions.
        Environment = "Environment",
        /// Rows that patch the built-in matrix.
        DecisionMatrix = "DecisionMatrix",
        /// Maintenance window.
        Window = "Window",
        /// Money.
        Budget = "Budget",
        /// Resources per time.
        RateLimit = "RateLimit",
        /// Who must approve what.
        ApprovalRule = "ApprovalRule",
        /// An exception from a rule, for a time.
        Waiver = "Waiver",
        /// Everybody, with roles and keys.
        People = "People",
        /// Steps of the SSH executor.
        Playbook = "Playbook",
        /// A resource of a cloud SDK.
        NativeResource = "NativeResource",
    }
);

/// One document: its typed content and where each part of it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Doc<T> {
    /// Repository-relative path of its file.
    pub file: String,
    /// Its number in the file, from 0. Empty documents count.
    pub index: usize,
    /// `metadata`.
    pub metadata: Metadata,
    /// `spec`.
    pub spec: T,
    /// Places.
    pub spans: SpanTree,
}

impl<T> Doc<T> {
    /// Place of a JSON pointer from the document root, for example `/spec/modules/0/inputs/x`; falls back to the
    /// nearest ancestor that exists.
    #[must_use]
    pub fn place(&self, pointer: &str) -> Place {
        self.spans.place(pointer)
    }
    /// `metadata.name`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.metadata.name
    }
}

macro_rules! any_doc {
    ($($kind:ident($spec:ty)),+ $(,)?) => {
        /// A document of any kind.
        #[derive(Debug, Clone, PartialEq)]
        pub enum AnyDoc {
            $(
                #[doc = concat!("`kind: ", stringify!($kind), "`.")]
                $kind(Doc<$spec>)
            ),+
        }

        impl AnyDoc {
            /// Its kind.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind),+ }
            }
            /// Its file.
            #[must_use]
            pub fn file(&self) -> &str {
                match self { $(Self::$kind(d) => &d.file),+ }
            }
            /// Its number in the file, from 0.
            #[must_use]
            pub fn index(&self) -> usize {
                match self { $(Self::$kind(d) => d.index),+ }
            }
            /// `metadata`.
            #[must_use]
            pub fn metadata(&self) -> &Metadata {
                match self { $(Self::$kind(d) => &d.metadata),+ }
            }
            /// Places.
            #[must_use]
            pub fn spans(&self) -> &SpanTree {
                match self { $(Self::$kind(d) => &d.spans),+ }
            }
            pub(crate) fn from_parts(kind: Kind, parts: Parts, spec: serde_json::Value) -> Result<Self, serde_json::Error> {
                let Parts { file, index, metadata, spans } = parts;
                match kind {
                    $(Kind::$kind => {
                        let spec: $spec = serde_json::from_value(spec)?;
                        Ok(Self::$kind(Doc { file, index, metadata, spec, spans }))
                    }),+
                }
            }
        }
    };
}

any_doc!(
    Config(ConfigSpec),
    Composition(CompositionSpec),
    Environment(EnvironmentSpec),
    DecisionMatrix(DecisionMatrixSpec),
    Window(WindowSpec),
    Budget(BudgetSpec),
    RateLimit(RateLimitSpec),
    ApprovalRule(ApprovalRuleSpec),
    Waiver(WaiverSpec),
    People(PeopleSpec),
    Playbook(PlaybookSpec),
    NativeResource(NativeResourceSpec),
);

impl AnyDoc {
    /// `metadata.name`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.metadata().name
    }
    /// As `Doc::place`.
    #[must_use]
    pub fn place(&self, pointer: &str) -> Place {
        self.spans().place(pointer)
    }
}

/// Everything of a document but its spec.
pub(crate) struct Parts {
    pub file: String,
    pub index: usize,
    pub metadata: Metadata,
    pub spans: SpanTree,
}

/// A document that is there but could not be read: text is broken, not absent, so nothing of it counts as removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenDoc {
    /// Its number in the file, from 0.
    pub index: usize,
    /// Its `kind`, if that could still be read.
    pub kind: Option<Kind>,
    /// Its `metadata.name`, if that could still be read.
    pub name: Option<String>,
    /// Where it begins.
    pub place: Place,
}

/// What reading one file gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileDocs {
    /// Repository-relative path.
    pub file: String,
    /// The documents that could be read, in order. One with only semantic errors is among them.
    pub docs: Vec<AnyDoc>,
    /// Everything found, in order of place.
    pub diagnostics: Vec<Diagnostic>,
    /// An error means that some document of the file is missing from `docs`.
    pub broken: bool,
    /// What is known about the missing ones. With `broken` and nothing here, nothing is known.
    pub broken_names: Vec<BrokenDoc>,
    /// Numbers of documents in `docs` that have an error of their own: to be shown, not to be acted on.
    pub faulty: Vec<usize>,
}

impl FileDocs {
    /// True if any diagnostic is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
    /// True if document `index` is read and has no error of its own.
    #[must_use]
    pub fn is_sound(&self, index: usize) -> bool {
        self.docs.iter().any(|d| d.index() == index) && !self.faulty.contains(&index)
    }
}
