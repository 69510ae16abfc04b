//! Overview, graph, matrix: the working tree or the head commit beside what the log says (`D12`).

use crate::dto::{
    DiagnosticDto, EdgeDto, EnvironmentDto, GraphDto, IdentityDto, PlaceDto, SaidDto, StatusCountsDto, StoreDto,
    TraceDto, UnassembledDto, UnitNodeDto, WorkspaceDto,
};
use crate::error::{Answer, Problem};
use crate::open::{Loaded, Workspace, blocking};
use crate::planning::records;
use crate::views::matrix::{facts, lane, steps};
use crate::views::route::rows;
use std::collections::BTreeSet;
use xcf_core::changeset::ChangeSetState as S;
use xcf_core::diag::Severity;
use xcf_core::graph::{Edge, EdgeKind, EnvironmentInfo, Unit};
use xcf_core::ids::UnitId;
use xcf_core::route::{Gate, Lifecycle};
use xcf_plan::ledger::Ledger;
use xcf_plan::removed::{Fate, diagnostic, judge};
use xcf_plan::standing::Standing;
use xcf_plan::workspace::Workspace as Model;

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Workspace {
    /// Use case: where am I and what would I hit.
    ///
    /// # Errors
    /// The repository or the store can't be read.
    pub(crate) async fn overview(&self) -> Answer<WorkspaceDto> {
        let model = self.at_worktree().await?.model;
        let repo = self.repo.clone();
        let (head, dirty) = blocking(move || Ok((repo.head()?, repo.dirty()?.len()))).await?;
        let you = self.you().await;
        let mut identities = Vec::new();
        for key in self.identities.own().await {
            let person = model.people.iter().flat_map(|p| &p.spec.people).find(|p| p.name == key.name);
            identities.push(IdentityDto {
                email: person.and_then(|p| p.emails.first().cloned()).unwrap_or_default(),
                roles: person.map(|p| p.roles.clone()).unwrap_or_default(),
                name: key.name,
                has_key: true,
            });
        }
        identities.retain(|i| model.is_solo() || !i.roles.is_empty());
        let name = model.config.as_ref().map(|c| c.metadata.name.clone()).filter(|n| !n.is_empty());
        Ok(WorkspaceDto {
            name: name
                .unwrap_or_else(|| self.root.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()),
            uid: self.uid.to_string(),
            path: self.root.display().to_string(),
            branch: head.branch.clone().unwrap_or_default(),
            commit: head.commit.as_ref().map(ToString::to_string).unwrap_or_default(),
            ahead: self.ahead(&model, head.commit.as_ref()).await?,
            dirty: count(dirty),
            environments: environments(&model),
            store: StoreDto {
                kind: "sqlite".to_owned(),
                location: self.store.location(),
                ok: true,
                problem: String::new(),
            },
            solo: model.is_solo(),
            trusted: self.is_trusted(),
            sample: crate::sample::is_sample(&model),
            you,
            identities,
            counts: self.status_counts(&model).await?,
            position: self.store.head().await?,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }
    async fn ahead(&self, model: &Model, head: Option<&xcf_core::ids::CommitId>) -> Answer<u32> {
        let branch = model.config.as_ref().and_then(|c| c.spec.branch.clone()).unwrap_or_else(|| "main".to_owned());
        let (repo, head) = (self.repo.clone(), head.cloned());
        blocking(move || {
            let (Some(head), Some(main)) = (head, repo.branch_commit(&branch)?) else { return Ok(0) };
            Ok(if main == head { 0 } else { count(repo.authors(Some(&main), &head)?.len()) })
        })
        .await
    }
    async fn status_counts(&self, model: &Model) -> Answer<StatusCountsDto> {
        let ledger = self.ledger().await?;
        let now = self.clock.now();
        let of = |severity: Severity| count(model.diagnostics.iter().filter(|d| d.severity == severity).count());
        let mut counts = StatusCountsDto {
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            units: count(model.units.len()),
            locks: count(ledger.locks.len()),
            ..StatusCountsDto::default()
        };
        for unit in &model.units {
            match self.standing_of(model.blocked.get(&unit.id), &ledger, &unit.id, false, now).0 {
                Standing::Applying => counts.applying += 1,
                Standing::Queued => counts.queued += 1,
                Standing::Observing => counts.observing += 1,
                Standing::Failed | Standing::Stuck => counts.failed += 1,
                _ => {}
            }
        }
        for id in ledger.change_sets.keys() {
            let Some(status) = ledger.status(*id, now) else { continue };
            counts.awaiting += u32::from(status.state == S::AwaitingApproval);
            counts.running += u32::from(matches!(
                status.state,
                S::Applying | S::Queued | S::Observing | S::Paused | S::Cancelling | S::RollingBack
            ));
        }
        Ok(counts)
    }
    /// Use case: units, edges, standing.
    ///
    /// # Errors
    /// The repository or the store can't be read.
    pub(crate) async fn graph(&self, environment: Option<&str>, draft: bool) -> Answer<GraphDto> {
        let head = self.at_head().await?;
        let shown = if draft { self.at_worktree().await? } else { head.clone() };
        let changed: BTreeSet<UnitId> = if draft { self.changed_in(&head, &shown).await? } else { BTreeSet::new() };
        let ledger = self.ledger().await?;
        self.refresh_pending(&shown, &ledger).await?;
        let now = self.clock.now();
        let model = &shown.model;
        let wanted = |id: &UnitId| environment.is_none_or(|e| id.environment.as_str() == e);
        let mut units: Vec<&Unit> = model.units.iter().filter(|u| wanted(&u.id)).collect();
        units.sort_by(|a, b| (a.layer, &a.id).cmp(&(b.layer, &b.id)));
        let nodes: Vec<UnitNodeDto> =
            units.iter().map(|u| self.node(model, &ledger, u, changed.contains(&u.id), now)).collect();
        let known = match draft && !model.health.unreadable.is_empty() {
            true => self.last_readable().await.unwrap_or(head),
            false => head,
        };
        let nodes = self.with_unreadable(nodes, environment, &known, model, &ledger, now);
        let nodes = self.with_vanished(nodes, environment, &shown, &ledger, now).await?;
        let mut edges: Vec<EdgeDto> = model.edges().iter().filter(|e| wanted(&e.from)).map(edge).collect();
        edges.extend(edges_of_unreadable(&known.model, model, &nodes));
        Ok(GraphDto {
            units: nodes,
            edges,
            unassembled: model
                .unassembled
                .iter()
                .map(|u| UnassembledDto {
                    composition: u.composition.to_string(),
                    module: u.module.to_string(),
                    lifecycle: u.lifecycle.to_string(),
                    engine: u.route.engine.value.to_string(),
                    place: PlaceDto::from(&u.place),
                })
                .collect(),
            lanes: Lifecycle::ALL.iter().copied().map(lane).collect(),
            diagnostics: model.diagnostics.iter().map(DiagnosticDto::from).collect(),
            draft: !changed.is_empty(),
            position: ledger.position,
        })
    }
    /// Units that the last readable text knows and whose text can't be read now: they stay, marked, instead of vanishing.
    fn with_unreadable(
        &self,
        mut nodes: Vec<UnitNodeDto>,
        environment: Option<&str>,
        known: &Loaded,
        model: &Model,
        ledger: &Ledger,
        now: jiff::Timestamp,
    ) -> Vec<UnitNodeDto> {
        let has_state = |id: &UnitId| ledger.units.get(id).is_some_and(|u| u.may_exist());
        let wanted = |u: &&Unit| environment.is_none_or(|e| u.id.environment.as_str() == e);
        for unit in known.model.units.iter().filter(wanted).filter(|u| model.unit(&u.id).is_none()) {
            if let Fate::Unresolved { reason, place } = judge(&unit.id, Some(&known.model), model, &has_state) {
                let mut node = self.node(&known.model, ledger, unit, false, now);
                node.standing = Standing::BrokenFile.as_str().to_owned();
                node.standing_why = format!("{reason} ({place})");
                node.standing_said = Some(SaidDto::new("cannot-tell", node.standing_why.clone()).with("place", &place));
                nodes.push(node);
            }
        }
        nodes
    }
    /// Units that the log knows and no text does: what can't be told, or may have been left half made, is not forgotten.
    async fn with_vanished(
        &self,
        mut nodes: Vec<UnitNodeDto>,
        environment: Option<&str>,
        shown: &Loaded,
        ledger: &Ledger,
        now: jiff::Timestamp,
    ) -> Answer<Vec<UnitNodeDto>> {
        if ledger.units.iter().all(|(id, unit)| !unit.may_exist() || shown.model.unit(id).is_some()) {
            return Ok(nodes);
        }
        let (vanished, bases) = self.vanished(shown, &records(ledger)).await?;
        for gone in vanished {
            let wanted = environment.is_none_or(|e| gone.id.environment.as_str() == e);
            let known = bases.get(&gone.known_at).and_then(|b| Some((b, b.model.unit(&gone.id)?)));
            let (Some((base, unit)), Some(told)) = (known.filter(|_| wanted), diagnostic(&gone)) else { continue };
            if nodes.iter().all(|n| n.id != gone.id.to_string()) {
                let mut node = self.node(&base.model, ledger, unit, false, now);
                node.standing = Standing::Unresolved.as_str().to_owned();
                node.standing_why = format!("{} ({})", told.message, told.place);
                nodes.push(node);
            }
        }
        Ok(nodes)
    }
    pub(crate) fn node(
        &self,
        model: &Model,
        ledger: &Ledger,
        unit: &Unit,
        draft: bool,
        now: jiff::Timestamp,
    ) -> UnitNodeDto {
        let (state, why) = self.standing_of(model.blocked.get(&unit.id), ledger, &unit.id, draft, now);
        let lock = ledger.locks.get(&xcf_plan::admission::unit_lock(&unit.id));
        let open = ledger.change_sets.values().rev().find(|c| {
            c.ended.is_none() && c.current().is_some_and(|r| r.planned.units.contains_key(&unit.id.to_string()))
        });
        let reads = model.reads.iter().filter(|r| r.unit == unit.id).map(|r| r.target.to_string());
        UnitNodeDto {
            id: unit.id.to_string(),
            environment: unit.id.environment.to_string(),
            composition: unit.id.composition.to_string(),
            module: unit.id.module.to_string(),
            lifecycle: unit.lifecycle.to_string(),
            layer: unit.layer.to_string(),
            change_frequency: unit.change_frequency.to_string(),
            engine: unit.route.engine.value.to_string(),
            standing: state.as_str().to_owned(),
            standing_why: why.as_ref().map(|w| w.text.clone()).unwrap_or_default(),
            standing_said: why,
            change_set: open.map(|c| c.id.to_string()),
            run: lock.map(|l| l.run.to_string()),
            locked_by: lock.map(|l| l.run.to_string()),
            draft,
            depends_on: model.depends_on(&unit.id).iter().map(ToString::to_string).collect(),
            reads: reads.collect(),
            inputs: input_ports(model, unit),
            outputs: model.content(unit).map(|c| c.interface.outputs.keys().cloned().collect()).unwrap_or_default(),
            gate: unit.route.gate.value.to_string(),
            region: unit.region.clone(),
            labels: unit.labels.clone(),
            place: PlaceDto::from(&unit.place),
        }
    }
    /// Use case: which row wins for one unit.
    ///
    /// # Errors
    /// No such unit.
    pub(crate) async fn trace(&self, id: &UnitId) -> Answer<TraceDto> {
        let model = self.at_worktree().await?.model;
        let unit = model.unit(id).ok_or_else(|| Problem::not_found(id))?;
        Ok(TraceDto { unit: id.to_string(), facts: facts(unit), steps: steps(&model, unit), route: rows(&unit.route) })
    }
}

fn environments(model: &Model) -> Vec<EnvironmentDto> {
    let depth = |e: &EnvironmentInfo| e.after.len();
    let mut list: Vec<&EnvironmentInfo> = model.environments.iter().collect();
    list.sort_by(|a, b| (depth(a), &a.name).cmp(&(depth(b), &b.name)));
    list.into_iter()
        .map(|e| EnvironmentDto {
            name: e.name.to_string(),
            protected: e.destroy_never || e.protection.is_some_and(|g| g != Gate::Auto),
            approval: e.protection.map(|g| g.to_string()).unwrap_or_default(),
            after: e.after.iter().map(ToString::to_string).collect(),
            units: count(model.units.iter().filter(|u| u.id.environment == e.name).count()),
            place: e.place.as_ref().map(PlaceDto::from),
        })
        .collect()
}

/// Edges at units that are drawn although their text can't be read: as they were when it could.
fn edges_of_unreadable(known: &Model, model: &Model, nodes: &[UnitNodeDto]) -> Vec<EdgeDto> {
    let drawn: BTreeSet<&str> = nodes.iter().map(|n| n.id.as_str()).collect();
    let gone = |id: &UnitId| model.unit(id).is_none();
    let kept = |e: &EdgeDto| drawn.contains(e.from.as_str()) && drawn.contains(e.to.as_str());
    let any = nodes.iter().any(|n| n.standing == Standing::BrokenFile.as_str());
    let edges = if any { known.edges() } else { Vec::new() };
    edges.iter().filter(|e| gone(&e.from) || gone(&e.to)).map(edge).filter(kept).collect()
}

/// Inputs the module declares, and those the documents set beside them.
fn input_ports(model: &Model, unit: &Unit) -> Vec<String> {
    let declared = model.content(unit).into_iter().flat_map(|c| c.interface.inputs.keys());
    declared.chain(unit.inputs.keys()).cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

fn edge(edge: &Edge) -> EdgeDto {
    EdgeDto {
        from: edge.from.to_string(),
        to: edge.to.to_string(),
        kind: if edge.kind == EdgeKind::Wired { "wired" } else { "declared" }.to_owned(),
        output: edge.wire.as_ref().map(|w| w.output.clone()),
        input: edge.wire.as_ref().map(|w| w.input.clone()),
        place: PlaceDto::from(&edge.place),
    }
}
