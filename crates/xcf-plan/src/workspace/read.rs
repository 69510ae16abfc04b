//! The document files of a tree, read in parallel with a deterministic result.

use super::finding::Finding;
use super::refs::Links;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::docs::check::{NotYet, not_yet_effective};
use xcf_core::docs::{AnyDoc, BrokenDoc, FileDocs, Kind, Limits, read_documents};
use xcf_core::ports::tree::{EntryKind, Tree};

/// A rego policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegoFile {
    /// Repository-relative path.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Largest rego file, bytes.
const REGO_LIMIT: u64 = 1024 * 1024;
/// The Config file.
pub(crate) const CONFIG_FILE: &str = ".xcf.yaml";

/// A document that is there but can't be read, with its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The file.
    pub file: String,
    /// What is still known of it; none: the whole file is unknown.
    pub known: Option<BrokenDoc>,
}

/// Everything read from the document files.
#[derive(Default)]
pub(crate) struct Documents {
    pub docs: Vec<AnyDoc>,
    pub rego: Vec<RegoFile>,
    pub unreadable: Vec<Unreadable>,
    pub findings: Vec<Finding>,
    /// Documents with an error of their own: shown, not acted on.
    pub faulty: BTreeSet<(String, usize)>,
    /// Per document, its fields without behaviour yet that only restrict.
    pub not_yet: HashMap<(String, usize), Vec<NotYet>>,
    /// True if a file stands in `envs/`, whatever it holds: then there is no implicit Environment.
    pub has_environment_files: bool,
}

#[derive(Default)]
struct FileRead {
    docs: Vec<AnyDoc>,
    unreadable: Vec<Unreadable>,
    findings: Vec<Finding>,
    faulty: Vec<(String, usize)>,
    not_yet: Vec<((String, usize), Vec<NotYet>)>,
}

enum Read {
    Docs(FileRead),
    Rego(Result<RegoFile, Finding>),
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

/// True for a path that `dsl` calls a document file.
pub(crate) fn is_document_file(path: &str) -> bool {
    path == CONFIG_FILE
        || is_yaml(path)
            && (is_environment_file(path) || path.starts_with("compositions/") || path.starts_with("policies/"))
}

/// `envs/*.y{a,}ml`: directly in the folder.
pub(crate) fn is_environment_file(path: &str) -> bool {
    is_yaml(path) && path.strip_prefix("envs/").is_some_and(|name| !name.contains('/'))
}

fn is_rego_file(path: &str) -> bool {
    path.starts_with("policies/") && path.ends_with(".rego") && !path.ends_with("_test.rego")
}

pub(crate) fn read(tree: &dyn Tree, links: &Links) -> Documents {
    let paths: Vec<&str> = tree
        .entries()
        .iter()
        .filter(|e| e.kind != EntryKind::Submodule)
        .map(|e| e.path.as_str())
        .filter(|p| is_document_file(p) || is_rego_file(p))
        .collect();
    let limits = Limits::default();
    let read: Vec<Read> = paths.par_iter().map(|path| read_one(tree, links, path, &limits)).collect();
    let mut all =
        Documents { has_environment_files: paths.iter().any(|p| is_environment_file(p)), ..Documents::default() };
    for one in read {
        match one {
            Read::Docs(file) => {
                all.docs.extend(file.docs);
                all.unreadable.extend(file.unreadable);
                all.findings.extend(file.findings);
                all.faulty.extend(file.faulty);
                all.not_yet.extend(file.not_yet);
            }
            Read::Rego(Ok(file)) => all.rego.push(file),
            Read::Rego(Err(finding)) => all.findings.push(finding),
        }
    }
    all
}

fn read_one(tree: &dyn Tree, links: &Links, path: &str, limits: &Limits) -> Read {
    let limit = if is_rego_file(path) { REGO_LIMIT } else { limits.bytes as u64 };
    let bytes = match links.resolve(tree, path) {
        Ok(real) => tree.read(&real, limit).map_err(|error| unreadable(path, &error)),
        Err(error) => Err(error.diagnostic(path, "unreadable-file", Place::file(path))),
    };
    if is_rego_file(path) {
        let text = bytes.and_then(|b| {
            String::from_utf8(b.to_vec())
                .map_err(|_| Diagnostic::error("not-utf8", format!("{path} is not UTF-8 text."), Place::file(path)))
        });
        return Read::Rego(text.map(|text| RegoFile { path: path.to_owned(), text }).map_err(Finding::new));
    }
    Read::Docs(match bytes {
        Ok(bytes) => sort_out(path, read_documents(path, &bytes, limits)),
        Err(diagnostic) => FileRead {
            unreadable: vec![Unreadable { file: path.to_owned(), known: None }],
            findings: vec![Finding::new(diagnostic)],
            ..FileRead::default()
        },
    })
}

fn sort_out(path: &str, file: FileDocs) -> FileRead {
    let mut read = FileRead {
        findings: file.diagnostics.into_iter().map(Finding::new).collect(),
        faulty: file.faulty.into_iter().map(|index| (path.to_owned(), index)).collect(),
        ..FileRead::default()
    };
    if file.broken && file.broken_names.is_empty() {
        read.unreadable.push(Unreadable { file: path.to_owned(), known: None });
    }
    let known = file.broken_names.into_iter().map(|b| Unreadable { file: path.to_owned(), known: Some(b) });
    read.unreadable.extend(known);
    for doc in file.docs {
        if let Some(finding) = misplaced(&doc) {
            read.findings.push(finding);
            continue;
        }
        let restricting: Vec<NotYet> = not_yet_effective(&doc).into_iter().filter(|f| f.restricts).collect();
        if !restricting.is_empty() {
            read.not_yet.push(((path.to_owned(), doc.index()), restricting));
        }
        read.docs.push(doc);
    }
    read
}

/// A Playbook or NativeResource is the content of a module: among the documents it has no effect.
fn misplaced(doc: &AnyDoc) -> Option<Finding> {
    let kind = doc.kind();
    if !matches!(kind, Kind::Playbook | Kind::NativeResource) {
        return None;
    }
    let message = format!("A {kind} has no effect here: it is the content of a module.");
    let diagnostic = Diagnostic::warning("misplaced-document", message, doc.place("/kind"))
        .hint("Move it to `playbooks/` or `modules/` and name it as `ref` of a module.");
    Some(Finding::new(diagnostic))
}

fn unreadable(path: &str, error: &xcf_core::ports::tree::TreeError) -> Diagnostic {
    use xcf_core::ports::tree::TreeError;
    let (code, hint) = match error {
        TreeError::TooLarge { .. } => ("file-too-large", "Split the file, or move data out of it."),
        TreeError::Missing(_) => ("unreadable-file", "The symlink leads nowhere."),
        TreeError::Unreadable { .. } => ("unreadable-file", "Check the file and its permissions."),
    };
    Diagnostic::error(code, format!("{error}."), Place::file(path)).hint(hint)
}
