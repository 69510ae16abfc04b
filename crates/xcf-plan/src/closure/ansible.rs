//! What a playbook reads: roles, includes, variable files, templates and files, group_vars and host_vars, plugins and
//! pinned requirements.

use super::Walk;
use crate::content::is_yaml;
use crate::workspace::refs::parent;
use serde_yaml::Value;
use xcf_core::diag::Place;

/// Folders and files beside a playbook that Ansible takes by itself.
const BESIDE: [&str; 15] = [
    "ansible.cfg",
    "group_vars",
    "host_vars",
    "requirements.yml",
    "requirements.yaml",
    "roles/requirements.yml",
    "collections/requirements.yml",
    "library",
    "module_utils",
    "action_plugins",
    "filter_plugins",
    "lookup_plugins",
    "test_plugins",
    "vars_plugins",
    "callback_plugins",
];

/// Where a source stands: its folder, and the role it belongs to.
#[derive(Clone)]
struct Scope {
    file: String,
    dir: String,
    /// Folder of the playbook: `playbook_dir`.
    play_dir: String,
    /// Folder of the role: `role_path`.
    role: Option<String>,
}

impl Walk<'_> {
    pub(super) fn ansible(&mut self, module: &str, is_file: bool) {
        for file in self.own_yaml(module) {
            self.playbook(&file);
        }
        if !is_file {
            self.beside(module);
        }
        // Ansible reads the configuration of the folder it is started in.
        if self.exists("ansible.cfg") {
            self.add("ansible.cfg");
        }
    }

    pub(super) fn playbook(&mut self, file: &str) {
        if !is_yaml(file) || !self.is_file(file) {
            return;
        }
        self.add(file);
        let dir = parent(file).to_owned();
        self.beside(&dir);
        let scope = Scope { file: file.to_owned(), dir: dir.clone(), play_dir: dir, role: None };
        for document in self.yaml(file) {
            for play in document.as_sequence().into_iter().flatten() {
                self.play(play, &scope);
            }
        }
    }

    fn beside(&mut self, dir: &str) {
        for name in BESIDE {
            let path = if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") };
            if self.exists(&path) {
                self.add(&path);
            }
        }
    }

    fn play(&mut self, play: &Value, scope: &Scope) {
        if let Some(other) = play.get("import_playbook").or_else(|| play.get("ansible.builtin.import_playbook")) {
            self.include(other, scope, true);
        }
        for role in play.get("roles").and_then(Value::as_sequence).into_iter().flatten() {
            let name = role.as_str().or_else(|| role.get("role").or_else(|| role.get("name")).and_then(Value::as_str));
            self.role(name, scope);
        }
        if let Some(files) = play.get("vars_files") {
            self.paths_of(files, scope, &["vars"]);
        }
        for list in ["pre_tasks", "tasks", "post_tasks", "handlers"] {
            self.tasks(play.get(list), scope);
        }
        self.lookups(play, scope);
    }

    fn tasks(&mut self, list: Option<&Value>, scope: &Scope) {
        for task in list.and_then(Value::as_sequence).into_iter().flatten() {
            for inner in ["block", "rescue", "always"] {
                self.tasks(task.get(inner), scope);
            }
            let Some(map) = task.as_mapping() else { continue };
            for (key, value) in map {
                let Some(key) = key.as_str() else { continue };
                let action =
                    key.strip_prefix("ansible.builtin.").or_else(|| key.strip_prefix("ansible.legacy.")).unwrap_or(key);
                self.action(action, value, scope);
            }
        }
    }

    fn action(&mut self, action: &str, value: &Value, scope: &Scope) {
        match action {
            "include_role" | "import_role" => self.role(value.get("name").and_then(Value::as_str), scope),
            "include_tasks" | "import_tasks" | "include" => self.include(value, scope, false),
            "include_vars" => {
                let named = value.get("file").or_else(|| value.get("dir")).unwrap_or(value);
                self.paths_of(named, scope, &["vars"]);
            }
            "template" => self.source(value, scope, &["templates"]),
            "copy" | "unarchive" | "script" | "assemble" | "patch" => self.source(value, scope, &["files"]),
            "with_fileglob" | "with_first_found" | "with_file" | "with_filetree" | "with_lines" => {
                self.paths_of(value, scope, &["files"]);
            }
            _ => {}
        }
    }

    /// `src` of an action; on the managed host (`remote_src`) it is no file of ours.
    fn source(&mut self, value: &Value, scope: &Scope, folders: &[&str]) {
        let remote = value.get("remote_src").is_some_and(|r| r.as_bool() == Some(true) || r.as_str() == Some("yes"));
        if remote {
            return;
        }
        let free = value.as_str().map(|text| {
            let word =
                text.split_whitespace().find_map(|w| w.strip_prefix("src=")).or_else(|| text.split_whitespace().next());
            Value::String(word.unwrap_or_default().to_owned())
        });
        if let Some(src) = value.get("src").cloned().or(free) {
            self.paths_of(&src, scope, folders);
        }
    }

    fn paths_of(&mut self, value: &Value, scope: &Scope, folders: &[&str]) {
        let mut texts = Vec::new();
        super::yaml::strings(value, &mut texts);
        for text in texts {
            self.named(&text, scope, folders);
        }
    }

    /// A path as Ansible searches for it: beside the source, in its folder for the kind, in the role.
    fn named(&mut self, text: &str, scope: &Scope, folders: &[&str]) {
        let Some(path) = self.literal(text, scope) else { return };
        if path.from_root {
            self.add_first(&[path.text]);
            return;
        }
        let mut bases = vec![scope.dir.clone(), scope.play_dir.clone()];
        bases.extend(scope.role.clone());
        let mut candidates = Vec::new();
        for base in &bases {
            for folder in folders {
                candidates.extend(self.join_in(base, &format!("{folder}/{}", path.text)));
            }
            candidates.extend(self.join_in(base, &path.text));
        }
        candidates.dedup();
        let glob = path.text.contains(['*', '?', '[']);
        if glob {
            // The folder holds what the glob can match.
            candidates =
                candidates.iter().map(|c| parent(c.split(['*', '?', '[']).next().unwrap_or(c)).to_owned()).collect();
            candidates.retain(|c| !c.is_empty());
        }
        self.add_first(&candidates);
    }

    fn include(&mut self, value: &Value, scope: &Scope, is_playbook: bool) {
        let text = value.get("file").unwrap_or(value).as_str().unwrap_or_default().to_owned();
        let Some(path) = self.literal(&text, scope) else { return };
        let mut candidates: Vec<String> = match path.from_root {
            true => vec![path.text.clone()],
            false => [
                Some(scope.dir.clone()),
                scope.role.as_ref().map(|r| format!("{r}/tasks")),
                Some(scope.play_dir.clone()),
            ]
            .into_iter()
            .flatten()
            .filter_map(|base| self.join_in(&base, &path.text))
            .collect(),
        };
        candidates.dedup();
        self.add_first(&candidates);
        let Some(file) = candidates.into_iter().find(|c| self.is_file(c)) else { return };
        if is_playbook {
            self.playbook(&file);
        } else {
            self.task_file(&file, scope);
        }
    }

    fn task_file(&mut self, file: &str, scope: &Scope) {
        let scope = Scope { file: file.to_owned(), dir: parent(file).to_owned(), ..scope.clone() };
        for document in self.yaml(file) {
            self.tasks(Some(&document), &scope);
            self.lookups(&document, &scope);
        }
    }

    fn role(&mut self, name: Option<&str>, scope: &Scope) {
        let place = Place::file(&scope.file);
        let Some(name) = name.filter(|n| !n.contains("{{")) else {
            return self.unresolved(place, "A role is named by a variable");
        };
        let mut candidates: Vec<String> = Vec::new();
        let mut at = scope.play_dir.as_str();
        loop {
            candidates.extend(self.join_in(at, &format!("roles/{name}")));
            if at.is_empty() {
                break;
            }
            at = parent(at);
        }
        candidates.extend(self.join_in(&scope.play_dir, name));
        let Some(role) = candidates.iter().find(|c| !self.tree.under(c).is_empty()).cloned() else {
            return self.unresolved(place, format!("The role `{name}` is not in the repository"));
        };
        self.add(&role);
        let scope = Scope { role: Some(role.clone()), ..scope.clone() };
        let sources: Vec<String> = ["tasks", "handlers"]
            .iter()
            .flat_map(|folder| {
                self.tree.under(&format!("{role}/{folder}")).iter().map(|e| e.path.clone()).collect::<Vec<_>>()
            })
            .filter(|p| is_yaml(p))
            .collect();
        for file in sources {
            self.task_file(&file, &scope);
        }
        for meta in [format!("{role}/meta/main.yml"), format!("{role}/meta/main.yaml")] {
            if !self.is_file(&meta) {
                continue;
            }
            for document in self.yaml(&meta) {
                for dependency in document.get("dependencies").and_then(Value::as_sequence).into_iter().flatten() {
                    let name = dependency
                        .as_str()
                        .or_else(|| dependency.get("role").or_else(|| dependency.get("name")).and_then(Value::as_str));
                    self.role(name, &scope);
                }
            }
        }
    }

    /// `lookup('file', 'x')` in any text: a literal is followed, anything else widens.
    fn lookups(&mut self, value: &Value, scope: &Scope) {
        let mut texts = Vec::new();
        super::yaml::strings(value, &mut texts);
        for text in texts.iter().filter(|t| t.contains("lookup(") || t.contains("query(")) {
            for call in text.split("lookup(").chain(text.split("query(")).skip(1) {
                let mut words = call.split(['\'', '"']);
                let kind = words.nth(1).unwrap_or_default();
                let kind = kind.strip_prefix("ansible.builtin.").unwrap_or(kind);
                if !matches!(
                    kind,
                    "file" | "template" | "fileglob" | "first_found" | "csvfile" | "ini" | "unvault" | "lines"
                ) {
                    continue;
                }
                let literal = words.nth(1).filter(|l| !l.is_empty() && !l.contains("{{"));
                match literal {
                    Some(path) => self.named(path, scope, if kind == "template" { &["templates"] } else { &["files"] }),
                    None => {
                        self.unresolved(Place::file(&scope.file), format!("A lookup of `{kind}` has no literal path"))
                    }
                }
            }
        }
    }

    /// A path without variables; `playbook_dir` and `role_path` are known. Absolute paths are outside the repository.
    fn literal(&mut self, text: &str, scope: &Scope) -> Option<Literal> {
        let spaced = text.replace("{{ ", "{{").replace(" }}", "}}");
        for (variable, dir) in [("{{playbook_dir}}/", Some(&scope.play_dir)), ("{{role_path}}/", scope.role.as_ref())] {
            if let (Some(rest), Some(dir)) = (spaced.strip_prefix(variable), dir)
                && !rest.contains("{{")
            {
                return Some(Literal { text: self.join_in(dir, rest)?, from_root: true });
            }
        }
        if text.contains("{{") {
            self.unresolved(Place::file(&scope.file), format!("`{text}` holds a variable"));
            return None;
        }
        (!text.is_empty() && !text.starts_with('/') && !text.starts_with('~') && text.len() < 1024)
            .then(|| Literal { text: text.to_owned(), from_root: false })
    }
}

struct Literal {
    text: String,
    from_root: bool,
}
