//! Secret text that cannot be printed, and the redactor every sink goes through (`D2.7`).

use std::fmt;
use zeroize::Zeroizing;

/// What every masked value is shown as.
pub const MASK: &str = "<secret>";

/// A secret text. Debug and Display print the mask; there is no `Serialize`. Wiped from memory on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of a secret text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }
    /// The plain text. Only for handing it to an engine, a cipher or a digest keyed by the workspace.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// Replaces every known secret in a text by the mask. Longest first, so that a secret containing another is masked whole.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    needles: Vec<Secret>,
}

/// Shorter texts would mask half of any log; they are masked by path, not by value.
const SHORTEST_NEEDLE: usize = 4;

impl Redactor {
    /// Learns a secret, also its JSON-escaped and each of its lines form. Texts shorter than four bytes are left to path masking.
    pub fn learn(&mut self, secret: &Secret) {
        let plain = secret.expose();
        let escaped = serde_json::to_string(plain).unwrap_or_default();
        let escaped = escaped.trim_matches('"').to_owned();
        let lines = plain.lines().filter(|l| plain.contains('\n') && !l.trim().is_empty()).map(str::to_owned);
        for form in [plain.to_owned(), escaped].into_iter().chain(lines) {
            if form.len() >= SHORTEST_NEEDLE && !self.needles.iter().any(|n| n.expose() == form) {
                self.needles.push(Secret::new(form));
            }
        }
        self.needles.sort_by_key(|n| std::cmp::Reverse(n.expose().len()));
    }
    /// `text` with every known secret masked.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for needle in &self.needles {
            if out.contains(needle.expose()) {
                out = out.replace(needle.expose(), MASK);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d2_7_secret_never_prints_and_redactor_masks_all_forms() {
        let s = Secret::new("pa\"ss\nword-two");
        assert_eq!(format!("{s:?} {s}"), "<secret> <secret>");
        let mut r = Redactor::default();
        r.learn(&s);
        assert_eq!(r.redact("x=pa\\\"ss\\nword-two;"), "x=<secret>;");
        assert_eq!(r.redact("tail word-two"), "tail <secret>");
    }
}
