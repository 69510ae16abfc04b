//! `xcf exec UNIT -- CMD`: a command in a unit's folder with its state, recorded (`D15`).

use crate::engine_room::{Call, Source};
use crate::error::{Answer, Kind, Problem};
use crate::http::Acting;
use crate::logbook::NoJournal;
use crate::open::Workspace;
use crate::planning::records;
use std::sync::Arc;
use xcf_core::event::{EventKind, NewEvent, PAYLOAD_VERSION, StreamId};
use xcf_core::ids::UnitId;
use xcf_core::ports::runner::CancelFlag;

impl Workspace {
    /// Runs `command` with this terminal in a private export of the commit the unit was last applied at (else head), with
    /// the engine prepared. Refused while a run holds the unit.
    ///
    /// # Errors
    /// The unit is locked, unknown, or the command can't be started.
    pub async fn exec(&self, id: &UnitId, command: &[String], acting: &Acting) -> Answer<i32> {
        self.demand_trust()?;
        let ledger = self.ledger().await?;
        if let Some(lock) = ledger.locks.get(&xcf_plan::admission::unit_lock(id)) {
            return Err(Problem::new(Kind::Held, "held", format!("{id} is held by {}", lock.run)).hint("xcf locks"));
        }
        let actor = self.actor(acting).await?;
        let commit = match records(&ledger).get(id) {
            Some(record) => record.commit.clone(),
            None => self.repo.head_commit()?,
        };
        let loaded = self.at_commit(&commit).await?;
        let unit = loaded.model.unit(id).ok_or_else(|| Problem::not_found(id))?;
        let recipe = crate::recipe::Recipe::of(unit, Self::engine_settings(&loaded.model, unit.route.engine.value));
        let runner = self.runner(recipe.engine)?;
        let bound = crate::recipe::Bound::default();
        let scratch = self.scratch()?;
        let call = Call {
            recipe: &recipe,
            bound: &bound,
            source: Source::Commit(commit),
            work_dir: scratch.path().to_path_buf(),
            scope: "exec".to_owned(),
            phase: "exec",
            io: Arc::new(NoJournal),
            cancel: CancelFlag::default(),
            resume: None,
            destroy: false,
            refresh: false,
        };
        let context = self.context(call).await?;
        runner.prepare(&context).await.map_err(|e| Problem::new(Kind::Invalid, "engine", e.message).hint(e.hint))?;
        let module = context.export.join(&context.module);
        let folder = if module.is_dir() {
            module
        } else {
            module.parent().map(std::path::Path::to_path_buf).unwrap_or_default()
        };
        let (program, arguments) =
            command.split_first().ok_or_else(|| Problem::new(Kind::Usage, "no-command", "which command?"))?;
        let mut child = tokio::process::Command::new(program);
        child
            .args(arguments)
            .current_dir(folder)
            .env("XCF_UNIT", id.to_string())
            .env("XCF_STATE_DIR", &context.state_dir);
        let started = self.clock.now();
        let status = child
            .status()
            .await
            .map_err(|e| Problem::new(Kind::Invalid, "command-failed", format!("{program} can't be started: {e}")))?;
        let code = status.code().unwrap_or(-1);
        // The program's name only: arguments may hold secrets.
        let data = serde_json::json!({ "program": program, "exit": code, "startedAt": started.to_string() });
        let event = NewEvent {
            stream: StreamId::unit(id),
            kind: EventKind::ExecRan,
            version: PAYLOAD_VERSION,
            at: self.clock.now(),
            actor,
            change_set: None,
            run: None,
            unit: Some(id.clone()),
            data,
        };
        self.store.append(vec![event], None).await?;
        Ok(code)
    }
}
