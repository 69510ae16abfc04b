//! What is asked, and what is pending.

use super::Scene;
use crate::dto::PlanRequest;
use crate::engine_room::Source;
use crate::error::{Answer, Kind, Problem};
use crate::http::Acting;
use crate::open::{Loaded, Workspace, blocking};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xcf_core::graph::Unit;
use xcf_core::ids::{ChangeId, CommitId, Digest, EnvName, RepoPath, UnitId};
use xcf_plan::ledger::Ledger;
use xcf_plan::pending::{AppliedRecord, Ask, PendingSet, Records, digests, pending, standings, touched};
use xcf_plan::removed::{Vanished, vanished};

type Versions = BTreeMap<String, Option<String>>;

/// Last applied records of the log as the pending rules want them.
pub(crate) fn records(ledger: &Ledger) -> Records {
    let one = |(id, unit): (&UnitId, &xcf_plan::ledger::UnitRecord)| {
        let applied = &unit.applied.as_ref()?.record;
        let module = applied.recipe.get("module").and_then(serde_json::Value::as_str).unwrap_or_default();
        let record = AppliedRecord {
            inputs_digest: unit.inputs_digest()?.clone(),
            commit: applied.commit.clone(),
            output_digests: applied.output_digests.clone(),
            engine: applied.engine,
            module_ref: RepoPath::new(module),
            dirty: unit.dirty,
            expired: false,
        };
        Some((id.clone(), record))
    };
    ledger.units.iter().filter_map(one).collect()
}

impl Workspace {
    /// Gathers everything a plan looks at.
    pub(super) async fn scene(&self, request: &PlanRequest, acting: &Acting) -> Answer<Scene> {
        let repo = self.repo.clone();
        let asked = request.head.clone();
        let (head_ref, commit) = blocking(move || {
            let head = repo.head()?;
            let commit = match asked {
                Some(revision) => repo.resolve(&revision)?,
                None => repo.head_commit()?,
            };
            Ok((head, commit))
        })
        .await?;
        let (head, source) = match request.worktree {
            true => (self.at_worktree().await?, Source::WorkTree),
            false => (self.at_commit(&commit).await?, Source::Commit(commit.clone())),
        };
        let change = xcf_git::change_id(
            &head_ref,
            &commit,
            self.pull_request(&head.model, head_ref.branch.as_deref()).await.as_ref(),
        );
        let change_id =
            if request.worktree { ChangeId::new(format!("working tree of {}", change.id)) } else { change.id };
        let info = {
            let (repo, commit) = (self.repo.clone(), commit.clone());
            blocking(move || Ok(repo.commit_info(&commit)?)).await?
        };
        let ledger = self.ledger().await?;
        let records = records(&ledger);
        let explicit_base = match request.base.clone() {
            Some(revision) => {
                let repo = self.repo.clone();
                Some(blocking(move || Ok(repo.resolve(&revision)?)).await?)
            }
            None => None,
        };
        let versions = self.secret_versions(&head.model.units).await;
        let touched = match &explicit_base {
            Some(base) => Some(self.touched_since(base, &head, &records, &versions).await?),
            None => None,
        };
        let ask = ask(request, &head, touched)?;
        let pending = pending_of(&head, records.clone(), ask, versions).await?;
        let (vanished, bases) = self.vanished(&head, &records).await?;
        Ok(Scene {
            title: if request.worktree { "Draft of the working tree".to_owned() } else { info.title },
            actor: self.actor(acting).await?,
            worktree: request.worktree,
            refresh: request.refresh,
            opener: change.opener,
            head,
            source,
            commit,
            change_id,
            ledger,
            records,
            pending,
            vanished,
            bases,
            explicit_base,
        })
    }
    /// Pending units of a loaded tree, for standings.
    pub(crate) async fn pending_now(&self, loaded: &Loaded, ledger: &Ledger) -> Answer<BTreeSet<UnitId>> {
        let versions = self.secret_versions(&loaded.model.units).await;
        let set = pending_of(loaded, records(ledger), Ask::default(), versions).await?;
        // A unit that only might be pending, by an upstream, is counted with it.
        Ok(set.units.into_values().flatten().map(|u| u.id).chain(set.held.into_iter().map(|(id, _)| id)).collect())
    }
    async fn touched_since(
        &self,
        base: &CommitId,
        head: &Loaded,
        records: &Records,
        versions: &Versions,
    ) -> Answer<BTreeSet<UnitId>> {
        let base = self.at_commit(base).await?;
        let (head, records, versions) = (head.clone(), records.clone(), versions.clone());
        blocking(move || {
            let version = |reference: &str| versions.get(reference).cloned().flatten();
            let of = |loaded: &Loaded| -> BTreeMap<UnitId, Digest> {
                let (standings, _) = standings(&loaded.model, &records);
                let digests = digests(&loaded.model, loaded.tree.as_ref(), &standings, &version);
                loaded.model.units.iter().zip(digests).map(|(u, d)| (u.id.clone(), d.inputs)).collect()
            };
            Ok(touched(&of(&base), &of(&head)))
        })
        .await
    }
    /// Versions of the secrets that units name; a source that can't tell now counts as having none.
    pub(crate) async fn secret_versions(&self, units: &[Unit]) -> Versions {
        let mut references = Vec::new();
        for source in units.iter().flat_map(|u| u.inputs.values()) {
            crate::recipe::secret_references(&source.value, &mut references);
        }
        let mut versions = Versions::new();
        for reference in references {
            if let std::collections::btree_map::Entry::Vacant(slot) = versions.entry(reference) {
                let version = self.secrets.version(slot.key()).await.ok().flatten();
                slot.insert(version);
            }
        }
        versions
    }
    /// Units with state that head does not have, judged by the commit each was last applied at.
    async fn vanished(&self, head: &Loaded, records: &Records) -> Answer<(Vec<Vanished>, BTreeMap<CommitId, Loaded>)> {
        let mut bases = BTreeMap::new();
        for (_, record) in records.iter().filter(|(id, _)| head.model.unit(id).is_none()) {
            if let std::collections::btree_map::Entry::Vacant(slot) = bases.entry(record.commit.clone()) {
                // A commit that is gone (a rewritten history) can't be judged: its units come out as unresolved.
                if let Ok(loaded) = self.at_commit(slot.key()).await {
                    slot.insert(loaded);
                }
            }
        }
        let found = vanished(records, &head.model, &|commit| bases.get(commit).map(|l| l.model.as_ref()));
        Ok((found, bases))
    }
    /// Looks the branch's PR up where a forge is configured and a token is at hand; a failure falls back to the branch.
    async fn pull_request(
        &self,
        model: &xcf_plan::workspace::Workspace,
        branch: Option<&str>,
    ) -> Option<xcf_git::forge::PullRequest> {
        model.config.as_ref()?.spec.forge.as_ref()?;
        // Nobody is asked for a password just because something is planned.
        let forge = self.forge(model, "origin", false).await.ok()?;
        match forge.find(branch?).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "the forge could not be asked for the pull request; the branch is the change id");
                None
            }
        }
    }
}

fn ask(request: &PlanRequest, head: &Loaded, touched: Option<BTreeSet<UnitId>>) -> Answer<Ask> {
    let mut units = Vec::new();
    for text in &request.units {
        let id: UnitId =
            text.parse().map_err(|e: xcf_core::ids::IdError| Problem::new(Kind::Usage, "bad-id", e.to_string()))?;
        if head.model.unit(&id).is_none() {
            return Err(Problem::not_found(&id));
        }
        units.push(id);
    }
    let environments = request.environments.iter().map(|e| EnvName::new(e.clone())).collect();
    Ok(Ask { environments, units, all: request.all || request.refresh, touched })
}

async fn pending_of(loaded: &Loaded, records: Records, ask: Ask, versions: Versions) -> Answer<PendingSet> {
    let loaded = Loaded { tree: Arc::clone(&loaded.tree), model: Arc::clone(&loaded.model) };
    blocking(move || {
        let version = |reference: &str| versions.get(reference).cloned().flatten();
        Ok(pending(&loaded.model, loaded.tree.as_ref(), &records, &ask, &version))
    })
    .await
}
