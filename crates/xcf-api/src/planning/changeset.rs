//! From planned units to a recorded revision: gates, policies, digests, events.

use super::Scene;
use super::sides::{backup_at_base, policies, side};
use crate::error::{Answer, Kind, Problem};
use crate::open::{Loaded, Workspace, blocking};
use crate::performing::Checked;
use std::collections::BTreeSet;
use xcf_core::actor::Actor;
use xcf_core::changeset::{ChangeSet, ChangeSetKind, UnitAction};
use xcf_core::diag::Diagnostic;
use xcf_core::event::{
    ChangeSetCreated, EventKind, NewEvent, PAYLOAD_VERSION, Reason, RevisionJudged, StreamId, UnitUnchanged,
};
use xcf_core::ids::{ChangeSetId, CommitId, EnvName, PersonName, UnitId};
use xcf_plan::assemble::{Frame, UnitDraft, assemble, planned_payload};
use xcf_plan::gates::{Circle, evaluate, unsatisfiable};
use xcf_plan::graph::{Member, freeze};
use xcf_plan::ledger::ChangeSetRecord;
use xcf_plan::removed::held_by_unresolved;

/// What planning one Environment gave.
pub(super) struct Made {
    pub(super) change_set: Option<ChangeSetId>,
    pub(super) unchanged: Vec<UnitId>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Workspace {
    /// Plans one Environment and records what came of it.
    pub(super) async fn plan_environment(&self, scene: &Scene, environment: &EnvName) -> Answer<Made> {
        let open = open_change_set(scene, environment);
        if let Some(record) = open.filter(|r| {
            r.runs.last().and_then(|run| scene.ledger.runs.get(run)).is_some_and(|run| run.finished.is_none())
        }) {
            return Err(Problem::new(Kind::Held, "run-under-way", format!("the run of {} is not over", record.id))
                .hint("xcf resume goes on (with --retry or --skip UNIT), xcf cancel ends it; then plan again"));
        }
        let base_commit = self.base_of(scene, environment).await?;
        let base = self.at_commit(&base_commit).await?;
        let (removals, mut diagnostics) = self.removals(scene, environment).await?;
        let held = held_by_unresolved(&scene.vanished, &base.model, &scene.head.model);
        let mut skipped = Vec::new();
        let mut drafts: Vec<UnitDraft<'_>> = removals;
        for asked in self.ask_engines(scene, environment).await? {
            if held.contains(&asked.unit.id) {
                diagnostics.push(Diagnostic::error(
                    "not-planned",
                    format!("{} waits: what it depended on can't be resolved", asked.unit.id),
                    asked.unit.place.clone(),
                ));
            } else if asked.skipped {
                skipped.push(asked.unit.id.clone());
            } else {
                let route = base.model.unit(asked.moved_from.as_ref().unwrap_or(&asked.unit.id)).map(|u| &u.route);
                let takes = self.runner(asked.unit.route.engine.value).map(|r| r.capabilities().backups);
                let refused = takes.ok().and_then(|takes| backup_at_base(&asked, route, &takes));
                let asked = match refused {
                    Some(why) => asked.cannot(UnitAction::CannotRun, why),
                    None => asked,
                };
                drafts.push(asked.draft(scene, route));
            }
        }
        self.record_revision(scene, environment, open, &base_commit, &base, drafts, skipped, diagnostics).await
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one revision, used once")]
    async fn record_revision(
        &self,
        scene: &Scene,
        environment: &EnvName,
        open: Option<&ChangeSetRecord>,
        base_commit: &CommitId,
        base: &Loaded,
        drafts: Vec<UnitDraft<'_>>,
        skipped: Vec<UnitId>,
        diagnostics: Vec<Diagnostic>,
    ) -> Answer<Made> {
        let members: Vec<Member> =
            drafts.iter().map(|d| Member { id: d.unit.id.clone(), destroy: d.removal }).collect();
        let removal_base =
            drafts.iter().find(|d| d.removal).and_then(|d| scene.bases.get(&d.commit)).map(|l| l.model.as_ref());
        let edges = freeze(&members, &scene.head.model, removal_base);
        let (head_side, base_side) = (side(&scene.head.model, environment), side(&base.model, environment));
        let now = self.clock.now();
        let id = match open {
            Some(record) => record.id,
            None => ChangeSetId(0),
        };
        let frame = Frame {
            id,
            revision: open.map_or(1, |r| r.revisions.last().map_or(0, |p| p.planned.revision) + 1),
            environment: environment.clone(),
            change_id: scene.change_id.clone(),
            kind: ChangeSetKind::Change,
            title: scene.title.clone(),
            commit: scene.commit.clone(),
            base: base_commit.clone(),
            worktree: scene.worktree,
            authors: self.authors(scene, base_commit).await?,
            created_by: PersonName::new(scene.actor.display_name()),
            solo: base.model.is_solo(),
            planned_at: now,
            plan_life: crate::reviewing::plan_life(&scene.head.model),
            edges,
            diagnostics: diagnostics.clone(),
            head: &head_side,
            base_side: Some(&base_side),
        };
        let assembled = assemble(frame, drafts);
        let mut events = unchanged_events(self, scene, &assembled.unchanged)?;
        let unchanged: Vec<UnitId> = assembled.unchanged.iter().map(|(id, _)| id.clone()).chain(skipped).collect();
        let Some(mut set) = assembled.change_set else {
            if let Some(record) = open {
                let reason = Reason { reason: "nothing of it is pending any more".to_owned() };
                events.push(self.event(
                    record.id,
                    EventKind::ChangeSetSuperseded,
                    Actor::system("planner"),
                    &reason,
                )?);
            }
            self.append(events).await?;
            return Ok(Made { change_set: None, unchanged, diagnostics });
        };
        if open.is_none() {
            set.id = ChangeSetId(self.store.next_number("CS").await?);
            let created = ChangeSetCreated {
                environment: environment.clone(),
                change_id: scene.change_id.clone(),
                kind: set.kind,
                title: set.title.clone(),
            };
            events.push(self.event(set.id, EventKind::ChangeSetCreated, scene.actor.clone(), &created)?);
        }
        self.judge(scene, base, &mut set);
        events.extend(self.revision_events(scene, &set, open).await?);
        self.append(events).await?;
        Ok(Made { change_set: Some(set.id), unchanged, diagnostics })
    }

    fn judge(&self, scene: &Scene, base: &Loaded, set: &mut ChangeSet) {
        let input = xcf_plan::policy::input(set);
        let (head, former) = (policies(&scene.head.model), policies(&base.model));
        xcf_plan::policy::judge(&head, Some(&former), &input).put_into(set);
        let people = people(base);
        let circle = Circle::of(set, self.uid.as_str(), people.as_ref(), set.planned_at);
        let impossible = unsatisfiable(set, &circle);
        set.diagnostics.extend(impossible);
    }

    async fn revision_events(
        &self,
        scene: &Scene,
        set: &ChangeSet,
        open: Option<&ChangeSetRecord>,
    ) -> Answer<Vec<NewEvent>> {
        let blob = self.put_json(set).await?;
        let mut events =
            vec![self.event(set.id, EventKind::ChangeSetPlanned, scene.actor.clone(), &planned_payload(set, blob))?];
        if set.is_denied() {
            events.push(self.event(
                set.id,
                EventKind::ChangeSetDenied,
                Actor::system("policy"),
                &RevisionJudged { revision: set.revision },
            )?);
        } else if let Some(record) = open.filter(|r| !r.approvals.is_empty()) {
            // Approvals name digests: they stand for every unit whose meaning did not change (D6).
            let people = self.people_of(set).await?;
            let circle = Circle::of(set, self.uid.as_str(), people.as_ref(), set.planned_at);
            if evaluate(set, &circle, &Checked::of(record).given()).met {
                events.push(self.event(
                    set.id,
                    EventKind::ChangeSetApproved,
                    Actor::system("gates"),
                    &RevisionJudged { revision: set.revision },
                )?);
            }
        }
        Ok(events)
    }

    async fn append(&self, events: Vec<NewEvent>) -> Answer<()> {
        if !events.is_empty() {
            self.store.append(events, None).await?;
        }
        Ok(())
    }

    /// Base of a ChangeSet (`dsl §7`): `--base`, else the default branch's merge-base with head, else (head on the
    /// default branch) the newest commit applied in the Environment, else head.
    async fn base_of(&self, scene: &Scene, environment: &EnvName) -> Answer<CommitId> {
        if let Some(base) = &scene.explicit_base {
            return Ok(base.clone());
        }
        let branch =
            scene.head.model.config.as_ref().and_then(|c| c.spec.branch.clone()).unwrap_or_else(|| "main".to_owned());
        let (repo, head) = (self.repo.clone(), scene.commit.clone());
        let fork = blocking(move || {
            let Some(main) = repo.branch_commit(&branch)? else { return Ok(None) };
            Ok(repo.merge_base(&main, &head)?)
        })
        .await?;
        if let Some(fork) = fork.filter(|f| f != &scene.commit) {
            return Ok(fork);
        }
        let applied = scene
            .ledger
            .units
            .iter()
            .filter(|(id, _)| &id.environment == environment)
            .filter_map(|(_, u)| u.applied.as_ref());
        let newest = applied.max_by_key(|a| a.position).map(|a| a.record.commit.clone());
        // A commit that is gone can't judge anything: head then stands for it.
        match newest {
            Some(commit) if self.at_commit(&commit).await.is_ok() => Ok(commit),
            _ => Ok(scene.commit.clone()),
        }
    }

    /// Commit authors since base, the PR's opener, and whoever made the ChangeSet (`dsl §10`).
    async fn authors(&self, scene: &Scene, base: &CommitId) -> Answer<Vec<String>> {
        let (repo, base, head) = (self.repo.clone(), base.clone(), scene.commit.clone());
        let commits = blocking(move || {
            Ok(match base == head {
                true => vec![repo.commit_info(&head)?.author],
                false => repo.authors(Some(&base), &head)?,
            })
        })
        .await?;
        let mut authors: BTreeSet<String> = commits.iter().map(ToString::to_string).collect();
        authors.extend(scene.opener.clone());
        if let Actor::Person { name, email, .. } = &scene.actor {
            authors.insert(if email.is_empty() { name.to_string() } else { format!("{name} <{email}>") });
        }
        Ok(authors.into_iter().collect())
    }
}

fn people(base: &Loaded) -> Option<xcf_core::docs::rules::PeopleSpec> {
    (!base.model.is_solo()).then(|| xcf_core::docs::rules::PeopleSpec {
        people: base.model.people.iter().flat_map(|d| d.spec.people.clone()).collect(),
    })
}

/// The open ChangeSet of this change in this Environment.
fn open_change_set<'s>(scene: &'s Scene, environment: &EnvName) -> Option<&'s ChangeSetRecord> {
    let ours = |c: &&ChangeSetRecord| {
        c.ended.is_none() && c.created.environment == *environment && c.created.change_id == scene.change_id
    };
    scene.ledger.change_sets.values().rev().find(ours)
}

fn unchanged_events(
    workspace: &Workspace,
    scene: &Scene,
    unchanged: &[(UnitId, UnitUnchanged)],
) -> Answer<Vec<NewEvent>> {
    // A draft says nothing about commits, and a unit that was never applied has nothing to be unchanged from.
    let known = |id: &UnitId| scene.records.contains_key(id);
    let mut events = Vec::new();
    for (id, data) in unchanged.iter().filter(|(id, _)| !scene.worktree && known(id)) {
        if scene.records.get(id).is_some_and(|r| r.inputs_digest == data.inputs_digest) {
            continue;
        }
        events.push(NewEvent {
            stream: StreamId::unit(id),
            kind: EventKind::UnitUnchanged,
            version: PAYLOAD_VERSION,
            at: workspace.clock.now(),
            actor: Actor::system("planner"),
            change_set: None,
            run: None,
            unit: Some(id.clone()),
            data: serde_json::to_value(data).map_err(|e| Problem::internal("not-json", e))?,
        });
    }
    Ok(events)
}
