//! The shape of the workspace (`D4`): who may know whom, and that every package of the design card is really used.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::path::{Path, PathBuf};

fn metadata() -> Metadata {
    let manifest = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../../Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().other_options(vec!["--offline".into()]).exec().unwrap()
}

fn normal_dependencies(package: &Package) -> Vec<String> {
    package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal).map(|d| d.name.clone()).collect()
}

/// Which workspace crates each may depend on; a crate that is not listed fails the test.
fn allowed(package: &str) -> Option<&'static [&'static str]> {
    Some(match package {
        "xcf-core" => &[],
        "xcf-plan" | "xcf-engines" | "xcf-store" | "xcf-git" | "xcf-secrets" => &["xcf-core"],
        "xcf-run" => &["xcf-core", "xcf-plan"],
        "xcf-api" => &["xcf-core", "xcf-plan", "xcf-run", "xcf-engines", "xcf-store", "xcf-git", "xcf-secrets"],
        "xcf-cli" | "xcloudflow-desktop" => &["xcf-core", "xcf-api"],
        _ => return None,
    })
}

#[test]
fn d4_dependencies_point_downward_only() {
    let metadata = metadata();
    assert!(metadata.packages.len() >= 10);
    for package in &metadata.packages {
        let allowed = allowed(&package.name).unwrap_or_else(|| panic!("{} has no place in D4", package.name));
        for dependency in
            normal_dependencies(package).iter().filter(|d| d.starts_with("xcf-") || d.starts_with("xcloudflow"))
        {
            assert!(allowed.contains(&dependency.as_str()), "{} must not know {dependency}", package.name);
        }
    }
}

/// Crates that do I/O, tell the time, spawn or roll dice must not be seen by the pure ones.
#[test]
fn d4_core_and_plan_have_no_way_to_do_io() {
    let metadata = metadata();
    for name in ["xcf-core", "xcf-plan"] {
        let package = metadata.packages.iter().find(|p| p.name.as_str() == name).unwrap();
        for forbidden in ["tokio", "sqlx", "git2", "reqwest", "rand", "keyring", "tempfile", "walkdir", "rustix"] {
            assert!(
                !normal_dependencies(package).iter().any(|d| d == forbidden),
                "{name} must not depend on {forbidden}"
            );
        }
    }
    for folder in ["crates/xcf-core/src", "crates/xcf-plan/src"] {
        for (file, text) in sources(folder) {
            let product = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            for call in [
                "std::fs::",
                "std::process::",
                "std::net::",
                "Timestamp::now(",
                "SystemTime::now(",
                "Instant::now(",
                "std::env::var",
            ] {
                assert!(!product.contains(call), "{} calls {call}", file.display());
            }
        }
    }
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../..").join(folder)];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path
                .file_name()
                .is_some_and(|n| n == "tests" || n == "tests.rs" || n == "testkit" || n == "testkit.rs");
            if path.is_dir() && !is_test {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !is_test {
                found.push((path.clone(), std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(found.len() > 3);
    found
}

/// Package of the card → what using it looks like in the sources of the crate that may know it.
const CARD: [(&str, &str, &str); 12] = [
    ("tauri", "src-tauri/src", "tauri::Builder"),
    ("tokio", "crates/xcf-run/src", "tokio::"),
    ("serde", "crates/xcf-core/src", "serde::"),
    ("serde_yaml", "crates/xcf-core/src", "serde_yaml::"),
    ("petgraph", "crates/xcf-plan/src", "petgraph::"),
    ("sqlx", "crates/xcf-store/src", "sqlx::"),
    ("git2", "crates/xcf-git/src", "git2::"),
    ("octocrab", "crates/xcf-git/src", "octocrab::"),
    ("keyring", "crates/xcf-secrets/src", "keyring"),
    ("opentelemetry", "crates/xcf-api/src", "opentelemetry::"),
    ("tracing", "crates/xcf-api/src", "tracing::"),
    ("regorus", "crates/xcf-plan/src", "regorus::"),
];

#[test]
fn card_every_package_is_really_used() {
    let metadata = metadata();
    for (package, folder, sign) in CARD {
        let declared = metadata.packages.iter().any(|p| {
            p.dependencies.iter().any(|d| {
                (d.rename.as_deref().unwrap_or(&d.name) == package || d.name == package)
                    && d.kind == DependencyKind::Normal
            })
        });
        assert!(declared, "{package} is on the design card and nobody depends on it");
        assert!(
            sources(folder).iter().any(|(_, text)| text.contains(sign)),
            "{package} is declared but {folder} never says {sign}"
        );
    }
}

#[test]
fn d4_tauri_is_known_to_the_shell_only() {
    for package in metadata().packages.iter().filter(|p| p.name.as_str() != "xcloudflow-desktop") {
        assert!(
            !package.dependencies.iter().any(|d| d.name.starts_with("tauri")),
            "{} must not know Tauri",
            package.name
        );
    }
}
