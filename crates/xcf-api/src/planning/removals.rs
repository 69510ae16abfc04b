//! Units that head does not have any more: destroys with consent, or shown and never planned (`dsl §7`).

use super::Scene;
use crate::engine_room::{Call, Source};
use crate::error::Answer;
use crate::logbook::NoJournal;
use crate::open::Workspace;
use std::sync::Arc;
use xcf_core::changeset::UnitAction;
use xcf_core::diag::Diagnostic;
use xcf_core::graph::Unit;
use xcf_core::ids::EnvName;
use xcf_core::ports::runner::{CancelFlag, Planned, RunnerError};
use xcf_plan::assemble::UnitDraft;
use xcf_plan::removed::{Fate, Vanished, diagnostic, removal_refused};

impl Workspace {
    /// Drafts for everything of `environment` that vanished; a destroy is planned with what the last apply recorded.
    pub(super) async fn removals<'a>(
        &self,
        scene: &'a Scene,
        environment: &EnvName,
    ) -> Answer<(Vec<UnitDraft<'a>>, Vec<Diagnostic>)> {
        let mut drafts = Vec::new();
        let mut diagnostics = Vec::new();
        for gone in scene.vanished.iter().filter(|v| &v.id.environment == environment) {
            diagnostics.extend(diagnostic(gone));
            // Without the commit it was applied at there is no document to show; the diagnostic says it.
            let Some(unit) = scene.bases.get(&gone.commit).and_then(|b| b.model.unit(&gone.id)) else { continue };
            match &gone.fate {
                Fate::Present | Fate::Moved { .. } => {}
                Fate::Removed { .. } => drafts.push(self.removal(scene, gone, unit).await?),
                Fate::PossibleRename { .. } | Fate::Unresolved { .. } => {
                    let mut draft = shown(scene, gone, unit, UnitAction::Unresolved);
                    draft.diagnostics.extend(diagnostic(gone));
                    drafts.push(draft);
                }
            }
        }
        Ok((drafts, diagnostics))
    }
    async fn removal<'a>(&self, scene: &'a Scene, gone: &Vanished, unit: &'a Unit) -> Answer<UnitDraft<'a>> {
        let mut draft = shown(scene, gone, unit, UnitAction::Destroy);
        draft.removal = true;
        let base = scene.bases.get(&gone.commit).map(|b| b.model.as_ref());
        if let Some(place) = base.and_then(|b| removal_refused(&gone.id, b, &scene.head.model)) {
            draft.action = UnitAction::CannotRun;
            draft.diagnostics.push(
                Diagnostic::error(
                    "destroy-never",
                    format!("{} was removed, and its Environment never allows a destroy", gone.id),
                    place,
                )
                .hint("put the unit back, or change protection.allowDestroy first, in a change of its own"),
            );
            return Ok(draft);
        }
        match self.destroy_plan(gone).await? {
            Ok(planned) => {
                draft.plan = Some(planned.plan);
                if let Some(bytes) = planned.artifact.filter(|_| !scene.worktree) {
                    draft.artifact = Some(self.store.put(&bytes).await?);
                }
            }
            Err(error) => {
                draft.action = UnitAction::PlanFailed;
                draft.diagnostics.extend(super::waves::diagnostics(unit, &error));
            }
        }
        Ok(draft)
    }
    /// In the export of the commit it was last applied at, with the inputs recorded then.
    async fn destroy_plan(&self, gone: &Vanished) -> Answer<Result<Planned, RunnerError>> {
        let (recipe, bound) = self.recorded(&gone.id).await?;
        let runner = match self.runner(recipe.engine) {
            Ok(runner) => runner,
            Err(problem) => return Ok(Err(RunnerError::new(problem.code, problem.message).hint(problem.hint))),
        };
        let scratch = self.scratch()?;
        let call = Call {
            recipe: &recipe,
            bound: &bound,
            source: Source::Commit(gone.commit.clone()),
            work_dir: scratch.path().to_path_buf(),
            scope: "plan".to_owned(),
            phase: "plan",
            io: Arc::new(NoJournal),
            cancel: CancelFlag::default(),
            resume: None,
            destroy: true,
            refresh: false,
        };
        let context = self.context(call).await?;
        if let Err(error) = runner.prepare(&context).await {
            return Ok(Err(error));
        }
        Ok(runner.plan(&context).await)
    }
}

fn shown<'a>(scene: &'a Scene, gone: &Vanished, unit: &'a Unit, action: UnitAction) -> UnitDraft<'a> {
    let digest = scene.records.get(&gone.id).map(|r| r.inputs_digest.clone());
    UnitDraft {
        unit,
        action,
        plan: None,
        artifact: None,
        deferred: None,
        diagnostics: Vec::new(),
        inputs: serde_json::Value::Object(serde_json::Map::new()),
        inputs_digest: digest.unwrap_or_else(|| xcf_core::digest::sha256(b"unknown")),
        commit: gone.commit.clone(),
        moved_from: None,
        removal: false,
        base_gate: Some(&unit.route.gate),
        base_backup: None,
        engine_reverses: false,
        dirty: false,
    }
}
