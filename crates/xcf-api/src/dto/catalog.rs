//! The palette: modules as cards.

use super::{DiagnosticDto, PlaceDto};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Every module of the working tree.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogDto {
    /// Modules, by ref.
    pub modules: Vec<ModuleCardDto>,
}

/// A module.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModuleCardDto {
    /// What a Composition writes as `ref`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// `terraform`, `pulumi`, `kubernetes`, `ansible`, `ssh`, `native`; empty if its files say nothing usable.
    pub kinds: Vec<String>,
    /// Engines that can run it, best known first.
    pub engines: Vec<String>,
    /// Title.
    pub title: String,
    /// Description; may be empty.
    pub description: String,
    /// Inputs by name.
    pub inputs: Vec<CardInputDto>,
    /// Outputs by name.
    pub outputs: Vec<CardOutputDto>,
    /// True if it takes no input but these.
    pub inputs_known: bool,
    /// True if it gives no output but these.
    pub outputs_known: bool,
    /// Kubernetes objects.
    pub objects: Vec<CardObjectDto>,
    /// Compositions that use it.
    pub used_by: Vec<String>,
    /// True if an error makes it unusable.
    pub broken: bool,
    /// What is wrong with it.
    pub diagnostics: Vec<DiagnosticDto>,
}

/// A module with the JSON Schema of its `inputs`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModuleDetailDto {
    /// The card.
    pub card: ModuleCardDto,
    /// JSON Schema (2020-12) of `inputs`.
    pub schema: Value,
}

/// A type of a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TypeDto {
    /// `any`, `string`, `number`, `bool`, `list`, `set`, `map`, `tuple`, `object`.
    pub kind: String,
    /// As people write it.
    pub text: String,
    /// Type of the items of a list, set or map.
    #[schema(no_recursion)]
    pub items: Option<Box<TypeDto>>,
    /// Types of the places of a tuple.
    #[schema(no_recursion)]
    pub members: Vec<TypeDto>,
    /// Attributes of an object.
    pub attributes: Vec<AttributeDto>,
}

/// One attribute of an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttributeDto {
    /// Name.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    #[schema(no_recursion)]
    pub value_type: TypeDto,
    /// True if it must be there.
    pub required: bool,
    /// Default, where it is a literal.
    pub default: Option<Value>,
}

/// A check the module makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValidationDto {
    /// The condition as written.
    pub condition: String,
    /// What the module says if it does not hold.
    pub message: String,
}

/// An input of a module.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardInputDto {
    /// Name.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub value_type: TypeDto,
    /// Description; may be empty.
    pub description: String,
    /// True without a default.
    pub required: bool,
    /// True if its value must be masked.
    pub sensitive: bool,
    /// False if null is refused.
    pub nullable: bool,
    /// Default as data; none without one, if it is an expression, or if the input is sensitive.
    pub default: Option<Value>,
    /// Default as written; may be an expression.
    pub default_text: Option<String>,
    /// The only values it takes, where the module lists them.
    pub choices: Option<Vec<Value>>,
    /// What the module checks.
    pub validations: Vec<ValidationDto>,
    /// Where it is declared.
    pub place: PlaceDto,
}

/// An output of a module.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardOutputDto {
    /// Name.
    pub name: String,
    /// Type; `any` if only the engine knows.
    #[serde(rename = "type")]
    pub value_type: TypeDto,
    /// Description; may be empty.
    pub description: String,
    /// True if its value is masked.
    pub sensitive: bool,
    /// Where it is declared.
    pub place: PlaceDto,
}

/// A Kubernetes object.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardObjectDto {
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Namespace; may be empty.
    pub namespace: String,
    /// Where.
    pub place: PlaceDto,
}
