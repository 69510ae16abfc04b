//! A file that changed on disk under an unsaved text: three versions, merged node by node (`D12`, issue 4 point 3).

use crate::dto::{MergeConflictDto, MergeDto, MergeRequest};
use crate::error::{Answer, Kind, Problem};
use crate::open::{Workspace, blocking};
use crate::texts::{LARGEST_TEXT, digest};
use std::collections::BTreeMap;
use xcf_core::edit::{Conflict, ConflictKind, Edit, Merged, Side, apply, merge};

impl Workspace {
    /// Use case: what an unsaved text and the file on disk make together. Writes nothing.
    ///
    /// # Errors
    /// The path leaves the repository, or a text is too large.
    pub(crate) async fn merge_text(&self, request: &MergeRequest) -> Answer<MergeDto> {
        if request.text.len() as u64 > LARGEST_TEXT || request.base_text.len() as u64 > LARGEST_TEXT {
            let message = format!("{} is larger than the {LARGEST_TEXT} bytes edited here", request.file);
            return Err(Problem::new(Kind::Invalid, "file-too-large", message));
        }
        let theirs = self.text_of(&request.file).await?.unwrap_or_default();
        let request = request.clone();
        blocking(move || {
            let merged = merge(&request.base_text, &request.text, &theirs);
            Ok(MergeDto {
                mine: with_mine(&merged),
                conflicts: merged.conflicts.iter().map(|c| shown(c, &request.text, &theirs)).collect(),
                text: merged.text,
                digest: digest(&theirs),
                disk_text: theirs,
            })
        })
        .await
    }
}

/// The merged text with our side of every conflict; none if some can be chosen in the text only.
fn with_mine(merged: &Merged) -> Option<String> {
    let mut edits: BTreeMap<usize, Vec<Edit>> = BTreeMap::new();
    for conflict in &merged.conflicts {
        edits.entry(conflict.document).or_default().push(conflict.take_ours.clone()?);
    }
    edits.iter().try_fold(merged.text.clone(), |text, (document, edits)| apply(&text, *document, edits).ok())
}

fn shown(conflict: &Conflict, ours: &str, theirs: &str) -> MergeConflictDto {
    let piece = |side: &Option<Side>, text: &str| {
        side.as_ref().and_then(|s| text.get(s.range.clone())).map(|t| t.trim_end().to_owned())
    };
    MergeConflictDto {
        kind: match conflict.kind {
            ConflictKind::Node => "node",
            ConflictKind::Comment => "comment",
            ConflictKind::Text => "text",
        }
        .to_owned(),
        pointer: conflict.pointer.clone(),
        mine: piece(&conflict.ours, ours),
        theirs: piece(&conflict.theirs, theirs),
    }
}
