//! The form over one unit's inputs.

use super::{DiagnosticDto, EditTargetDto, PlaceDto, TypeDto, ValidationDto};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Everything a form over a unit's inputs shows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FormDto {
    /// Unit.
    pub unit: String,
    /// Module path.
    pub module_ref: String,
    /// Fields: declared variables by name, then inputs that the module does not declare.
    pub fields: Vec<FieldDto>,
    /// Engines, the possible ones first.
    pub engines: Vec<EngineChoiceDto>,
    /// Secrets that the workspace names, by reference.
    pub secrets: Vec<SecretChoiceDto>,
    /// JSON Schema (2020-12) of `inputs`.
    pub schema: Value,
}

/// One input.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldDto {
    /// Name.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub value_type: TypeDto,
    /// Description; may be empty.
    pub description: String,
    /// True if the module declares it.
    pub declared: bool,
    /// Where the module declares it.
    pub declared_at: Option<PlaceDto>,
    /// True if it must be given.
    pub required: bool,
    /// True if its value is masked.
    pub sensitive: bool,
    /// False if null is refused.
    pub nullable: bool,
    /// The only values it takes, where the module lists them.
    pub choices: Option<Vec<Value>>,
    /// What the module checks.
    pub validations: Vec<ValidationDto>,
    /// Default of the module as data.
    pub default: Option<Value>,
    /// Default of the module as written.
    pub default_text: Option<String>,
    /// `literal`, `reference`, `secret`, `unset`.
    pub kind: String,
    /// Value in force, as written.
    pub value: Option<Value>,
    /// Value in the head commit, if the draft changes it.
    pub was: Option<Value>,
    /// For references: `composition.module.output`.
    pub reference: Option<String>,
    /// For references: the unit read.
    pub reference_unit: Option<String>,
    /// Layer of the value in force: a word of `layers`, or `default`.
    pub origin: String,
    /// Layers that write it or could, loosest first.
    pub layers: Vec<FieldLayerDto>,
    /// What taking the value in force back gives; none if nothing is written.
    pub reset: Option<FieldResetDto>,
    /// Its diagnostics.
    pub diagnostics: Vec<DiagnosticDto>,
}

/// One layer of an input.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldLayerDto {
    /// `composition` (every Environment), `environment` (every module of the Composition here), `environment-module` (this
    /// unit alone).
    pub layer: String,
    /// The value it writes.
    pub value: Option<Value>,
    /// Where it stands.
    pub place: Option<PlaceDto>,
    /// Where an edit goes.
    pub edit: EditTargetDto,
}

/// Taking a value back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldResetDto {
    /// What to remove.
    pub edit: EditTargetDto,
    /// Layer that gives the value then: a word of `layers`, `default`, or `unset`.
    pub to: String,
    /// The value then.
    pub value: Option<Value>,
}

/// An engine to choose.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EngineChoiceDto {
    /// Its word.
    pub engine: String,
    /// True if the module's content allows it.
    pub possible: bool,
    /// True if this version can run it.
    pub built: bool,
}

/// A secret to choose; never its value.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretChoiceDto {
    /// The reference.
    pub reference: String,
    /// Units that use it.
    pub units: u32,
}

/// Outputs that could feed an input.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OffersDto {
    /// Those that fit first; not all of them.
    pub offers: Vec<OfferDto>,
    /// How many match in all.
    pub total: u32,
}

/// An output that could feed an input.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferDto {
    /// Unit that gives it.
    pub unit: String,
    /// Name.
    pub output: String,
    /// Type as text; `any` if only the engine knows.
    pub type_text: String,
    /// Description; may be empty.
    pub description: String,
    /// True if its value is masked.
    pub sensitive: bool,
    /// What to write as the value of the input.
    pub reference: Value,
    /// Why it can't be wired; empty if it can.
    pub refused: String,
}

/// What an edit would change among the diagnostics of the workspace. Nothing is written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditCheckDto {
    /// Findings it would bring.
    pub added: Vec<DiagnosticDto>,
    /// Findings it would end.
    pub resolved: Vec<DiagnosticDto>,
}
