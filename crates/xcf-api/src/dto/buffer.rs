//! Unsaved texts, kept outside the repository so that a crash loses nothing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An unsaved text to keep.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BufferRequest {
    /// Repository-relative path.
    pub file: String,
    /// The text in the editor.
    pub text: String,
    /// The text it was edited from: what a merge needs if the file changes meanwhile.
    pub base_text: String,
}

/// A kept text.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BufferDto {
    /// Repository-relative path.
    pub file: String,
    /// The text in the editor.
    pub text: String,
    /// The text it was edited from.
    pub base_text: String,
    /// Digest of that text, for saving.
    pub base_digest: String,
    /// When it was kept.
    pub saved_at: String,
    /// True if the file is not what the text was edited from any more.
    pub changed_on_disk: bool,
}

/// All kept texts.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BuffersDto {
    /// By path.
    pub items: Vec<BufferDto>,
    /// Kept texts that can't be read any more; nothing was removed.
    pub unreadable: Vec<String>,
}

/// An unsaved text whose file may have changed on disk.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MergeRequest {
    /// Repository-relative path.
    pub file: String,
    /// The text it was edited from.
    pub base_text: String,
    /// The text in the editor.
    pub text: String,
}

/// A place that was changed on both sides.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MergeConflictDto {
    /// `node`, `comment` or `text`.
    pub kind: String,
    /// JSON Pointer in the merged text.
    pub pointer: String,
    /// As it is in the editor; none: removed there.
    pub mine: Option<String>,
    /// As it is on disk; none: removed there.
    pub theirs: Option<String>,
}

/// What both sides make together; nothing is written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MergeDto {
    /// The file's text with every edit that is not in conflict; conflicts have the file's side.
    pub text: String,
    /// The same with the editor's side of the conflicts; none if they can be chosen in the text only.
    pub mine: Option<String>,
    /// What is left to choose.
    pub conflicts: Vec<MergeConflictDto>,
    /// The file's text.
    pub disk_text: String,
    /// Its digest, which the result is an edit of.
    pub digest: String,
}
