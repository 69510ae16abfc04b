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
