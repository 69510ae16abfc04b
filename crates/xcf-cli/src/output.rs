//! Data on stdout, everything else on stderr (`D15`).

use crate::args::{Color, Format};
use serde::Serialize;
use xcf_api::dto::{DiagnosticDto, ProblemDto};

const RED: &str = "\x1b[31m";
const YELLOW: &str = "\x1b[33m";
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

/// Applies `--color` for the whole process.
pub(crate) fn choose_color(color: Color) {
    match color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
}

/// Prints a value as JSON or YAML; false if the format is neither.
pub(crate) fn structured(value: &impl Serialize, format: Format) -> bool {
    let text = match format {
        Format::Json => serde_json::to_string_pretty(value).map_err(|e| e.to_string()),
        Format::Yaml => serde_yaml::to_string(value).map_err(|e| e.to_string()),
        _ => return false,
    };
    match text {
        Ok(text) => println!("{}", text.trim_end()),
        Err(error) => complain(&format!("the answer can't be printed: {error}"), ""),
    }
    true
}

/// A table with aligned columns; Markdown if asked for.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>], format: Format) {
    if format == Format::Markdown {
        println!("| {} |", head.join(" | "));
        println!("|{}", " --- |".repeat(head.len()));
        for row in rows {
            println!("| {} |", row.iter().map(|c| c.replace('|', "\\|")).collect::<Vec<_>>().join(" | "));
        }
        return;
    }
    let width = |column: usize| {
        rows.iter()
            .filter_map(|r| r.get(column))
            .map(|c| c.chars().count())
            .chain(head.get(column).map(|h| h.len()))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(c, w)| format!("{c}{}", " ".repeat(w.saturating_sub(c.chars().count()))))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    println!("{DIM}{}{RESET}", line(head.to_vec()));
    for row in rows {
        println!("{}", line(row.iter().map(String::as_str).collect()));
    }
}

/// One diagnostic as people read it.
pub(crate) fn diagnostic_text(d: &DiagnosticDto) -> String {
    let place = match (d.line, d.column) {
        (0, _) => d.file.clone(),
        (l, 0) => format!("{}:{l}", d.file),
        (l, c) => format!("{}:{l}:{c}", d.file),
    };
    let colour = match d.severity.as_str() {
        "error" => RED,
        "warning" => YELLOW,
        _ => DIM,
    };
    let mut text = format!("{place}: {colour}{}[{}]{RESET}: {}", d.severity, d.code, d.message);
    for other in &d.related {
        text.push_str(&format!("\n  {DIM}also {}:{}:{}{RESET}", other.file, other.line, other.column));
    }
    if !d.hint.is_empty() {
        text.push_str(&format!("\n  {DIM}hint: {}{RESET}", d.hint));
    }
    text
}

/// Diagnostics on stderr.
pub(crate) fn diagnostics(list: &[DiagnosticDto]) {
    for d in list {
        eprintln!("{}", diagnostic_text(d));
    }
}

/// A refusal on stderr; as JSON there too when JSON was asked for.
pub(crate) fn problem(problem: &ProblemDto, format: Format) {
    if format == Format::Json {
        eprintln!("{}", serde_json::to_string(problem).unwrap_or_default());
        return;
    }
    diagnostics(&problem.diagnostics);
    eprintln!("{RED}{BOLD}error[{}]{RESET}: {}", problem.code, problem.message);
    if !problem.hint.is_empty() {
        eprintln!("  {DIM}hint: {}{RESET}", problem.hint);
    }
}

/// An error of this shell itself.
pub(crate) fn complain(message: &str, hint: &str) {
    eprintln!("{RED}{BOLD}error{RESET}: {message}");
    if !hint.is_empty() {
        eprintln!("  {DIM}hint: {hint}{RESET}");
    }
}

/// A note on stderr, unless `--quiet`.
pub(crate) fn note(quiet: bool, text: &str) {
    if !quiet {
        eprintln!("{text}");
    }
}
