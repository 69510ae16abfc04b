//! Outputs of a playbook (`dsl §6`): `set_stats` with `per_host: false`, declared in the side file. Ansible keeps none, so the last
//! ones stand in the unit's state folder.

use super::playbook::SideFile;
use crate::error::off_runtime;
use crate::masking::Masker;
use crate::process::{read_if_there, remove_if_there, write_private};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::plan::OutputChange;
use xcf_core::ports::runner::{Outputs, RunnerError, UnitContext};
use xcf_core::secret::MASK;
use xcf_core::value::SecretValue;

const FILE: &str = "ansible-outputs.json";

/// What is kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Kept {
    /// Values, sensitive ones too.
    pub values: BTreeMap<String, Value>,
    /// Which are sensitive.
    pub sensitive: Vec<String>,
    /// Version that set them.
    pub engine_version: String,
}

fn path(state_dir: &Path) -> PathBuf {
    state_dir.join(FILE)
}

/// The outputs of the last apply.
pub async fn load(cx: &UnitContext) -> Result<Option<Kept>, RunnerError> {
    let file = path(&cx.state_dir);
    off_runtime("cannot read the recorded outputs", move || match read_if_there(&file)? {
        Some(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        None => Ok(None),
    })
    .await
}

/// Records them.
pub async fn store(cx: &UnitContext, kept: Kept) -> Result<(), RunnerError> {
    let file = path(&cx.state_dir);
    off_runtime("cannot record the outputs", move || write_private(&file, &serde_json::to_vec(&kept)?)).await
}

/// Drops them.
pub async fn forget(cx: &UnitContext) -> Result<(), RunnerError> {
    let file = path(&cx.state_dir);
    off_runtime("cannot drop the recorded outputs", move || remove_if_there(&file)).await
}

/// Moves a former unit's record here; repeatable.
pub async fn rekey(cx: &UnitContext, from: &Path) -> Result<(), RunnerError> {
    let (old, new) = (path(from), path(&cx.state_dir));
    let (here, there) = (new.clone(), old.clone());
    let both = off_runtime("cannot look at the recorded outputs", move || Ok(here.exists() && there.exists())).await?;
    if both {
        let message = format!("both the former unit ({}) and {} have recorded outputs", from.display(), cx.unit);
        return Err(
            RunnerError::new("moved-conflict", message).hint("decide which one is right; destroy or forget the other")
        );
    }
    off_runtime(
        "cannot move the recorded outputs",
        move || if old.exists() { std::fs::rename(old, new) } else { Ok(()) },
    )
    .await
}

impl Kept {
    /// As the port wants them.
    pub fn outputs(&self) -> Outputs {
        let mut outputs = Outputs::default();
        for (name, value) in &self.values {
            if self.sensitive.contains(name) {
                outputs.sensitive.insert(name.clone(), SecretValue::new(value.clone()));
            } else {
                outputs.values.insert(name.clone(), value.clone());
            }
        }
        outputs
    }
}

/// The declared ones of what a run set. One that holds a secret input is a secret, declared or not.
pub fn declared(side: &SideFile, set: &BTreeMap<String, Value>, masker: &Masker, engine_version: &str) -> Kept {
    let values: BTreeMap<String, Value> =
        set.iter().filter(|(name, _)| side.outputs.contains(*name)).map(|(n, v)| (n.clone(), v.clone())).collect();
    let sensitive = values.iter().filter(|(name, value)| side.sensitive.contains(*name) || masker.holds_secret(value));
    Kept {
        sensitive: sensitive.map(|(name, _)| name.clone()).collect(),
        values,
        engine_version: engine_version.to_owned(),
    }
}

/// What a run set without its being declared: not recorded, and said so.
pub fn undeclared(side: &SideFile, set: &BTreeMap<String, Value>, playbook: &str) -> Vec<Diagnostic> {
    let strange = set.keys().filter(|name| !side.outputs.contains(*name));
    let place = Place::file(side.path.as_deref().unwrap_or(playbook));
    let say = |name: &String| {
        let message = format!("the playbook sets `{name}`, which is not declared as an output; it is not recorded");
        Diagnostic::warning("undeclared-output", message, place.clone())
            .hint(format!("add it to `outputs` in {playbook}'s side file (FILE.xcf.yaml)"))
    };
    strange.map(say).collect()
}

/// Declared outputs a finished run did not set.
pub fn missing(side: &SideFile, kept: &Kept) -> Option<RunnerError> {
    let missing: Vec<&str> =
        side.outputs.iter().filter(|name| !kept.values.contains_key(*name)).map(String::as_str).collect();
    if missing.is_empty() {
        return None;
    }
    let message = format!("the playbook ran, but did not set the declared output {}", missing.join(", "));
    Some(
        RunnerError::new("missing-output", message)
            .hint("set it with set_stats, `per_host: false`, or drop it from the side file"),
    )
}

/// Changed outputs. With a blind task in the run, check mode can't say what they will be: those never recorded are unknown, the rest is left out.
pub fn changes(
    before: Option<&Kept>,
    after: &Kept,
    side: &SideFile,
    blind: bool,
    masker: &Masker,
) -> Vec<OutputChange> {
    let mut changes = Vec::new();
    for name in &side.outputs {
        let was = before.and_then(|kept| kept.values.get(name));
        let is = after.values.get(name).filter(|_| !blind);
        if was == is || (is.is_none() && was.is_some()) {
            continue;
        }
        let sensitive = side.sensitive.contains(name)
            || after.sensitive.contains(name)
            || before.is_some_and(|kept| kept.sensitive.contains(name));
        let show = |value: Option<&Value>| match value {
            Some(_) if sensitive => Value::String(MASK.to_owned()),
            Some(value) => value.clone(),
            None => Value::Null,
        };
        changes.push(OutputChange {
            name: name.clone(),
            before: show(was),
            after: show(is),
            unknown: is.is_none(),
            sensitive,
            sensitive_mark: sensitive.then(|| [masker.mark(was), masker.mark(is)]),
        });
    }
    // Never set and not known to be set: not a change that can be shown.
    changes.retain(|change| !(change.unknown && !blind && change.before.is_null()));
    changes
}
