//! What drawing on the canvas means in text (`D2.1`, `dsl §1`–`§6`): each act of a person becomes the bytes a careful
//! person would write, and nothing else changes. Pure: a loaded workspace and its texts in, whole new texts out.
//!
//! An act that can't be meant is refused with a stable code; one that leaves something to fill in (a required input) is
//! made, and the diagnostics of the result say what is missing.

mod compose;
mod environments;
mod order;
#[cfg(test)]
mod tests;
mod texts;
mod wires;

pub use texts::{FileEdit, Overlay};

use crate::workspace::Workspace;
use texts::Texts;
use xcf_core::edit::EditError;
use xcf_core::ports::tree::Tree;
use xcf_core::route::{ChangeFrequency, Engine, Layer, Lifecycle};

/// A module of a Composition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// `metadata.name` of the Composition.
    pub composition: String,
    /// Module name.
    pub module: String,
}

/// A module to be put into a Composition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewModule {
    /// Repository-relative path.
    pub reference: String,
    /// Its name; none: the default of `dsl §1`, or that with a number where the default is taken.
    pub name: Option<String>,
    /// Engine; none: the matrix decides.
    pub engine: Option<Engine>,
}

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A new Composition in a file of its own, assembled into `environments`.
    NewComposition {
        /// `metadata.name`.
        name: String,
        /// Its lifecycle.
        lifecycle: Lifecycle,
        /// Layer an Ephemeral one counts as.
        layer: Option<Layer>,
        /// Life time; an Ephemeral one must have it.
        ttl: Option<String>,
        /// Change frequency; none: the row's default.
        change_frequency: Option<ChangeFrequency>,
        /// Its first modules.
        modules: Vec<NewModule>,
        /// Environments that assemble it.
        environments: Vec<String>,
    },
    /// A module at the end of a Composition.
    AddModule {
        /// The Composition.
        composition: String,
        /// The module.
        module: NewModule,
    },
    /// An output feeds an input; it implies the edge (`dsl §6`).
    Connect {
        /// Upstream.
        from: Port,
        /// Output of it.
        output: String,
        /// Downstream.
        to: Port,
        /// Input of it.
        input: String,
    },
    /// An input no longer reads an output.
    Disconnect {
        /// Downstream.
        to: Port,
        /// Input of it.
        input: String,
    },
    /// Order without data between Compositions (`dependencies`).
    Depend {
        /// The one that waits.
        composition: String,
        /// The one that comes first.
        on: String,
    },
    /// Takes such an order back.
    Undepend {
        /// The one that waits.
        composition: String,
        /// The one that came first.
        on: String,
    },
    /// Order without data between modules of one Composition (`dependsOn`).
    After {
        /// The one that waits.
        module: Port,
        /// The one that comes first.
        on: String,
    },
    /// Takes such an order back.
    NotAfter {
        /// The one that waits.
        module: Port,
        /// The one that came first.
        on: String,
    },
    /// A new Environment in a file of its own.
    NewEnvironment {
        /// `metadata.name`.
        name: String,
        /// Compositions it assembles.
        compositions: Vec<String>,
    },
    /// An Environment assembles a Composition.
    Assemble {
        /// The Composition.
        composition: String,
        /// The Environment.
        environment: String,
    },
    /// An Environment no longer assembles a Composition; its units there become removals, which need consent (`dsl §7`).
    Disassemble {
        /// The Composition.
        composition: String,
        /// The Environment.
        environment: String,
    },
}

/// Why an act was refused. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorError {
    /// Something named is not there.
    #[error("there is no {what} `{name}` in this workspace, or its file can't be read")]
    Unknown {
        /// What kind of thing.
        what: &'static str,
        /// The name as given.
        name: String,
    },
    /// A name is taken.
    #[error("{what} `{name}` exists already ({file})")]
    Taken {
        /// What kind of thing.
        what: &'static str,
        /// The name.
        name: String,
        /// Where it stands.
        file: String,
    },
    /// A name is no DNS label.
    #[error(
        "`{0}` is no name: lower-case letters, digits and `-`, at most 63, starting and ending with a letter or digit"
    )]
    BadName(String),
    /// A module path leads nowhere or out of the repository.
    #[error("`{0}` is no module of this repository")]
    BadRef(String),
    /// Output and input do not fit.
    #[error("`{output}` of {from} is {given}, but `{input}` of {to} takes {wanted}")]
    Type {
        /// Upstream.
        from: String,
        /// Output.
        output: String,
        /// Type of the output.
        given: String,
        /// Downstream.
        to: String,
        /// Input.
        input: String,
        /// Type of the input.
        wanted: String,
    },
    /// The edge would close a circle.
    #[error("{from} already comes after {to}: the two would wait for each other")]
    Cycle {
        /// Upstream.
        from: String,
        /// Downstream.
        to: String,
    },
    /// The act changes nothing.
    #[error("{0}")]
    Nothing(String),
    /// The text can't take the edit.
    #[error("{file}: {error}")]
    Edit {
        /// File.
        file: String,
        /// Why.
        error: EditError,
    },
}

impl AuthorError {
    /// Stable kebab-case code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "author-unknown",
            Self::Taken { .. } => "author-name-taken",
            Self::BadName(_) => "author-bad-name",
            Self::BadRef(_) => "author-bad-ref",
            Self::Type { .. } => "author-type-mismatch",
            Self::Cycle { .. } => "author-cycle",
            Self::Nothing(_) => "author-nothing",
            Self::Edit { error, .. } => error.code(),
        }
    }
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "Mend the file it stands in first, or choose one that is shown.",
            Self::Taken { .. } | Self::BadName(_) => "Choose another name.",
            Self::BadRef(_) => "Choose a folder or file that holds a module.",
            Self::Type { .. } => "Wire another output, or change the type in the module.",
            Self::Cycle { .. } => "Take the other edge away first.",
            Self::Nothing(_) => "Nothing was written.",
            Self::Edit { .. } => "Edit the text in the YAML tab.",
        }
    }
}

/// What an act writes, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authored {
    /// Whole texts before and after, one per file.
    pub files: Vec<FileEdit>,
    /// What a screen should select now: a Composition, or `composition/module`.
    pub target: String,
}

/// Works out what `act` writes. `model` must be what `tree` loads to.
///
/// # Errors
/// The act can't be meant, or a text can't take it; nothing is to be written then.
pub fn author(model: &Workspace, tree: &dyn Tree, act: &Act) -> Result<Authored, AuthorError> {
    let mut texts = Texts::new(tree);
    let target = match act {
        Act::NewComposition { name, lifecycle, layer, ttl, change_frequency, modules, environments } => {
            let head = compose::Head {
                name,
                lifecycle: *lifecycle,
                layer: *layer,
                ttl: ttl.as_deref(),
                change_frequency: *change_frequency,
            };
            compose::create(model, &mut texts, &head, modules, environments)?
        }
        Act::AddModule { composition, module } => compose::add(model, &mut texts, composition, module)?,
        Act::Connect { from, output, to, input } => {
            wires::connect(model, &mut texts, &wires::Wire { from, output, to, input })?
        }
        Act::Disconnect { to, input } => wires::disconnect(model, &mut texts, to, input)?,
        Act::Depend { composition, on } => order::depend(model, &mut texts, composition, on)?,
        Act::Undepend { composition, on } => order::undepend(model, &mut texts, composition, on)?,
        Act::After { module, on } => order::after(model, &mut texts, module, on)?,
        Act::NotAfter { module, on } => order::not_after(model, &mut texts, module, on)?,
        Act::NewEnvironment { name, compositions } => environments::create(model, &mut texts, name, compositions)?,
        Act::Assemble { composition, environment } => {
            environments::assemble(model, &mut texts, composition, environment)?
        }
        Act::Disassemble { composition, environment } => {
            environments::disassemble(model, &mut texts, composition, environment)?
        }
    };
    Ok(Authored { files: texts.into_edits(), target })
}
