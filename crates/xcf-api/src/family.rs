//! Which of Terraform and OpenTofu a new workspace is made for.

use xcf_core::ports::runner::EngineSettings;
use xcf_core::route::Engine;
use xcf_engines::process::ChildLauncher;
use xcf_engines::registry::Runners;

/// True if OpenTofu answers on this machine and Terraform does not.
pub(crate) async fn only_opentofu() -> bool {
    !is_here(Engine::Terraform).await && is_here(Engine::Opentofu).await
}

async fn is_here(engine: Engine) -> bool {
    let Ok(launcher) = ChildLauncher::current() else { return false };
    let probe = Runners::probe(&Runners::standard(&launcher), engine, &EngineSettings::default()).await;
    probe.version.is_some() && probe.problem.is_none()
}
