//! What a module says of itself: its README, or the name inside it.

use crate::content::{ContentKind, documents};
use std::collections::BTreeSet;
use xcf_core::ports::tree::{EntryKind, Tree};

/// Bytes of a README that are looked at.
const LOOK_AT: u64 = 256 * 1024;
const LONGEST_TITLE: usize = 120;
const LONGEST_DESCRIPTION: usize = 400;

/// Title and description.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub title: Option<String>,
    pub description: String,
}

/// What the module at `path` says of itself. What can't be read says nothing: it is no fault of the module.
pub(super) fn told(tree: &dyn Tree, path: &str, is_file: bool, kinds: &BTreeSet<ContentKind>) -> Told {
    if is_file {
        return of_playbook(tree, path);
    }
    let readme = ["README.md", "readme.md", "Readme.md", "README"].iter().map(|n| format!("{path}/{n}"));
    let text = readme.filter_map(|file| text_of(tree, &file)).next();
    let mut told = text.map(|t| markdown(&t)).unwrap_or_default();
    let marker = [(ContentKind::Pulumi, "Pulumi.yaml"), (ContentKind::Kubernetes, "Chart.yaml")];
    for (_, file) in marker.iter().filter(|(kind, _)| kinds.contains(kind)) {
        let Some(text) = text_of(tree, &format!("{path}/{file}")) else { continue };
        let Some(Ok(document)) = documents(text.as_bytes()).into_iter().next() else { continue };
        let word = |key: &str| document.get(key).and_then(|v| v.as_str()).map(str::to_owned);
        told.title = told.title.or_else(|| word("name").map(|n| short(&n, LONGEST_TITLE)));
        if told.description.is_empty() {
            told.description = word("description").map(|d| short(&d, LONGEST_DESCRIPTION)).unwrap_or_default();
        }
    }
    told
}

/// The name of a playbook's first play, or of the document.
fn of_playbook(tree: &dyn Tree, path: &str) -> Told {
    let Some(text) = text_of(tree, path) else { return Told::default() };
    let Some(Ok(document)) = documents(text.as_bytes()).into_iter().next() else { return Told::default() };
    let play = document.as_sequence().and_then(|plays| plays.iter().find_map(|p| p.get("name")?.as_str()));
    let named = || document.get("metadata")?.get("name")?.as_str();
    Told { title: play.or_else(named).map(|t| short(t, LONGEST_TITLE)), description: comment(&text) }
}

/// The comment at the head of a file.
fn comment(text: &str) -> String {
    let lines = text.lines().skip_while(|l| l.trim().is_empty() || *l == "---");
    let lines: Vec<&str> =
        lines.map_while(|l| l.strip_prefix('#')).map(str::trim).take_while(|l| !l.is_empty()).collect();
    short(&lines.join(" "), LONGEST_DESCRIPTION)
}

fn text_of(tree: &dyn Tree, path: &str) -> Option<String> {
    let entry = tree.entry(path).filter(|e| e.kind == EntryKind::File && e.size <= LOOK_AT)?;
    let bytes = tree.read(&entry.path, LOOK_AT).ok()?;
    std::str::from_utf8(&bytes).ok().filter(|t| !t.contains('\0')).map(str::to_owned)
}

/// First heading and first paragraph of Markdown; badges, comments and rules are neither.
fn markdown(text: &str) -> Told {
    let mut told = Told::default();
    let (mut paragraph, mut fenced, mut commented) = (Vec::new(), false, false);
    for line in text.lines().map(str::trim) {
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
        }
        commented |= line.starts_with("<!--");
        let aside =
            fenced || commented || line.starts_with(['<', '|', '!', '`', '~', '=', '-']) || line.starts_with("[!");
        commented &= !line.contains("-->");
        if let (Some(heading), false) = (line.strip_prefix('#'), aside) {
            if !paragraph.is_empty() || told.title.is_some() && !told.description.is_empty() {
                break;
            }
            if told.title.is_none() {
                told.title =
                    Some(short(heading.trim_start_matches('#').trim(), LONGEST_TITLE)).filter(|t| !t.is_empty());
            }
        } else if line.is_empty() || aside {
            if !paragraph.is_empty() {
                break;
            }
        } else {
            paragraph.push(line);
        }
    }
    told.description = short(&paragraph.join(" "), LONGEST_DESCRIPTION);
    told
}

/// `text` on one line and cut at a whole character; control characters are left out.
fn short(text: &str, most: usize) -> String {
    let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean: String = clean.chars().filter(|c| !c.is_control()).collect();
    match clean.char_indices().nth(most) {
        Some((cut, _)) => format!("{}…", clean.get(..cut).unwrap_or_default().trim_end()),
        None => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issue4_1_titles_and_descriptions_come_from_the_readme() {
        let text = "<!-- generated\n by x -->\n[![ci](x)](y)\n\n# Network\n\nA private network with\none subnet per zone.\n\n## Usage\n";
        let told = markdown(text);
        assert_eq!(told.title.as_deref(), Some("Network"));
        assert_eq!(told.description, "A private network with one subnet per zone.");
        assert_eq!(markdown(""), Told::default());
        assert_eq!(markdown("Just text.\n\nMore.").description, "Just text.");
        assert_eq!(short(&"界".repeat(500), 10), format!("{}…", "界".repeat(10)));
    }
}
