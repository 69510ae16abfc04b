//! How much a document file may cost to read.

/// Limits on one file. A breach is an error with its own code, found before the cost is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file (`file-too-large`).
    pub bytes: usize,
    /// Nesting of maps and lists, aliases followed (`too-deep`).
    pub depth: usize,
    /// Nodes of one document as written (`too-many-nodes`).
    pub nodes: usize,
    /// Aliases of one document (`alias-limit`).
    pub aliases: usize,
    /// Nodes of one document with every alias followed (`alias-limit`).
    pub expanded: usize,
    /// Documents of one file (`too-many-documents`).
    pub documents: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1024 * 1024, depth: 64, nodes: 200_000, aliases: 1_000, expanded: 400_000, documents: 1_000 }
    }
}
