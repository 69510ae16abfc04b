//! Acts of a person on the canvas: worked out by `xcf_plan::canvas`, looked at before they are written, one step of the
//! undo stack each (`D2.1`, `D12`).

mod acts;

use crate::arranging;
use crate::dto::{AuthorRequest, AuthorResponse, AuthoredFileDto, DiagnosticDto, MovedDto, UnitChangesDto};
use crate::error::{Answer, Kind, Problem};
use crate::history::{FileChange, Label};
use crate::open::{Workspace, blocking};
use std::collections::BTreeSet;
use xcf_core::diag::Diagnostic;
use xcf_plan::author::AuthorError;
use xcf_plan::canvas::{CanvasError, Drawn, UnitChanges, draw};
use xcf_plan::refactor::RefactorError;
use xcf_plan::workspace::Workspace as Model;

/// What an act comes to.
struct Outcome {
    drawn: Drawn,
    /// Diagnostics it brings.
    fresh: Vec<Diagnostic>,
}

impl Workspace {
    /// Use case: one act on the canvas. With `dry_run` nothing is written.
    ///
    /// # Errors
    /// The act can't be meant, a text can't take it, or a file changed while it was worked out.
    pub(crate) async fn author_act(&self, request: AuthorRequest) -> Answer<AuthorResponse> {
        let label = acts::label(&request.act);
        let _turn = self.history.turn().await;
        let loaded = self.at_worktree().await?;
        let outcome = blocking(move || {
            let steps = acts::steps(request.act, &loaded.model)?;
            let drawn = draw(&loaded.model, &loaded.tree, &steps).map_err(refused)?;
            let fresh = fresh(&loaded.model, &drawn.after);
            Ok(Outcome { drawn, fresh })
        })
        .await?;
        if !request.dry_run {
            self.write_act(label, &outcome.drawn).await?;
        }
        Ok(answer(outcome))
    }
    /// Writes only over the texts the act was worked out from.
    async fn write_act(&self, label: Label, drawn: &Drawn) -> Answer<()> {
        let mut changes = Vec::new();
        for edit in &drawn.files {
            if self.text_of(&edit.file).await? != edit.before {
                let message = format!("{} changed on disk meanwhile", edit.file);
                return Err(Problem::new(Kind::Conflict, "edit-conflict", message).hint("Do it again on the new text."));
            }
            let change = FileChange { file: edit.file.clone(), before: edit.before.clone(), after: edit.after.clone() };
            changes.push(change);
        }
        changes.extend(self.places_of(&drawn.units).await?);
        self.perform(label, changes).await
    }
    /// Places on the canvas go along with units that get other ids; places nobody can read are left alone.
    async fn places_of(&self, units: &UnitChanges) -> Answer<Option<FileChange>> {
        if units.moved.is_empty() {
            return Ok(None);
        }
        let Ok(Some(before)) = self.text_of(arranging::FILE).await else { return Ok(None) };
        let after = arranging::followed(&before, &units.moved);
        Ok(after.map(|text| FileChange { file: arranging::FILE.to_owned(), before: Some(before), after: Some(text) }))
    }
}

fn answer(outcome: Outcome) -> AuthorResponse {
    let file = |edit: xcf_plan::author::FileEdit| AuthoredFileDto {
        file: edit.file,
        old_text: edit.before,
        new_text: edit.after,
    };
    let Drawn { files, target, after, units } = outcome.drawn;
    AuthorResponse {
        target,
        files: files.into_iter().map(file).collect(),
        fresh: outcome.fresh.iter().map(DiagnosticDto::from).collect(),
        diagnostics: after.diagnostics.iter().map(DiagnosticDto::from).collect(),
        units: units_dto(&units),
    }
}

/// What was not said before: by code, file and words, since lines move.
fn fresh(before: &Model, after: &Model) -> Vec<Diagnostic> {
    let key = |d: &Diagnostic| (d.code.to_string(), d.place.file.to_string(), d.message.clone());
    let known: BTreeSet<_> = before.diagnostics.iter().map(key).collect();
    after.diagnostics.iter().filter(|d| !known.contains(&key(d))).cloned().collect()
}

fn units_dto(units: &UnitChanges) -> UnitChangesDto {
    let ids = |ids: &[xcf_core::ids::UnitId]| ids.iter().map(ToString::to_string).collect();
    let moved = |(from, to): &(_, _)| MovedDto { from: named(from), to: named(to) };
    UnitChangesDto {
        added: ids(&units.added),
        removed: ids(&units.removed),
        moved: units.moved.iter().map(moved).collect(),
        rerouted: ids(&units.rerouted),
    }
}

fn named(id: &xcf_core::ids::UnitId) -> String {
    id.to_string()
}

fn refused(error: CanvasError) -> Problem {
    let kind = match &error {
        CanvasError::Author(AuthorError::Unknown { .. }) | CanvasError::Refactor(RefactorError::Unknown { .. }) => {
            Kind::NotFound
        }
        CanvasError::Author(AuthorError::Taken { .. } | AuthorError::Nothing(_))
        | CanvasError::Refactor(RefactorError::Taken { .. }) => Kind::Conflict,
        CanvasError::Count(_) => Kind::Usage,
        _ => Kind::Invalid,
    };
    Problem::new(kind, error.code(), error.to_string()).hint(error.hint())
}
