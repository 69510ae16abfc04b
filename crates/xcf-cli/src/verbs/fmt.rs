//! `xcf fmt [--check] [PATH…]`: documents as a careful person leaves them (`D15`); what that means stands in
//! `xcf_core::edit::format`. It needs no engine, no Store and no server.

use super::Outcome;
use crate::args::{FmtArgs, Global};
use crate::exit::Exit;
use crate::output::{complain, diagnostic_text, note, structured};
use serde::Serialize;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use xcf_api::dto::DiagnosticDto;
use xcf_core::docs::Limits;

/// What stands in `-o json`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// Files that were (with `--check`: would be) changed.
    formatted: Vec<String>,
    /// Files that were fine.
    unchanged: usize,
    /// What kept a file from being read; it was left alone.
    diagnostics: Vec<DiagnosticDto>,
}

pub(super) fn run(global: &Global, args: &FmtArgs) -> Outcome {
    let here = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
    let files = match chosen(&here, &args.paths) {
        Ok(files) => files,
        Err(why) => {
            complain(&why, "Name files or folders, or work inside a workspace (it has a .xcf.yaml).");
            return Ok(Exit::Usage);
        }
    };
    let mut report = Report::default();
    for file in files {
        let shown = file.strip_prefix(&here).unwrap_or(&file).display().to_string();
        let shown = shown.strip_prefix("./").unwrap_or(&shown).to_owned();
        match one(&file, &shown, args.check) {
            Ok(true) => report.formatted.push(shown),
            Ok(false) => report.unchanged += 1,
            Err(found) => report.diagnostics.extend(found),
        }
    }
    if !structured(&report, global.format) {
        report.formatted.iter().for_each(|file| println!("{file}"));
        report.diagnostics.iter().for_each(|d| eprintln!("{}", diagnostic_text(d)));
        let word = if args.check { "to format" } else { "formatted" };
        let (changed, same, broken) = (report.formatted.len(), report.unchanged, report.diagnostics.len());
        note(global.quiet, &format!("{changed} {word}, {same} fine, {broken} problems"));
    }
    Ok(match (report.diagnostics.is_empty(), args.check && !report.formatted.is_empty()) {
        (false, _) => Exit::Error,
        (true, true) => Exit::Changes,
        (true, false) => Exit::Ok,
    })
}

/// True if the file changed, or would with `check`.
fn one(file: &Path, shown: &str, check: bool) -> Result<bool, Vec<DiagnosticDto>> {
    let problem = |code: &str, message: String| {
        let place = xcf_core::diag::Place::file(shown);
        vec![DiagnosticDto::from(&xcf_core::diag::Diagnostic::error(code, message, place))]
    };
    let failed = |e: io::Error| problem("io", format!("{shown}: {e}"));
    let limit = Limits::default().bytes as u64;
    if fs::metadata(file).map_err(failed)?.len() > limit {
        return Err(problem("file-too-large", format!("the file has more than {limit} bytes")));
    }
    let bytes = fs::read(file).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|_| problem("not-text", "documents are UTF-8 text".to_owned()))?;
    let after = xcf_core::edit::format(shown, &text)
        .map_err(|found| found.iter().map(DiagnosticDto::from).collect::<Vec<_>>())?;
    if after == text {
        return Ok(false);
    }
    if !check {
        write(file, &after).map_err(failed)?;
    }
    Ok(true)
}

/// Written beside and renamed: a full disk never leaves half a file.
fn write(file: &Path, text: &str) -> io::Result<()> {
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = file.with_file_name(format!(".{name}.xcf-fmt"));
    let written = fs::write(&beside, text)
        .and_then(|()| fs::set_permissions(&beside, fs::metadata(file)?.permissions()))
        .and_then(|()| fs::rename(&beside, file));
    written.inspect_err(|_| drop(fs::remove_file(&beside)))
}

/// The files asked for; without any, every document file of the workspace.
fn chosen(here: &Path, paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in paths {
        let path = here.join(path);
        match fs::metadata(&path) {
            Ok(meta) if meta.is_dir() => below(&path, &mut files),
            Ok(_) => files.push(path),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        }
    }
    if paths.is_empty() {
        let full = here.canonicalize().map_err(|e| format!("{}: {e}", here.display()))?;
        let root = full.ancestors().find(|a| a.join(".xcf.yaml").is_file());
        let root = root.ok_or_else(|| "there is no workspace here".to_owned())?;
        let root = if root == full { here.to_path_buf() } else { root.to_path_buf() };
        files.push(root.join(".xcf.yaml"));
        ["compositions", "envs", "policies"].iter().for_each(|folder| below(&root.join(folder), &mut files));
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// YAML files below a folder; links are not followed.
fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && entry.file_name() != ".git" => below(&path, files),
            Ok(kind) if kind.is_file() && path.extension().is_some_and(|e| e == "yaml" || e == "yml") => {
                files.push(path);
            }
            _ => {}
        }
    }
}
