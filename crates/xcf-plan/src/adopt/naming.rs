//! Names for what has none yet: Composition, module and Environment from a path.

use crate::workspace::Workspace;
use std::collections::BTreeSet;

/// Words of a path that name an Environment.
const ENVIRONMENTS: [&str; 18] = [
    "dev",
    "development",
    "test",
    "testing",
    "qa",
    "uat",
    "stage",
    "staging",
    "preprod",
    "pre-prod",
    "prod",
    "production",
    "sandbox",
    "demo",
    "dr",
    "global",
    "nonprod",
    "non-prod",
];
/// Folders whose subfolders are Environments.
const HOLDERS: [&str; 5] = ["env", "envs", "environments", "live", "stages"];
/// Words that tell nothing.
const EMPTY: [&str; 16] = [
    "terraform",
    "tf",
    "opentofu",
    "tofu",
    "infra",
    "infrastructure",
    "iac",
    "stacks",
    "roots",
    "deployments",
    "deploy",
    "src",
    "modules",
    "ansible",
    "playbooks",
    "k8s",
];
/// Environment of what names none.
const NAMELESS: &str = "default";

/// Names of a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub composition: String,
    pub module: String,
    pub environment: String,
}

/// Names that are taken.
pub(super) struct Names {
    taken: BTreeSet<String>,
    known: BTreeSet<String>,
}

impl Names {
    pub fn of(workspace: &Workspace) -> Self {
        Self {
            taken: workspace.compositions.iter().map(|c| c.name().to_owned()).collect(),
            known: workspace.environment_docs.iter().map(|e| e.name().to_owned()).collect(),
        }
    }

    /// Names of the Terraform root at `path`. Roots of several Environments get one Composition each: their text differs.
    pub fn terraform(&mut self, path: &str) -> Named {
        let parts: Vec<&str> = path.split('/').collect();
        let held = |i: usize| i.checked_sub(1).and_then(|b| parts.get(b)).is_some_and(|p| HOLDERS.contains(p));
        let found = parts.iter().enumerate().find(|(i, part)| {
            let word = part.to_lowercase();
            self.known.contains(&word) || ENVIRONMENTS.contains(&word.as_str()) || held(*i)
        });
        let environment = found.map(|(_, part)| label(part));
        let rest: Vec<&str> = parts
            .iter()
            .enumerate()
            .filter(|(i, _)| found.is_none_or(|(at, _)| at != *i))
            .map(|(_, part)| *part)
            .collect();
        let mut name = joined(&rest);
        if let Some(environment) = &environment {
            name = label(&format!("{name}-{environment}"));
        }
        Named {
            composition: self.unique(name),
            module: label(parts.last().copied().unwrap_or_default()),
            environment: environment.unwrap_or_else(|| NAMELESS.to_owned()),
        }
    }

    /// Composition and module name of something else.
    pub fn other(&mut self, path: &str) -> (String, String) {
        let stem = path.trim_end_matches(".yaml").trim_end_matches(".yml");
        let parts: Vec<&str> = stem.split('/').filter(|p| !matches!(*p, "overlays" | "base")).collect();
        let module = label(stem.rsplit('/').next().unwrap_or(stem));
        (self.unique(joined(&parts)), module)
    }

    fn unique(&mut self, name: String) -> String {
        let mut candidate = name.clone();
        let mut n = 2;
        while !self.taken.insert(candidate.clone()) {
            let cut = name.get(..name.len().min(58)).unwrap_or(&name).trim_end_matches('-');
            candidate = format!("{cut}-{n}");
            n += 1;
        }
        candidate
    }
}

fn joined(parts: &[&str]) -> String {
    let telling: Vec<&str> = parts.iter().copied().filter(|p| !EMPTY.contains(p) && !HOLDERS.contains(p)).collect();
    label(&if telling.is_empty() { parts.last().copied().unwrap_or("main").to_owned() } else { telling.join("-") })
}

/// `text` as a DNS label.
pub(super) fn label(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.truncate(63);
    let out = out.trim_end_matches('-');
    if out.is_empty() { "main".to_owned() } else { out.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::Files;
    use crate::workspace::load;

    #[test]
    fn issue4_7_names_come_from_the_path() {
        let mut names = Names::of(&load(&Files::new().tree()));
        let mut of = |path: &str| {
            let n = names.terraform(path);
            format!("{}/{}/{}", n.environment, n.composition, n.module)
        };
        assert_eq!(of("infra/prod/network"), "prod/network-prod/network");
        assert_eq!(of("live/eu/network"), "eu/network-eu/network");
        assert_eq!(of("envs/dev"), "dev/envs-dev/dev");
        assert_eq!(of("terraform/DNS_Zones"), "default/dns-zones/dns-zones");
        assert_eq!(of("other/dns.zones"), "default/other-dns-zones/dns-zones");
        assert_eq!(of("infra/DNS_Zones"), "default/dns-zones-2/dns-zones");
        assert_eq!(of("infra/terraform"), "default/terraform/terraform");
        assert_eq!(of("网络"), "default/main/main");
        assert!(xcf_core::ids::is_dns_label(&label(&"-x.".repeat(99))));
    }
}
