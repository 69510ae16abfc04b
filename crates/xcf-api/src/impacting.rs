//! Impact preview and live what-if: a draft beside a base, and the log's ChangeSets judged by both. No engine runs.

use crate::dto::{DiagnosticDto, ImpactDto, ImpactRequest, WhatIfDto};
use crate::error::{Answer, Kind, Problem};
use crate::open::{Loaded, Workspace, blocking};
use crate::overlay::Overlaid;
use crate::views::impact as view;
use jiff::SignedDuration;
use std::sync::Arc;
use xcf_core::changeset::{ChangeSet, ChangeSetState};
use xcf_core::diag::Diagnostic;
use xcf_core::ids::CommitId;
use xcf_core::ports::tree::Tree;
use xcf_plan::impact::{RecordedChange, Side, affected, impact};

/// Recorded ChangeSets that count as recent.
const RECENT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// ChangeSets judged again at most, newest first: a preview stays a matter of moments.
const MOST_REPLAYED: usize = 200;
/// Files laid over the working tree at once.
const MOST_EDITS: usize = 200;

/// The two trees of a request.
pub(crate) struct Sides {
    /// Commit compared with; none on a branch without commits.
    pub(crate) commit: Option<CommitId>,
    pub(crate) before: Loaded,
    pub(crate) after: Loaded,
}

/// ChangeSets of the log with where they stand.
struct Recorded {
    sets: Vec<(ChangeSet, ChangeSetState)>,
    unreadable: u32,
}

impl Workspace {
    /// Use case: what the draft, or texts laid over it, would change.
    ///
    /// # Errors
    /// No such base, a path outside the repository, or the repository or the store can't be read.
    pub(crate) async fn impact(&self, request: &ImpactRequest) -> Answer<ImpactDto> {
        let sides = self.sides(request).await?;
        let recorded = self.recorded_changes().await?;
        blocking(move || {
            let (before, after) = (&sides.before.model, &sides.after.model);
            let changes: Vec<RecordedChange<'_>> =
                recorded.sets.iter().map(|(set, state)| RecordedChange { set, state: *state }).collect();
            let found = impact(before, after, &changes);
            let errors = after.diagnostics.iter().filter(|d| d.is_error()).map(DiagnosticDto::from).collect();
            let findings = xcf_plan::matrix::check(after).iter().map(view::finding).collect();
            let base = sides.commit.as_ref().map(ToString::to_string).unwrap_or_default();
            Ok(view::impact(&found, base, recorded.unreadable, findings, errors))
        })
        .await
    }
    /// Use case: everything a draft would mean, without running an engine.
    ///
    /// # Errors
    /// As [`Self::impact`].
    pub(crate) async fn what_if(&self, request: &ImpactRequest) -> Answer<WhatIfDto> {
        let sides = self.sides(request).await?;
        let now = self.clock.now();
        let author = self.author().await.ok().map(|a| a.to_string());
        blocking(move || {
            let (before, after) = (&sides.before, &sides.after);
            let found = affected(
                Side { model: &before.model, tree: before.tree.as_ref() },
                Side { model: &after.model, tree: after.tree.as_ref() },
            );
            let routes = impact(&before.model, &after.model, &[]);
            let judged = crate::what_if::judge(&sides, &found, now, author.as_deref());
            let diagnostics = diagnostics(after);
            let known = diagnostics_of(before);
            let fresh =
                diagnostics.iter().filter(|d| !known.iter().any(|k| k.code == d.code && k.message == d.message));
            Ok(WhatIfDto {
                base: sides.commit.as_ref().map(ToString::to_string).unwrap_or_default(),
                new_diagnostics: fresh.map(DiagnosticDto::from).collect(),
                diagnostics: diagnostics.iter().map(DiagnosticDto::from).collect(),
                units: found.iter().map(view::affected).collect(),
                routes: view::units(&routes),
                policies: judged.policies,
                approvals: judged.approvals,
                solo: before.model.is_solo(),
            })
        })
        .await
    }
    /// Base and draft of a request.
    async fn sides(&self, request: &ImpactRequest) -> Answer<Sides> {
        let commit = match request.base.clone() {
            Some(revision) => {
                let repo = self.repo.clone();
                Some(blocking(move || Ok(repo.resolve(&revision)?)).await?)
            }
            None => self.repo.head()?.commit,
        };
        let worktree = self.at_worktree().await?;
        let before = match &commit {
            Some(commit) => self.at_commit(commit).await?,
            None => worktree.clone(),
        };
        let after = self.overlaid(worktree, request).await?;
        Ok(Sides { commit, before, after })
    }
    async fn overlaid(&self, worktree: Loaded, request: &ImpactRequest) -> Answer<Loaded> {
        if request.edits.is_empty() {
            return Ok(worktree);
        }
        if request.edits.len() > MOST_EDITS {
            let message =
                format!("{} texts are more than the {MOST_EDITS} that can be looked at together", request.edits.len());
            return Err(Problem::new(Kind::Usage, "too-many-edits", message));
        }
        for edit in &request.edits {
            // Reading refuses what lies outside the repository or is no text.
            self.text_of(&edit.file).await?;
        }
        let texts: Vec<(String, Option<String>)> =
            request.edits.iter().map(|e| (e.file.clone(), e.text.clone())).collect();
        blocking(move || {
            let tree: Arc<dyn Tree> = Arc::new(Overlaid::new(worktree.tree, texts));
            let model = Arc::new(xcf_plan::workspace::load(tree.as_ref()));
            Ok(Loaded { tree, model })
        })
        .await
    }
    /// Open ChangeSets and those planned in the last 90 days, newest first.
    async fn recorded_changes(&self) -> Answer<Recorded> {
        let ledger = self.ledger().await?;
        let now = self.clock.now();
        let (mut sets, mut unreadable) = (Vec::new(), 0);
        for (id, record) in ledger.change_sets.iter().rev() {
            let (Some(revision), Some(status)) = (record.current(), ledger.status(*id, now)) else { continue };
            let recent = now.duration_since(revision.at) <= RECENT;
            if (status.state.is_final() && !recent) || revision.summary.worktree {
                continue;
            }
            if sets.len() >= MOST_REPLAYED {
                break;
            }
            match self.change_set_of(&revision.planned.blob).await {
                Ok(set) => sets.push((set, status.state)),
                Err(problem) => {
                    tracing::warn!(%id, problem = %problem.message, "a recorded plan can't be read");
                    unreadable += 1;
                }
            }
        }
        Ok(Recorded { sets, unreadable })
    }
}

fn diagnostics(loaded: &Loaded) -> Vec<Diagnostic> {
    let mut all = diagnostics_of(loaded);
    all.sort_by(|a, b| a.place.cmp(&b.place).then(a.code.cmp(&b.code)));
    all.dedup();
    all
}

fn diagnostics_of(loaded: &Loaded) -> Vec<Diagnostic> {
    let mut all = loaded.model.diagnostics.clone();
    all.extend(xcf_plan::policy::rego_diagnostics(&xcf_plan::policy::files(&loaded.model)));
    all
}
