//! Repository-relative refs (`dsl §2`): extension optional, never out of the repository, symlinks included.

use std::collections::BTreeSet;
use xcf_core::diag::{Diagnostic, Place};
use xcf_core::ports::tree::{EntryKind, Tree};

/// Longest target of a symlink that is read, bytes.
const TARGET_LIMIT: u64 = 4096;
/// Symlinks followed before a path counts as a loop.
const MAX_HOPS: usize = 40;

/// Why a ref is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RefError {
    Empty,
    Absolute,
    Escapes,
    BadCharacter,
    SymlinkEscapes(String),
    SymlinkLoop(String),
    SymlinkUnreadable(String),
    Missing,
}

impl RefError {
    /// The diagnostic for `written` at `place`; `missing` is the code where nothing is there.
    pub(crate) fn diagnostic(&self, written: &str, missing: &str, place: Place) -> Diagnostic {
        let relative = "Write the path from the root of the repository, for example `modules/network`.";
        match self {
            Self::Empty => Diagnostic::error("bad-ref", "The ref is empty.", place).hint(relative),
            Self::Absolute => {
                Diagnostic::error("ref-leaves-repo", format!("`{written}` is an absolute path."), place).hint(relative)
            }
            Self::Escapes => Diagnostic::error(
                "ref-leaves-repo",
                format!("`{written}` contains `..`: a ref can't leave the repository."),
                place,
            )
            .hint(relative),
            Self::BadCharacter => {
                Diagnostic::error("bad-ref", format!("{written:?} contains a backslash or a control character."), place)
                    .hint("Write the path with `/`.")
            }
            Self::SymlinkEscapes(link) => Diagnostic::error(
                "symlink-leaves-repo",
                format!("`{written}` goes through the symlink {link}, which leaves the repository."),
                place,
            )
            .hint("Put the files into the repository."),
            Self::SymlinkLoop(link) => Diagnostic::error(
                "symlink-loop",
                format!("`{written}` goes through {link}, which leads back to itself."),
                place,
            )
            .hint("Remove one of the symlinks."),
            Self::SymlinkUnreadable(link) => {
                Diagnostic::error("unreadable-file", format!("The symlink {link} can't be read."), place)
            }
            Self::Missing => Diagnostic::error(missing, format!("There is nothing at `{written}`."), place),
        }
    }
}

/// A ref as a clean path: no `.`, no doubled or trailing `/`.
pub(crate) fn normalise(written: &str) -> Result<String, RefError> {
    if written.starts_with('/') || written.starts_with('~') || written.get(1..2) == Some(":") {
        return Err(RefError::Absolute);
    }
    if written.chars().any(|c| c == '\\' || c.is_control()) {
        return Err(RefError::BadCharacter);
    }
    let mut parts = Vec::new();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err(RefError::Escapes),
            other => parts.push(other),
        }
    }
    if parts.is_empty() { Err(RefError::Empty) } else { Ok(parts.join("/")) }
}

/// `base` joined with a relative `target` that may contain `..`; `None` if it leaves the repository.
pub(crate) fn join(base: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = base.split('/').filter(|p| !p.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// Folder of a path (`""` at the root).
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// The symlinks of a tree, for resolving paths through them.
#[derive(Debug, Default)]
pub(crate) struct Links {
    links: BTreeSet<String>,
}

impl Links {
    pub(crate) fn of(tree: &dyn Tree) -> Self {
        let link = tree.entries().iter().filter(|e| e.kind == EntryKind::Symlink);
        Self { links: link.map(|e| e.path.clone()).collect() }
    }

    /// The path behind every symlink on the way.
    pub(crate) fn resolve(&self, tree: &dyn Tree, path: &str) -> Result<String, RefError> {
        if self.links.is_empty() { Ok(path.to_owned()) } else { real_path(tree, path) }
    }

    /// Symlinks at or below `dir`.
    pub(crate) fn below<'a>(&'a self, dir: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        let inside = move |p: &&String| {
            dir.is_empty() || p.as_str() == dir || p.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'))
        };
        self.links.iter().filter(inside).map(String::as_str)
    }
}

/// The path behind every symlink on the way to `path`.
pub(crate) fn real_path(tree: &dyn Tree, path: &str) -> Result<String, RefError> {
    let is_link = |p: &str| tree.entry(p).is_some_and(|e| e.kind == EntryKind::Symlink);
    let first_link = |path: &str| {
        let ends = path.match_indices('/').map(|(i, _)| i).chain([path.len()]);
        ends.filter_map(|end| path.get(..end)).find(|p| is_link(p)).map(str::to_owned)
    };
    let mut path = path.to_owned();
    for _ in 0..MAX_HOPS {
        let Some(link) = first_link(&path) else { return Ok(path) };
        let bytes = tree.read(&link, TARGET_LIMIT).map_err(|_| RefError::SymlinkUnreadable(link.clone()))?;
        let target = std::str::from_utf8(&bytes).map_err(|_| RefError::SymlinkUnreadable(link.clone()))?;
        let real = join(parent(&link), target.trim_end_matches('\n'));
        let real = real.ok_or_else(|| RefError::SymlinkEscapes(link.clone()))?;
        let rest = path.get(link.len()..).unwrap_or_default().trim_start_matches('/');
        path = join(&real, rest).ok_or_else(|| RefError::SymlinkEscapes(link.clone()))?;
    }
    Err(RefError::SymlinkLoop(path))
}

/// What a module ref leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located {
    pub path: String,
    pub is_file: bool,
}

/// Finds the folder or file of a module ref; the extension of a file may be left out.
pub(crate) fn locate(tree: &dyn Tree, links: &Links, written: &str) -> Result<Located, RefError> {
    let path = links.resolve(tree, &normalise(written)?)?;
    if tree.entry(&path).is_some_and(|e| e.kind == EntryKind::File) {
        return Ok(Located { path, is_file: true });
    }
    if !tree.under(&path).is_empty() {
        return Ok(Located { path, is_file: false });
    }
    for extension in ["yaml", "yml"] {
        let file = links.resolve(tree, &format!("{path}.{extension}"))?;
        if tree.entry(&file).is_some_and(|e| e.kind == EntryKind::File) {
            return Ok(Located { path: file, is_file: true });
        }
    }
    Err(RefError::Missing)
}

/// The nearest of `known` to `text`, as a hint; empty if none is near.
pub(crate) fn suggestion<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near = known.into_iter().map(|k| (strsim::damerau_levenshtein(text, k), k)).min();
    match near {
        Some((distance, word)) if distance <= 1 + word.len() / 3 => format!("Did you mean `{word}`?"),
        _ => String::new(),
    }
}

/// The hint of [`suggestion`], else the list of what is known.
pub(crate) fn choices<'a>(text: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let near = suggestion(text, known.clone());
    let list: Vec<&str> = known.into_iter().take(20).collect();
    match (near.is_empty(), list.is_empty()) {
        (false, _) => near,
        (true, true) => String::new(),
        (true, false) => format!("Known: {}.", list.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dsl2_refs_can_t_leave_the_repository() {
        assert_eq!(normalise("./modules//net/").unwrap(), "modules/net");
        for bad in ["/etc/passwd", "../x", "modules/../../x", "a/..", "C:/x", "~/x"] {
            assert!(matches!(normalise(bad), Err(RefError::Absolute | RefError::Escapes)), "{bad}");
        }
        for bad in ["", ".", "a\\b", "a\0b"] {
            assert!(normalise(bad).is_err(), "{bad:?}");
        }
        assert_eq!(join("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join("a", "../../c"), None);
        assert_eq!(join("a", "/c"), None);
    }
}
