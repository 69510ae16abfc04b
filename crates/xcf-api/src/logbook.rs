//! Log lines of units in runs: one private file per run and unit, redacted before a byte is written (`D2.7`, `D9`).

use crate::dto::{LogDto, LogLineDto};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use xcf_core::ids::UnitId;
use xcf_core::ports::runner::{ChildIdentity, EffectIo, LogStream, ResourceProgress, RunnerError};
use xcf_core::secret::Redactor;

/// Lines one answer holds at most; the reader asks again.
const MOST_LINES: usize = 2_000;
/// A log larger than this is not written further; the engine's own limit stops the engine long before.
const LARGEST: u64 = 128 << 20;

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    at: Timestamp,
    stream: LogStream,
    phase: String,
    text: String,
}

/// File of a unit's log inside `folder` (the Store's log folder).
pub(crate) fn file_of(folder: &Path, scope: &str, unit: &UnitId) -> PathBuf {
    folder
        .join(scope)
        .join(unit.environment.as_str())
        .join(unit.composition.as_str())
        .join(format!("{}.jsonl", unit.module))
}

/// Reads lines from number `from` (0-based count of lines already seen).
///
/// # Errors
/// The file can't be read; a file that is not there is an empty log.
pub(crate) fn read(file: &Path, from: u64, ended: bool) -> std::io::Result<LogDto> {
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(LogDto { lines: Vec::new(), next: from, ended });
        }
        Err(error) => return Err(error),
    };
    let skip = usize::try_from(from).unwrap_or(usize::MAX);
    let mut lines = Vec::new();
    let mut next = from;
    for text in BufReader::new(opened).lines().skip(skip) {
        if lines.len() == MOST_LINES {
            return Ok(LogDto { lines, next, ended: false });
        }
        // The last line may be half-written at this moment: it is read next time.
        let Ok(line) = serde_json::from_str::<Line>(&text?) else { break };
        next += 1;
        let stream = match line.stream {
            LogStream::Stdout => "stdout",
            LogStream::Stderr => "stderr",
            LogStream::Xcf => "xcf",
        };
        lines.push(LogLineDto {
            n: next,
            at: line.at.to_string(),
            stream: stream.to_owned(),
            phase: line.phase,
            text: line.text,
        });
    }
    Ok(LogDto { lines, next, ended })
}

/// Writes one unit's log while an effect runs, and passes the rest on.
pub(crate) struct LogIo {
    inner: Arc<dyn EffectIo>,
    file: Mutex<Option<File>>,
    phase: String,
    redactor: Redactor,
}

impl LogIo {
    /// A writer for `file`; lines carry `phase`. If the file can't be opened the run goes on without a log, and says so.
    pub(crate) fn open(file: &Path, phase: &str, redactor: Redactor, inner: Arc<dyn EffectIo>) -> Self {
        let opened =
            open(file).map_err(|error| tracing::warn!(%error, file = %file.display(), "the log can't be written"));
        Self { inner, file: Mutex::new(opened.ok()), phase: phase.to_owned(), redactor }
    }
    fn write(&self, stream: LogStream, text: &str) {
        let line = Line { at: Timestamp::now(), stream, phase: self.phase.clone(), text: self.redactor.redact(text) };
        let Ok(mut bytes) = serde_json::to_vec(&line) else { return };
        bytes.push(b'\n');
        let Ok(mut file) = self.file.lock() else { return };
        let Some(open) = file.as_mut() else { return };
        let full = open.metadata().is_ok_and(|m| m.len() > LARGEST);
        if full || open.write_all(&bytes).is_err() {
            tracing::warn!("the log is not written any further: too large, or the disk is full");
            *file = None;
        }
    }
}

fn open(file: &Path) -> std::io::Result<File> {
    if let Some(folder) = file.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(file)
}

#[async_trait]
impl EffectIo for LogIo {
    async fn started(&self, child: ChildIdentity) -> Result<(), RunnerError> {
        self.inner.started(child).await
    }
    fn line(&self, stream: LogStream, text: &str) {
        self.write(stream, text);
        self.inner.line(stream, &self.redactor.redact(text));
    }
    fn progress(&self, progress: ResourceProgress) {
        self.write(LogStream::Xcf, &format!("{}: {}", progress.address, progress.state));
        self.inner.progress(progress);
    }
}

/// For engine work outside a run (planning): nothing is journalled, every start is allowed.
pub(crate) struct NoJournal;

#[async_trait]
impl EffectIo for NoJournal {
    async fn started(&self, _: ChildIdentity) -> Result<(), RunnerError> {
        Ok(())
    }
    fn line(&self, _: LogStream, _: &str) {}
    fn progress(&self, _: ResourceProgress) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use xcf_core::secret::Secret;

    #[test]
    fn d2_7_no_secret_is_written_and_lines_are_numbered_across_reads() {
        let folder = tempfile::tempdir().unwrap();
        let unit: UnitId = "dev/net/vpc".parse().unwrap();
        let file = file_of(folder.path(), "R-1", &unit);
        let mut redactor = Redactor::default();
        redactor.learn(&Secret::new("hunter-22"));
        let io = LogIo::open(&file, "apply", redactor, Arc::new(NoJournal));
        io.line(LogStream::Stdout, "password is hunter-22");
        let first = read(&file, 0, false).unwrap();
        assert_eq!(first.lines[0].text, "password is <secret>");
        io.line(LogStream::Stderr, "more");
        let second = read(&file, first.next, true).unwrap();
        assert_eq!((second.lines.len(), second.lines[0].n, second.ended), (1, 2, true));
        assert!(!std::fs::read_to_string(&file).unwrap().contains("hunter"));
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_half_written_last_line_is_left_for_later() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.jsonl");
        std::fs::write(
            &file,
            "{\"at\":\"2026-01-01T00:00:00Z\",\"stream\":\"stdout\",\"phase\":\"a\",\"text\":\"b\"}\n{\"at\":",
        )
        .unwrap();
        assert_eq!(read(&file, 0, false).unwrap().next, 1);
    }
}
