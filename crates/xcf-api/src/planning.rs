//! `plan`: from what is pending to ChangeSets (`D6`, `dsl §7`). What to plan and what it means is decided by `xcf-plan`;
//! here the engines are asked, in the order their outputs feed each other.

mod asking;
mod changeset;
mod removals;
mod sides;
mod waves;

pub(crate) use asking::records;
pub(crate) use sides::{policies, side};

use crate::dto::{DiagnosticDto, PlanRequest, PlanResponse};
use crate::engine_room::Source;
use crate::error::{Answer, Kind, Problem};
use crate::http::Acting;
use crate::open::{Loaded, Workspace};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xcf_core::actor::Actor;
use xcf_core::diag::Diagnostic;
use xcf_core::ids::{ChangeId, CommitId, EnvName};
use xcf_plan::ledger::Ledger;
use xcf_plan::pending::{PendingSet, Records};
use xcf_plan::removed::Vanished;

/// Everything one `plan` looks at.
pub(crate) struct Scene {
    pub(crate) head: Loaded,
    pub(crate) source: Source,
    pub(crate) commit: CommitId,
    pub(crate) worktree: bool,
    pub(crate) refresh: bool,
    pub(crate) change_id: ChangeId,
    pub(crate) opener: Option<String>,
    pub(crate) title: String,
    pub(crate) actor: Actor,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) records: Records,
    pub(crate) pending: PendingSet,
    pub(crate) vanished: Vec<Vanished>,
    /// Models of the commits that vanished units were last applied at.
    pub(crate) bases: BTreeMap<CommitId, Loaded>,
    pub(crate) explicit_base: Option<CommitId>,
}

impl Workspace {
    /// Use case: makes ChangeSets of what is pending and plans them, one per affected Environment.
    ///
    /// # Errors
    /// Nobody agreed to run engines here yet, a name that does not exist, or the repository can't be read. Units that
    /// can't be planned are not an error of the call: they stand in the ChangeSet with their diagnostics.
    pub(crate) async fn plan(&self, request: &PlanRequest, acting: &Acting) -> Answer<PlanResponse> {
        self.demand_trust()?;
        self.expire_old().await?;
        let scene = self.scene(request, acting).await?;
        let mut response = PlanResponse { change_sets: Vec::new(), diagnostics: Vec::new(), unchanged: Vec::new() };
        let mut diagnostics = scene.pending.diagnostics.clone();
        for environment in affected(&scene, request)? {
            let made = self.plan_environment(&scene, &environment).await?;
            response.unchanged.extend(made.unchanged.iter().map(ToString::to_string));
            diagnostics.extend(made.diagnostics);
            if let Some(id) = made.change_set {
                response.change_sets.push(self.change(id, acting).await?);
            }
        }
        diagnostics.extend(held_back(&scene, request));
        diagnostics.dedup();
        response.diagnostics = diagnostics.iter().map(DiagnosticDto::from).collect();
        Ok(response)
    }
}

/// Environments with something to do, in order of `after`, then name.
fn affected(scene: &Scene, request: &PlanRequest) -> Answer<Vec<EnvName>> {
    let known: BTreeSet<EnvName> = scene.head.model.environments.iter().map(|e| e.name.clone()).collect();
    let gone: BTreeSet<EnvName> = scene.vanished.iter().map(|v| v.id.environment.clone()).collect();
    for asked in &request.environments {
        let name = EnvName::new(asked.clone());
        let broken = scene.head.model.health.unreadable.iter().any(|u| u.file.starts_with("envs/"));
        if !known.contains(&name) && !gone.contains(&name) && !broken {
            let names: Vec<&str> = known.iter().map(EnvName::as_str).collect();
            return Err(Problem::new(
                Kind::NotFound,
                "unknown-environment",
                format!("there is no Environment {asked}"),
            )
            .hint(format!("there are: {}", names.join(", "))));
        }
    }
    let wanted = |e: &EnvName| request.environments.is_empty() || request.environments.iter().any(|a| a == e.as_str());
    let mut all: BTreeSet<EnvName> = scene.pending.units.keys().cloned().collect();
    all.extend(gone);
    all.extend(open_elsewhere(scene));
    let depth = |e: &EnvName| scene.head.model.environment(e).map_or(usize::MAX, |i| i.after.len());
    let mut list: Vec<EnvName> = all.into_iter().filter(wanted).collect();
    list.sort_by(|a, b| (depth(a), a).cmp(&(depth(b), b)));
    Ok(list)
}

/// Environments whose open ChangeSet of this change may have become moot.
fn open_elsewhere(scene: &Scene) -> impl Iterator<Item = EnvName> + '_ {
    scene
        .ledger
        .change_sets
        .values()
        .filter(|c| c.ended.is_none() && c.created.change_id == scene.change_id)
        .map(|c| c.created.environment.clone())
}

/// What is not planned and why: "no change" is never said for it.
fn held_back(scene: &Scene, request: &PlanRequest) -> Vec<Diagnostic> {
    let wanted = |e: &EnvName| request.environments.is_empty() || request.environments.iter().any(|a| a == e.as_str());
    let held = scene.pending.held.iter().filter(|(id, _)| wanted(&id.environment));
    let mut found: Vec<Diagnostic> = held
        .map(|(id, why)| {
            Diagnostic::error("not-planned", format!("{id} is not planned: {}", why.reason), why.place.clone())
        })
        .collect();
    found.extend(scene.head.model.diagnostics.iter().filter(|d| d.is_error()).cloned());
    found
}
