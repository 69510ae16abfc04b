//! Acts on the canvas.

use super::DiagnosticDto;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A module of a Composition.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortDto {
    /// Composition.
    pub composition: String,
    /// Module.
    pub module: String,
}

/// A module to put into a Composition.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModuleToAddDto {
    /// Repository-relative path.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Name; none: the default, or that with a number where it is taken.
    pub name: Option<String>,
    /// Engine; none: the matrix decides.
    pub engine: Option<String>,
}

/// One act. Each is a minimal edit of the documents it touches.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum ActDto {
    /// A new Composition in a file of its own.
    #[serde(rename_all = "camelCase")]
    NewComposition {
        /// Name.
        name: String,
        /// Lifecycle word.
        lifecycle: String,
        /// Layer an Ephemeral one counts as.
        layer: Option<String>,
        /// Life time of an Ephemeral one.
        ttl: Option<String>,
        /// Change frequency; none: the row's.
        change_frequency: Option<String>,
        /// First modules.
        modules: Vec<ModuleToAddDto>,
        /// Environments that assemble it.
        environments: Vec<String>,
    },
    /// A module at the end of a Composition.
    AddModule {
        /// Composition.
        composition: String,
        /// Module.
        module: ModuleToAddDto,
    },
    /// An output feeds an input.
    Connect {
        /// Upstream.
        from: PortDto,
        /// Its output.
        output: String,
        /// Downstream.
        to: PortDto,
        /// Its input.
        input: String,
    },
    /// An input no longer reads an output.
    Disconnect {
        /// Downstream.
        to: PortDto,
        /// Its input.
        input: String,
    },
    /// A Composition comes after another, without data.
    Depend {
        /// The one that waits.
        composition: String,
        /// The one that comes first.
        on: String,
    },
    /// Takes that back.
    Undepend {
        /// The one that waits.
        composition: String,
        /// The one that came first.
        on: String,
    },
    /// A module comes after another of its Composition, without data.
    After {
        /// The one that waits.
        module: PortDto,
        /// The one that comes first.
        on: String,
    },
    /// Takes that back.
    NotAfter {
        /// The one that waits.
        module: PortDto,
        /// The one that came first.
        on: String,
    },
    /// A new Environment in a file of its own.
    NewEnvironment {
        /// Name.
        name: String,
        /// Compositions it assembles.
        compositions: Vec<String>,
    },
    /// An Environment assembles a Composition.
    Assemble {
        /// Composition.
        composition: String,
        /// Environment.
        environment: String,
    },
    /// An Environment no longer assembles a Composition.
    Disassemble {
        /// Composition.
        composition: String,
        /// Environment.
        environment: String,
    },
    /// A module, and with it its unit in every Environment, gets another name.
    RenameModule {
        /// Module.
        module: PortDto,
        /// New name.
        to: String,
    },
    /// A Composition gets another name; its file too, where that has its name and is not to be kept.
    #[serde(rename_all = "camelCase")]
    RenameComposition {
        /// Composition.
        composition: String,
        /// New name.
        to: String,
        /// The file keeps its name.
        #[serde(default)]
        keep_file: bool,
    },
    /// An Environment gets another name; its file stays.
    RenameEnvironment {
        /// Environment.
        environment: String,
        /// New name.
        to: String,
    },
    /// A module goes to another Composition with comments and overrides.
    MoveModule {
        /// Module.
        module: PortDto,
        /// Composition it goes to.
        to: String,
    },
    /// A copy of a module, behind it or in another Composition.
    CopyModule {
        /// Module.
        module: PortDto,
        /// Composition the copy goes to; none: its own.
        to: Option<String>,
        /// Name of the copy; none: the module's, or that with a number where it is taken.
        name: Option<String>,
    },
    /// A module goes with comments and overrides; its units become removals, which need consent.
    DeleteModule {
        /// Module.
        module: PortDto,
    },
    /// A Composition goes with its document; its units become removals, which need consent.
    DeleteComposition {
        /// Composition.
        composition: String,
    },
    /// Several at once, in this order: one step of undo, all or none.
    Several {
        /// The acts; at most 500, none of them several again.
        #[schema(no_recursion)]
        acts: Vec<ActDto>,
    },
}

/// An act, done or only looked at.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthorRequest {
    /// The act.
    pub act: ActDto,
    /// Only show what it would write.
    #[serde(default)]
    pub dry_run: bool,
}

/// One file an act writes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthoredFileDto {
    /// File.
    pub file: String,
    /// Text before; none if new.
    pub old_text: Option<String>,
    /// Text after; none if it goes.
    pub new_text: Option<String>,
}

/// What an act came to, or would.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthorResponse {
    /// What a screen should select: a Composition, an Environment, or `composition/module`.
    pub target: String,
    /// Files.
    pub files: Vec<AuthoredFileDto>,
    /// Diagnostics the act brings.
    pub fresh: Vec<DiagnosticDto>,
    /// All diagnostics of the workspace with it.
    pub diagnostics: Vec<DiagnosticDto>,
    /// What it means for units.
    pub units: UnitChangesDto,
}

/// Units before and after an act, by id.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnitChangesDto {
    /// Units that come.
    pub added: Vec<String>,
    /// Units that go from the text: removals, which need consent.
    pub removed: Vec<String>,
    /// Units under another id: nothing is created or destroyed.
    pub moved: Vec<MovedDto>,
    /// Units whose engine, gate, window, drift or backup is another.
    pub rerouted: Vec<String>,
}

/// A unit under another id.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MovedDto {
    /// Former id.
    pub from: String,
    /// New id.
    pub to: String,
}
