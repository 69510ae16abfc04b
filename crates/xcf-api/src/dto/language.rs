//! What an editor asks and hears; the same service speaks the Language Server Protocol as `xcf lsp`.

use super::DiagnosticDto;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A question about a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LanguageMethod {
    /// What could be written here.
    Completion,
    /// What is this.
    Hover,
    /// Where is its home.
    Definition,
    /// Where is it mentioned.
    References,
    /// The outline of the file.
    Symbols,
    /// What is wrong in the file.
    Diagnostics,
    /// What mends it.
    Actions,
}

/// A question about a text; positions count lines from 0 and UTF-16 code units from 0.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LanguageRequest {
    /// What is asked.
    pub method: LanguageMethod,
    /// Repository-relative path.
    pub file: String,
    /// The text as it is in the editor; none: as saved.
    pub text: Option<String>,
    /// Line of the cursor.
    #[serde(default)]
    pub line: u32,
    /// Column of the cursor.
    #[serde(default)]
    pub character: u32,
}

/// Start and end; lines from 0, UTF-16 code units from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpanDto {
    /// First line.
    pub line: u32,
    /// First column.
    pub character: u32,
    /// Last line.
    pub end_line: u32,
    /// Column behind the last.
    pub end_character: u32,
}

/// Something that could be written at the cursor.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuggestionDto {
    /// What is shown.
    pub label: String,
    /// `key`, `word`, `name`, `input` or `output`.
    pub kind: String,
    /// A few words beside the label.
    pub detail: String,
    /// Documentation, Markdown.
    pub docs: String,
    /// Text that replaces `span`.
    pub insert: String,
    /// What is replaced.
    pub span: SpanDto,
}

/// What is known of the word at the cursor.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HoverDto {
    /// Markdown.
    pub text: String,
    /// The word.
    pub span: SpanDto,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetDto {
    /// Repository-relative path.
    pub file: String,
    /// Where.
    pub span: SpanDto,
}

/// A line of a file's outline.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SymbolDto {
    /// Name.
    pub name: String,
    /// Kind or value beside it.
    pub detail: String,
    /// How deep it stands, from 0; the list is in order of text.
    pub depth: u32,
    /// The name's place.
    pub span: SpanDto,
}

/// A diagnostic with its place as editors count.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocatedDto {
    /// What.
    pub diagnostic: DiagnosticDto,
    /// Where.
    pub span: SpanDto,
}

/// A quick fix.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionDto {
    /// What it does.
    pub title: String,
    /// Code of the diagnostic it mends.
    pub code: String,
    /// What is replaced.
    pub span: SpanDto,
    /// With what.
    pub insert: String,
}

/// The answer; only what was asked for is filled.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LanguageAnswer {
    /// Completion, best first.
    pub suggestions: Vec<SuggestionDto>,
    /// Hover.
    pub hover: Option<HoverDto>,
    /// Definitions or references.
    pub targets: Vec<TargetDto>,
    /// Outline.
    pub symbols: Vec<SymbolDto>,
    /// Diagnostics of the file.
    pub diagnostics: Vec<LocatedDto>,
    /// Quick fixes.
    pub actions: Vec<ActionDto>,
}
