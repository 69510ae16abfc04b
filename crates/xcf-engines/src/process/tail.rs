//! Reads the growing output files of an engine, line by line.

use super::files::{STDERR, STDOUT};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use xcf_core::ports::runner::LogStream;

/// Longer lines are given out in pieces, so that an engine without line ends can't fill our memory.
const MAX_LINE: usize = 1 << 20;
/// Most bytes taken from one file in one look.
const CHUNK: usize = 1 << 20;

/// Both files of one engine.
#[derive(Debug)]
pub struct Tail {
    streams: [Stream; 2],
}

#[derive(Debug)]
struct Stream {
    which: LogStream,
    path: PathBuf,
    file: Option<File>,
    partial: Vec<u8>,
}

/// Lines that came, and whether more stands in the files already.
pub struct Batch {
    pub lines: Vec<(LogStream, String)>,
    pub more: bool,
}

impl Tail {
    /// From the beginning of the files in `dir`.
    pub fn new(dir: &Path) -> Self {
        let stream = |which, name| Stream { which, path: dir.join(name), file: None, partial: Vec::new() };
        Self { streams: [stream(LogStream::Stdout, STDOUT), stream(LogStream::Stderr, STDERR)] }
    }

    /// What came since the last look.
    pub fn poll(&mut self) -> io::Result<Batch> {
        let mut batch = Batch { lines: Vec::new(), more: false };
        for stream in &mut self.streams {
            batch.more |= stream.poll(&mut batch.lines)?;
        }
        Ok(batch)
    }

    /// The last lines, if the engine ended without a line end.
    pub fn rest(&mut self) -> Vec<(LogStream, String)> {
        let rests = self.streams.iter_mut().filter(|s| !s.partial.is_empty());
        rests.map(|s| (s.which, text(&std::mem::take(&mut s.partial)))).collect()
    }
}

impl Stream {
    fn poll(&mut self, lines: &mut Vec<(LogStream, String)>) -> io::Result<bool> {
        if self.file.is_none() {
            self.file = match File::open(&self.path) {
                Ok(file) => Some(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(error),
            };
        }
        let Some(file) = &mut self.file else { return Ok(false) };
        let mut bytes = Vec::new();
        let read = file.take(CHUNK as u64).read_to_end(&mut bytes)?;
        for piece in bytes.split_inclusive(|&b| b == b'\n') {
            self.partial.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.partial.len() >= MAX_LINE {
                lines.push((self.which, text(&std::mem::take(&mut self.partial))));
            }
        }
        Ok(read == CHUNK)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn d7_tail_gives_whole_lines_and_the_rest_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let mut tail = Tail::new(dir.path());
        assert!(tail.poll().unwrap().lines.is_empty());
        let mut out = File::create(dir.path().join(STDOUT)).unwrap();
        out.write_all(b"one\r\ntw").unwrap();
        assert_eq!(tail.poll().unwrap().lines, [(LogStream::Stdout, "one".to_owned())]);
        out.write_all(b"o\n\xff\xfe end").unwrap();
        assert_eq!(tail.poll().unwrap().lines, [(LogStream::Stdout, "two".to_owned())]);
        assert_eq!(tail.rest(), [(LogStream::Stdout, "\u{fffd}\u{fffd} end".to_owned())]);
    }

    #[test]
    fn d7_a_line_without_end_is_cut_and_memory_stays_bounded() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(STDERR), vec![b'x'; 3 * MAX_LINE + 5]).unwrap();
        let mut tail = Tail::new(dir.path());
        let mut seen = 0;
        loop {
            let batch = tail.poll().unwrap();
            assert!(batch.lines.iter().all(|(_, l)| l.len() <= MAX_LINE + CHUNK));
            seen += batch.lines.iter().map(|(_, l)| l.len()).sum::<usize>();
            if !batch.more {
                break;
            }
        }
        assert_eq!(seen + tail.rest().iter().map(|(_, l)| l.len()).sum::<usize>(), 3 * MAX_LINE + 5);
    }
}
