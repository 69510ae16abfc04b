//! `xcf exec UNIT -- CMD`: a command in a unit's folder with its environment, state and inputs, under the unit's lock;
//! recorded (`D15`).

use crate::engine_room::{Call, Source};
use crate::error::{Answer, Kind, Problem};
use crate::http::Acting;
use crate::logbook::NoJournal;
use crate::open::Workspace;
use crate::recipe::{Bound, Recipe};
use std::sync::Arc;
use std::time::Duration;
use tokio::process::{Child, Command};
use xcf_core::actor::Actor;
use xcf_core::event::{EventKind, NewEvent, PAYLOAD_VERSION, StreamId};
use xcf_core::ids::{CommitId, UnitId};
use xcf_core::ports::runner::{CancelFlag, Workplace};
use xcf_core::ports::store::{Lease, StoreError};
use xcf_plan::admission::unit_lock;

/// How long a unit stays held after the process of a command vanished without a trace on another machine.
const TTL: Duration = Duration::from_secs(30);
/// Between renewals.
const RENEWAL: Duration = Duration::from_secs(10);
/// Variables of a terminal, which a person's command may need and an engine never sees.
const TERMINAL: [&str; 4] = ["TERM", "COLORTERM", "EDITOR", "SHELL"];

impl Workspace {
    /// Runs `command` with this terminal in a private export of the commit the unit was last applied at (else head), set
    /// up as for its engine: folder, backend, environment, inputs. The unit is held meanwhile.
    ///
    /// # Errors
    /// A run or another command holds the unit, it is unknown, or the command can't be started.
    pub async fn exec(&self, id: &UnitId, command: &[String], acting: &Acting) -> Answer<i32> {
        self.demand_trust()?;
        let (program, arguments) =
            command.split_first().ok_or_else(|| Problem::new(Kind::Usage, "no-command", "which command?"))?;
        let actor = self.actor(acting).await?;
        self.known(id).await?;
        let lease = self.hold(id).await?;
        let outcome = self.under_lease(&lease, id, program, &actor, async {
            let scratch = self.scratch()?;
            let (commit, recipe, bound) = self.as_applied(id).await?;
            let place = self.workplace(&recipe, &bound, commit, scratch.path().to_path_buf()).await?;
            let mut child = Command::new(program);
            child.args(arguments).current_dir(&place.folder).env_clear().envs(&place.env);
            child.envs(TERMINAL.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
            child.envs(place.secret_env.iter().map(|(name, secret)| (name, secret.expose())));
            child.env("XCF_UNIT", id.to_string()).env("XCF_STATE_DIR", self.state_dir(id));
            let child = child.spawn().map_err(|e| {
                Problem::new(Kind::Invalid, "command-failed", format!("{program} can't be started: {e}"))
            })?;
            self.wait(child, lease.clone()).await
        });
        outcome.await
    }

    /// Takes the unit for this process: first the lease, then a look at the log, so that of two that want the unit at the
    /// same time one gives way (a run looks at leases before it is admitted, `D8`).
    async fn hold(&self, id: &UnitId) -> Answer<Lease> {
        let name = unit_lock(id);
        let lease = self.store.acquire(&name, &crate::process::holder(), TTL, &crate::process::is_dead).await;
        lease.map_err(|error| match error {
            StoreError::LeaseHeld { holder, .. } => {
                Problem::new(Kind::Held, "held", format!("another command is at work on {id} ({holder})"))
                    .hint("xcf locks")
            }
            other => other.into(),
        })
    }

    /// Records the beginning against the log as it stands – which also shuts out a run that is being admitted – and the end.
    async fn under_lease(
        &self,
        lease: &Lease,
        id: &UnitId,
        program: &str,
        actor: &Actor,
        work: impl Future<Output = Answer<i32>>,
    ) -> Answer<i32> {
        let begun = self.begin(lease, id, program, actor).await;
        let outcome = match begun {
            Ok(_) => work.await,
            Err(_) => Ok(-1),
        };
        // Given back before the end is recorded, which wakes runs that wait for it. Its holder is gone in a moment: a lease
        // that could not be given back is seen to be dead.
        let _ = self.store.release(lease).await;
        let started = begun?;
        let exit = outcome.as_ref().map_or(-1, |code| *code);
        let ended = serde_json::json!({ "program": program, "startedAt": started.to_string(), "exit": exit });
        self.store.append(vec![self.ran(id, actor, ended)], None).await?;
        outcome
    }

    async fn begin(&self, lease: &Lease, id: &UnitId, program: &str, actor: &Actor) -> Answer<jiff::Timestamp> {
        let started = self.clock.now();
        // The program's name only: arguments may hold secrets.
        let begun = serde_json::json!({ "program": program, "startedAt": started.to_string(), "lease": lease.name });
        loop {
            let ledger = self.ledger().await?;
            if let Some(lock) = ledger.locks.get(&lease.name) {
                let message = format!("{id} is held by {} since {}", lock.run, lock.since);
                return Err(Problem::new(Kind::Held, "held", message).hint("xcf locks"));
            }
            match self.store.append(vec![self.ran(id, actor, begun.clone())], Some(ledger.position)).await {
                Ok(_) => return Ok(started),
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits for the command, keeping the lease. An interrupt at the terminal reaches the command itself.
    async fn wait(&self, mut child: Child, mut lease: Lease) -> Answer<i32> {
        let mut beat = tokio::time::interval(RENEWAL);
        loop {
            tokio::select! {
                status = child.wait() => {
                    let status = status.map_err(|e| Problem::internal("io", format!("the command is lost: {e}")))?;
                    return Ok(status.code().unwrap_or(-1));
                }
                _ = beat.tick() => match self.store.renew(&lease, TTL).await {
                    Ok(renewed) => lease = renewed,
                    Err(error) => tracing::warn!(%error, "the hold on the unit could not be renewed"),
                },
                _ = tokio::signal::ctrl_c() => {}
            }
        }
    }

    /// Refuses what is no unit: neither applied nor at head.
    async fn known(&self, id: &UnitId) -> Answer<()> {
        let applied = self.ledger().await?.units.get(id).is_some_and(|u| u.applied.is_some());
        match applied || self.at_head().await?.model.unit(id).is_some() {
            true => Ok(()),
            false => Err(Problem::not_found(id)),
        }
    }

    /// Recipe and inputs as last applied; of head for a unit that never was.
    async fn as_applied(&self, id: &UnitId) -> Answer<(CommitId, Recipe, Bound)> {
        let ledger = self.ledger().await?;
        if let Some(applied) = ledger.units.get(id).and_then(|u| u.applied.as_ref()) {
            let (recipe, bound) = self.recorded(id).await?;
            return Ok((applied.record.commit.clone(), recipe, bound));
        }
        let commit = self.repo.head_commit()?;
        let loaded = self.at_commit(&commit).await?;
        let unit = loaded.model.unit(id).ok_or_else(|| Problem::not_found(id))?;
        let recipe = Recipe::of(unit, Self::engine_settings(&loaded.model, unit.route.engine.value));
        let mut bound = self.bound_now(unit, &recipe).await?;
        // What is not known yet is left out: the command may ask for it, no placeholder is given.
        bound.unknown.clear();
        Ok((commit, recipe, bound))
    }

    async fn workplace(
        &self,
        recipe: &Recipe,
        bound: &Bound,
        commit: CommitId,
        work_dir: std::path::PathBuf,
    ) -> Answer<Workplace> {
        let runner = self.runner(recipe.engine)?;
        let call = Call {
            recipe,
            bound,
            source: Source::Commit(commit),
            work_dir,
            scope: "exec".to_owned(),
            phase: "exec",
            io: Arc::new(NoJournal),
            cancel: CancelFlag::default(),
            resume: None,
            destroy: false,
            refresh: false,
        };
        let context = self.context(call).await?;
        let place = runner.workplace(&context).await;
        place.map_err(|e| Problem::new(Kind::Invalid, "engine", e.message).hint(e.hint).with(e.diagnostics))
    }

    fn ran(&self, id: &UnitId, actor: &Actor, data: serde_json::Value) -> NewEvent {
        NewEvent {
            stream: StreamId::unit(id),
            kind: EventKind::ExecRan,
            version: PAYLOAD_VERSION,
            at: self.clock.now(),
            actor: actor.clone(),
            change_set: None,
            run: None,
            unit: Some(id.clone()),
            data,
        }
    }

    /// Who is at work with `xcf exec` under one of these locks, if anybody living is.
    pub(crate) async fn held_by_command(&self, locks: &[String]) -> Result<Option<Lease>, StoreError> {
        let now = self.clock.now();
        let living = |l: &Lease| locks.contains(&l.name) && l.until > now && !crate::process::is_dead(&l.holder);
        Ok(self.store.list().await?.into_iter().find(living))
    }
}
