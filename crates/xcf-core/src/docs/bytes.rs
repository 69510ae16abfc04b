//! Bytes of a file to text.

use super::limits::Limits;
use crate::diag::{Diagnostic, Place};

/// The text of a file's bytes: UTF-8 without NUL, small enough.
pub(crate) fn text_of<'b>(file: &str, bytes: &'b [u8], limits: &Limits) -> Result<&'b str, Box<Diagnostic>> {
    if bytes.len() > limits.bytes {
        let message = format!("the file has {} bytes, the limit is {}; it was not read", bytes.len(), limits.bytes);
        let found = Diagnostic::error("file-too-large", message, Place::file(file));
        return Err(Box::new(found.hint("split it, or keep data out of documents")));
    }
    let wrong = |at: usize, what: &str| {
        let line = bytes.get(..at).unwrap_or_default().iter().filter(|b| **b == b'\n').count() + 1;
        let place = Place::new(file, u32::try_from(line).unwrap_or(0), 0);
        let found = Diagnostic::error("not-text", format!("{what} at byte {at}: documents are UTF-8 text"), place);
        Box::new(found.hint("save the file as UTF-8, or move it out of the document folders"))
    };
    let text = std::str::from_utf8(bytes).map_err(|e| wrong(e.valid_up_to(), "not UTF-8"))?;
    let control = |b: &u8| (*b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || *b == 0x7f;
    match bytes.iter().position(control) {
        Some(at) => Err(wrong(at, "a control character")),
        None => Ok(text),
    }
}
