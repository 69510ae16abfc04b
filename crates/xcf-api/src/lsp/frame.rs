//! `Content-Length` framing that no input can bring down: lengths are limited before anything is allocated, a broken
//! header is told and reading goes on at the next header that can be found.

use std::io::{self, BufRead, BufReader, Read};

/// Largest message that is read, bytes; a larger one is skipped.
const LARGEST: u64 = 32 << 20;
/// Longest header line.
const LONGEST_LINE: u64 = 8 << 10;

/// What came in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// The bytes of one message.
    Body(Vec<u8>),
    /// Something that is no message; in words.
    Refused(String),
    /// The stream is over.
    End,
}

/// Frames of a stream.
pub(super) struct Frames<R> {
    input: BufReader<R>,
    length: Option<u64>,
    /// Header lines that are no headers were told already, up to the next body.
    told: bool,
}

impl<R: Read> Frames<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input: BufReader::new(input), length: None, told: false }
    }
    /// The next frame; waits for it.
    ///
    /// # Errors
    /// The stream can't be read.
    pub(super) fn next(&mut self) -> io::Result<Frame> {
        loop {
            let mut line = Vec::new();
            let read = (&mut self.input).take(LONGEST_LINE).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(Frame::End);
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                match self.length.take() {
                    Some(length) => return self.body(length),
                    None => continue,
                }
            }
            if let Some(refused) = self.header(&line) {
                return Ok(refused);
            }
        }
    }
    fn header(&mut self, line: &[u8]) -> Option<Frame> {
        let text = String::from_utf8_lossy(line).to_ascii_lowercase();
        // Behind a message whose length was wrong the next header starts in the middle of a line.
        let refused = match text.rfind("content-length:").and_then(|at| text.get(at + 15..)) {
            Some(number) => match number.trim().parse() {
                Ok(length) => {
                    self.length = Some(length);
                    return None;
                }
                Err(_) => "Content-Length is not a number of bytes",
            },
            None if text.starts_with("content-type:") => return None,
            None => "a header line is neither Content-Length nor Content-Type",
        };
        (!std::mem::replace(&mut self.told, true)).then(|| Frame::Refused(refused.to_owned()))
    }
    fn body(&mut self, length: u64) -> io::Result<Frame> {
        self.told = false;
        if length > LARGEST {
            io::copy(&mut (&mut self.input).take(length), &mut io::sink())?;
            return Ok(Frame::Refused(format!("a message of {length} bytes is more than the {LARGEST} read here")));
        }
        let mut body = Vec::new();
        // Grows with what comes, not with what is promised.
        (&mut self.input).take(length).read_to_end(&mut body)?;
        Ok(if (body.len() as u64) < length { Frame::End } else { Frame::Body(body) })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn all(input: &[u8]) -> Vec<Frame> {
        let mut frames = Frames::new(input);
        let mut found = Vec::new();
        loop {
            match frames.next().unwrap() {
                Frame::End => return found,
                frame => found.push(frame),
            }
        }
    }

    #[test]
    fn s7_frames_go_on_after_a_wrong_length() {
        let frames = all(b"Content-Length: 2\r\n\r\n{}Content-Length: 1\r\n\r\n{}Content-Length: 3\r\n\r\n[1]");
        assert_eq!(frames.first(), Some(&Frame::Body(b"{}".to_vec())));
        assert_eq!(frames.get(1), Some(&Frame::Body(b"{".to_vec())));
        assert_eq!(frames.last(), Some(&Frame::Body(b"[1]".to_vec())));
    }

    #[test]
    fn s7_a_length_that_is_none_is_told_once() {
        let frames = all(b"Content-Length: many\r\nContent-Length: -1\r\n\r\nContent-Length: 2\r\n\r\n{}");
        assert!(matches!(frames.as_slice(), [Frame::Refused(_), Frame::Body(_)]), "{frames:?}");
    }

    #[test]
    fn s7_a_promise_of_more_than_there_is_allocates_nothing() {
        assert_eq!(
            all(b"Content-Length: 18446744073709551615\r\n\r\n{}"),
            [Frame::Refused("a message of 18446744073709551615 bytes is more than the 33554432 read here".to_owned())]
        );
        assert_eq!(all(b"Content-Length: 33554432\r\n\r\n{}"), []);
    }
}
