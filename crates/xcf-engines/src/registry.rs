//! Which engines this version has, and what the machine has of them (`xcf doctor`).

use crate::ansible::Ansible;
use crate::process::ChildLauncher;
use crate::terraform::Terraform;
use std::collections::BTreeMap;
use std::sync::Arc;
use xcf_core::ports::runner::{EngineSettings, Probe, Runner};
use xcf_core::route::Engine;

/// The runners of this version.
#[derive(Debug, Clone, Copy)]
pub struct Runners;

impl Runners {
    /// Every engine that is built, by the word documents use. An engine that is not in it can be routed to, but its plan is *cannot run here*.
    #[must_use]
    pub fn standard(launcher: &ChildLauncher) -> BTreeMap<Engine, Arc<dyn Runner>> {
        let all: [Arc<dyn Runner>; 3] = [
            Arc::new(Terraform::hashicorp(launcher.clone())),
            Arc::new(Terraform::opentofu(launcher.clone())),
            Arc::new(Ansible::new(launcher.clone())),
        ];
        all.into_iter().map(|runner| (runner.engine(), runner)).collect()
    }

    /// What stands behind one engine name; also for those that are not built. Never fails.
    pub async fn probe(
        runners: &BTreeMap<Engine, Arc<dyn Runner>>,
        engine: Engine,
        settings: &EngineSettings,
    ) -> Probe {
        match runners.get(&engine) {
            Some(runner) => runner.probe(settings).await,
            None => Probe {
                engine,
                version: None,
                path: None,
                problem: Some(format!("{engine} is not built in this version")),
                fix: Some(
                    "choose another engine for the module (`engine:`), or leave it out of the Environment".to_owned(),
                ),
            },
        }
    }

    /// As `probe`, for every engine of `dsl §4`, in its order. `settings`: `engines` of `.xcf.yaml`.
    pub async fn probe_all(
        runners: &BTreeMap<Engine, Arc<dyn Runner>>,
        settings: &BTreeMap<String, EngineSettings>,
    ) -> Vec<Probe> {
        let none = EngineSettings::default();
        let asked = Engine::ALL
            .iter()
            .map(|&engine| Self::probe(runners, engine, settings.get(engine.as_str()).unwrap_or(&none)));
        futures::future::join_all(asked).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn dsl4_every_engine_has_an_honest_probe() {
        let runners = Runners::standard(&ChildLauncher { program: "/bin/false".into(), args: Vec::new() });
        let probes = Runners::probe_all(&runners, &BTreeMap::new()).await;
        assert_eq!(probes.iter().map(|p| p.engine).collect::<Vec<_>>(), Engine::ALL);
        for probe in probes {
            let built = runners.contains_key(&probe.engine);
            assert_eq!(
                probe.problem.as_ref().is_some_and(|p| p.contains("not built in this version")),
                !built,
                "{probe:?}"
            );
            assert!(
                probe.problem.is_some() == probe.fix.is_some() && (probe.problem.is_some() || probe.version.is_some()),
                "{probe:?}"
            );
        }
    }
}
