//! Reads a playbook's own text before it runs: which file it is, its side file, and what in it would run although it is only planned.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::ports::runner::RunnerError;

use crate::error::io_error;
use crate::process::read_if_there;

/// The side file (`dsl §6`): `meta/xcf.yaml` beside the playbook, or `FILE.xcf.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SideFile {
    /// Declared inputs; none: not declared, everything is taken.
    pub inputs: Option<BTreeSet<String>>,
    /// Declared outputs.
    pub outputs: BTreeSet<String>,
    /// Outputs that are secrets.
    pub sensitive: BTreeSet<String>,
    /// Its repository path, if there is one.
    pub path: Option<String>,
}

/// The playbook's file, repository-relative. A folder holds `site.yml`, `playbook.yml` or `main.yml`; an extension may be left out.
pub fn locate(export: &Path, module: &str) -> Result<String, RunnerError> {
    let mut candidates = vec![module.to_owned(), format!("{module}.yml"), format!("{module}.yaml")];
    for name in ["site", "playbook", "main"] {
        candidates.extend(["yml", "yaml"].map(|end| format!("{module}/{name}.{end}")));
    }
    candidates.into_iter().find(|path| export.join(path).is_file()).ok_or_else(|| {
        let message = format!("{module} is no playbook, and no folder with site.yml, playbook.yml or main.yml");
        RunnerError::new("invalid-module", message).hint("correct the module's `ref`")
    })
}

/// The side file of a playbook.
///
/// # Errors
/// `invalid-module` if it is there and can't be understood.
pub fn side_file(export: &Path, playbook: &str) -> Result<SideFile, RunnerError> {
    let (folder, name) = playbook.rsplit_once('/').unwrap_or(("", playbook));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let at = |file: &str| if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
    for path in [at(&format!("{name}.xcf.yaml")), at(&format!("{stem}.xcf.yaml")), at("meta/xcf.yaml")] {
        let bytes = read_if_there(&export.join(&path)).map_err(|e| io_error(&format!("cannot read {path}"), &e))?;
        if let Some(bytes) = bytes {
            return parse_side_file(&bytes, path);
        }
    }
    Ok(SideFile::default())
}

fn parse_side_file(bytes: &[u8], path: String) -> Result<SideFile, RunnerError> {
    let wrong = |what: String| {
        let mut error = RunnerError::new("invalid-module", format!("{path}: {what}"));
        error.diagnostics = vec![Diagnostic::error("invalid-module", what, Place::file(&path))];
        error.hint("it takes `inputs`, `outputs` and `sensitive`, each a list of names or a map by name")
    };
    let value: Value = serde_yaml::from_slice(bytes).map_err(|e| wrong(format!("not readable as YAML: {e}")))?;
    let Some(map) = value.as_object() else { return Err(wrong("must be a map".to_owned())) };
    let names = |key: &str| -> Result<Option<BTreeSet<String>>, RunnerError> {
        match map.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(entries)) => Ok(Some(entries.keys().cloned().collect())),
            Some(Value::Array(items)) => {
                let texts: Option<BTreeSet<String>> = items.iter().map(|i| i.as_str().map(str::to_owned)).collect();
                texts.map(Some).ok_or_else(|| wrong(format!("`{key}` holds something that is no name")))
            }
            Some(_) => Err(wrong(format!("`{key}` must be a list of names or a map by name"))),
        }
    };
    let marked = |entries: Option<&Value>| -> BTreeSet<String> {
        let entries = entries.and_then(Value::as_object).into_iter().flatten();
        entries
            .filter(|(_, spec)| spec.get("sensitive") == Some(&Value::Bool(true)))
            .map(|(name, _)| name.clone())
            .collect()
    };
    let mut sensitive = names("sensitive")?.unwrap_or_default();
    sensitive.extend(marked(map.get("outputs")));
    Ok(SideFile {
        inputs: names("inputs")?,
        outputs: names("outputs")?.unwrap_or_default(),
        sensitive,
        path: Some(path),
    })
}

/// True if the file is a whole playbook; false: a list of tasks.
pub fn is_playbook(bytes: &[u8]) -> bool {
    let parsed: Option<serde_yaml::Value> = serde_yaml::from_slice(bytes).ok();
    let entries = parsed.as_ref().and_then(|v| v.as_sequence()).into_iter().flatten();
    entries.into_iter().any(|e| {
        e.get("hosts").is_some()
            || e.get("import_playbook").is_some()
            || e.get("ansible.builtin.import_playbook").is_some()
    })
}

/// Lines that would run for real while planning: `check_mode: false`, and `pipe` lookups, which run a command wherever they stand.
pub fn unchecked(export: &Path, playbook: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (path, text) in reachable(export, playbook) {
        for (index, line) in text.lines().enumerate() {
            let code = line.split(" #").next().unwrap_or_default().trim();
            let place = Place::new(&path, u32::try_from(index + 1).unwrap_or(u32::MAX), 0);
            if is_check_mode_off(code) {
                found.push(Diagnostic::error(
                    "check-mode-false",
                    "this task would run for real while it is only planned (`check_mode: false`)",
                    place,
                ));
            } else if !code.starts_with('#') && is_pipe(code) {
                found.push(Diagnostic::error(
                    "check-mode-false",
                    "a `pipe` lookup runs its command while it is only planned",
                    place,
                ));
            }
        }
    }
    found
}

fn is_check_mode_off(code: &str) -> bool {
    let code = code.trim_start_matches(['-', ' ', '{']);
    let Some(value) = code.strip_prefix("check_mode").map(str::trim_start).and_then(|rest| rest.strip_prefix(':'))
    else {
        return false;
    };
    let value = value.trim().trim_matches(['"', '\'', '}']).trim().to_lowercase();
    // A template can't be decided here; on anything but a plain yes the run itself is stopped.
    matches!(value.as_str(), "false" | "no" | "off" | "n" | "f" | "0")
}

fn is_pipe(code: &str) -> bool {
    let squeezed: String =
        code.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '"' { '\'' } else { c }).collect();
    ["lookup('pipe'", "query('pipe'", "q('pipe'", "('ansible.builtin.pipe'"].iter().any(|call| squeezed.contains(call))
        || squeezed.starts_with("with_pipe:")
}

/// The playbook and every file it names in plain words: imports, includes, roles.
fn reachable(export: &Path, playbook: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut open = vec![PathBuf::from(playbook)];
    let home = Path::new(playbook).parent().unwrap_or(Path::new("")).to_owned();
    while let Some(path) = open.pop() {
        let name = path.to_string_lossy().into_owned();
        if files.contains_key(&name) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(export.join(&path)) else { continue };
        if let Ok(value) = serde_yaml::from_str::<serde_yaml::Value>(&text) {
            let here = path.parent().unwrap_or(Path::new("")).to_owned();
            named_files(&value, &mut |kind, target| match kind {
                Named::File => open.push(normal(&here.join(target))),
                Named::Role => {
                    for base in [home.join("roles"), PathBuf::from("roles")] {
                        open.extend(role_files(export, &base.join(target)));
                    }
                }
            });
        }
        files.insert(name, text);
    }
    files
}

#[derive(Clone, Copy)]
enum Named {
    File,
    Role,
}

fn named_files(value: &serde_yaml::Value, see: &mut dyn FnMut(Named, &str)) {
    if let Some(items) = value.as_sequence() {
        items.iter().for_each(|item| named_files(item, see));
    }
    let Some(map) = value.as_mapping() else { return };
    for (key, inner) in map {
        let key = key.as_str().unwrap_or_default();
        match key.rsplit('.').next().unwrap_or(key) {
            "import_playbook" | "import_tasks" | "include_tasks" | "include" => {
                let target = inner.as_str().or_else(|| inner.get("file").and_then(|f| f.as_str()));
                // `import_tasks: x.yml key=value` is an old form; the file is its first word.
                if let Some(word) = target.and_then(|t| t.split_whitespace().next()) {
                    see(Named::File, word);
                }
            }
            "import_role" | "include_role" => {
                if let Some(name) = inner.get("name").and_then(|n| n.as_str()) {
                    see(Named::Role, name);
                }
            }
            "roles" | "dependencies" => {
                for role in inner.as_sequence().into_iter().flatten() {
                    let name = role
                        .as_str()
                        .or_else(|| role.get("role").or_else(|| role.get("name")).and_then(|n| n.as_str()));
                    if let Some(name) = name {
                        see(Named::Role, name);
                    }
                }
            }
            _ => named_files(inner, see),
        }
    }
}

fn role_files(export: &Path, role: &Path) -> Vec<PathBuf> {
    let role = normal(role);
    let mut files = Vec::new();
    for part in ["tasks", "handlers", "meta"] {
        for entry in walkdir::WalkDir::new(export.join(&role).join(part)).into_iter().flatten() {
            let yaml = entry.path().extension().is_some_and(|e| e == "yml" || e == "yaml");
            if let (true, Ok(path)) = (yaml, entry.path().strip_prefix(export)) {
                files.push(path.to_owned());
            }
        }
    }
    files
}

/// The path without `.` and `..`; never above the repository.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            std::path::Component::ParentDir => {
                out.pop();
            }
            std::path::Component::Normal(name) => out.push(name),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn write(dir: &Path, file: &str, text: &str) {
        let path = dir.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn d10_unchecked_tasks_are_found_through_imports_and_roles() {
        let dir = tempfile::tempdir().unwrap();
        write(
            dir.path(),
            "ops/site.yml",
            "- hosts: all\n  roles: [base]\n  tasks:\n    - import_tasks: more/x.yml\n    - debug: {msg: \"{{ lookup('pipe', 'id') }}\"}\n",
        );
        write(
            dir.path(),
            "ops/more/x.yml",
            "- command: id\n  check_mode: no # really\n# check_mode: false\n- command: id\n  check_mode: true\n",
        );
        write(dir.path(), "ops/roles/base/tasks/main.yml", "- shell: id\n  check_mode: 'false'\n");
        write(dir.path(), "ops/other.yml", "- hosts: all\n  check_mode: false\n");
        let places: Vec<String> = unchecked(dir.path(), "ops/site.yml").iter().map(|d| d.place.to_string()).collect();
        assert_eq!(places, ["ops/more/x.yml:2", "ops/roles/base/tasks/main.yml:2", "ops/site.yml:5"]);
    }

    #[test]
    fn dsl6_side_file_declares_outputs_and_secrets() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "p.yml", "");
        write(
            dir.path(),
            "p.xcf.yaml",
            "inputs: [a]\noutputs: {url: {}, token: {sensitive: true}}\nsensitive: [key]\n",
        );
        let side = side_file(dir.path(), "p.yml").unwrap();
        assert!(side.inputs.unwrap().contains("a") && side.outputs.contains("url"));
        assert_eq!(side.sensitive.into_iter().collect::<Vec<_>>(), ["key", "token"]);
        write(dir.path(), "p.xcf.yaml", "outputs: 3\n");
        assert_eq!(side_file(dir.path(), "p.yml").unwrap_err().code, "invalid-module");
    }

    #[test]
    fn dsl1_playbook_is_found_without_extension_or_as_a_folder() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a/site.yml", "");
        write(dir.path(), "b.yaml", "");
        assert_eq!(locate(dir.path(), "a").unwrap(), "a/site.yml");
        assert_eq!(locate(dir.path(), "b").unwrap(), "b.yaml");
        assert_eq!(locate(dir.path(), "c").unwrap_err().code, "invalid-module");
    }
}
