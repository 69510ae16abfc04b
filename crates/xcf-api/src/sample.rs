//! `xcf init`: the sample monorepo, generated with a uid, keys and folders of its own (issue point 9).

use crate::error::{Answer, Kind, Problem};
use crate::open::blocking;
use crate::paths::Paths;
use std::path::{Path, PathBuf};
use xcf_core::ids::PersonName;
use xcf_git::Author;
use xcf_plan::adopt::ONLY_OPENTOFU;
use xcf_plan::workspace::Workspace as Model;

/// A made sample.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its folder, absolute.
    pub folder: PathBuf,
    /// Files in it.
    pub files: usize,
    /// Generated identities whose keys are on this machine.
    pub identities: Vec<String>,
}

/// People of the sample.
const IDENTITIES: [&str; 2] = ["ada", "grace"];

macro_rules! files {
    ($($path:literal from $source:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../sample/", $source)))),+]
    };
}

/// Path in the repository and text; `@…@` are filled in.
const FILES: &[(&str, &str)] = files![
    ".xcf.yaml" from "xcf.yaml",
    ".gitignore" from "gitignore",
    "README.md" from "README.md",
    "envs/dev.yaml" from "envs/dev.yaml",
    "envs/prod.yaml" from "envs/prod.yaml",
    "compositions/foundation/network.yaml" from "compositions/foundation/network.yaml",
    "compositions/platform/cluster.yaml" from "compositions/platform/cluster.yaml",
    "compositions/data/orders-db.yaml" from "compositions/data/orders-db.yaml",
    "compositions/apps/shop.yaml" from "compositions/apps/shop.yaml",
    "compositions/config/fleet.yaml" from "compositions/config/fleet.yaml",
    "modules/network/main.tf" from "modules/network/main.tf",
    "modules/network/variables.tf" from "modules/network/variables.tf",
    "modules/network/outputs.tf" from "modules/network/outputs.tf",
    "modules/cluster/main.tf" from "modules/cluster/main.tf",
    "modules/database/main.tf" from "modules/database/main.tf",
    "modules/dns-record/main.tf" from "modules/dns-record/main.tf",
    "playbooks/shop/deploy.yml" from "playbooks/shop/deploy.yml",
    "playbooks/shop/deploy.yml.xcf.yaml" from "playbooks/shop/deploy.yml.xcf.yaml",
    "playbooks/shop/rollback.yml" from "playbooks/shop/rollback.yml",
    "playbooks/shop/templates/shop.conf.j2" from "playbooks/shop/templates/shop.conf.j2",
    "playbooks/node-agent/install.yml" from "playbooks/node-agent/install.yml",
    "playbooks/node-agent/install.yml.xcf.yaml" from "playbooks/node-agent/install.yml.xcf.yaml",
    "playbooks/node-agent/templates/agent.conf.j2" from "playbooks/node-agent/templates/agent.conf.j2",
    "policies/matrix.yaml" from "policies/matrix.yaml",
    "policies/people.yaml" from "policies/people.yaml",
    "policies/database.rego" from "policies/database.rego",
    "policies/changes.rego" from "policies/changes.rego",
];

/// True if the workspace's identities are the generated ones (banner in the UI).
pub(crate) fn is_sample(model: &Model) -> bool {
    model.people.iter().flat_map(|p| &p.spec.people).any(|p| p.emails.iter().any(|e| e.ends_with("@sample.invalid")))
}

/// Makes the sample in `folder`, which must be absent or empty, commits it as `XCloudFlow sample`, and trusts it on this
/// machine (it is our own).
///
/// # Errors
/// The folder is not empty, or can't be written.
pub async fn init(folder: &Path, paths: &Paths) -> Answer<Made> {
    let folder = std::path::absolute(folder).map_err(|e| Problem::internal("io", e))?;
    if std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Problem::new(Kind::Conflict, "not-empty", format!("{} is not empty", folder.display()))
            .hint("Choose a folder that does not exist yet."));
    }
    let uid = uuid::Uuid::new_v4().to_string();
    let keys = crate::identity::key_store(paths);
    let mut public = Vec::new();
    for name in IDENTITIES {
        let key = keys.generate(&PersonName::new(name), jiff::Timestamp::now()).await?;
        public.push(key.public.to_string());
    }
    // Absolute: engines do not agree about what `~` is.
    let root = paths.data.with_file_name("xcloudflow-sample").join(&uid).display().to_string();
    let engines = if crate::family::only_opentofu().await { ONLY_OPENTOFU } else { "" };
    let fill = move |text: &str| {
        let text = text.replace("@UID@", &uid).replace("@SAMPLE_ROOT@", &root);
        let mut text = text.replace("@ENGINES@", engines);
        for (name, key) in IDENTITIES.iter().zip(&public) {
            text = text.replace(&format!("@KEY_{}@", name.to_uppercase()), key);
        }
        text
    };
    let target = folder.clone();
    blocking(move || {
        for (path, text) in FILES {
            let file = target.join(path);
            let parent = file.parent().unwrap_or(&target);
            std::fs::create_dir_all(parent)
                .and_then(|()| std::fs::write(&file, fill(text)))
                .map_err(|e| Problem::internal("io", format!("{} can't be written: {e}", file.display())))?;
        }
        let author = Author { name: "XCloudFlow sample".to_owned(), email: "sample@xcloudflow.invalid".to_owned() };
        xcf_git::init_repo(&target, "XCloudFlow sample", &author)?;
        if xcf_git::Repo::discover(&target)?.identity()?.is_none() {
            // Git knows nobody here: the sample brings an identity of its own, in its own configuration only.
            set_identity(&target, &author);
        }
        Ok(())
    })
    .await?;
    crate::trusting::trust(paths, &folder)?;
    Ok(Made { folder, files: FILES.len(), identities: IDENTITIES.iter().map(|n| (*n).to_owned()).collect() })
}

/// A failure is not worth ending `init`: commits then say that Git does not know who you are.
fn set_identity(folder: &Path, author: &Author) {
    for (key, value) in [("user.name", &author.name), ("user.email", &author.email)] {
        let set = std::process::Command::new("git").arg("-C").arg(folder).args(["config", key, value]).status();
        if !set.is_ok_and(|s| s.success()) {
            tracing::debug!(key, "git config did not take the sample's identity");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dsl1_the_sample_s_config_reads_with_either_engine() {
        let (_, config) = FILES.iter().find(|(path, _)| *path == ".xcf.yaml").unwrap();
        for engines in ["", ONLY_OPENTOFU] {
            let text = config.replace("@ENGINES@", engines).replace("@UID@", "6f7f1c0e-8a53-4b0e-9d2c-5f0f5c3f7a11");
            let docs = xcf_core::docs::read_documents(".xcf.yaml", text.as_bytes(), &xcf_core::docs::Limits::default());
            assert!(!docs.broken && docs.diagnostics.is_empty(), "{text}: {:?}", docs.diagnostics);
        }
    }
}
