//! One stack of undo and redo over everything that edits the working tree: graph, form and text (`D2.1`, `D12`). A step
//! is whole files before and after, so that taking it back restores the exact bytes; it may touch several files, and is
//! made, undone or redone wholly or not at all.

use crate::dto::{DraftDto, StepDto};
use crate::error::{Answer, Kind, Problem};
use crate::open::Workspace;
use std::sync::Mutex;

/// Steps that can be taken back.
const MOST_STEPS: usize = 200;
/// Bytes of text the stack keeps at most; the oldest steps go first.
const MOST_BYTES: usize = 64 << 20;

/// One file of a step. `None`: the file is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileChange {
    pub(crate) file: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// What a step did, for the words on the undo button: a stable kebab-case code and what it was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) code: &'static str,
    pub(crate) target: String,
}

/// One edit as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) label: Label,
    pub(crate) files: Vec<FileChange>,
}

impl Step {
    fn bytes(&self) -> usize {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        self.files.iter().map(|f| length(&f.before) + length(&f.after)).sum()
    }
    fn reversed(&self) -> Vec<FileChange> {
        let turn =
            |f: &FileChange| FileChange { file: f.file.clone(), before: f.after.clone(), after: f.before.clone() };
        self.files.iter().rev().map(turn).collect()
    }
}

#[derive(Debug, Default)]
struct Stacks {
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl Stacks {
    fn push(&mut self, step: Step) {
        self.undone.clear();
        self.done.push(step);
        let mut bytes: usize = self.done.iter().map(Step::bytes).sum();
        while self.done.len() > MOST_STEPS || (bytes > MOST_BYTES && self.done.len() > 1) {
            bytes -= self.done.remove(0).bytes();
        }
    }
}

/// Steps of this session, and the lock that lets one of them happen at a time.
#[derive(Debug, Default)]
pub(crate) struct History {
    stacks: Mutex<Stacks>,
    turn: tokio::sync::Mutex<()>,
}

impl History {
    /// Holds other edits off: between reading a text and writing what was made of it.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }
    /// The steps `undo` and `redo` would take, if any.
    pub(crate) fn next(&self) -> (Option<StepDto>, Option<StepDto>) {
        let shown = |step: Option<&Step>| {
            step.map(|s| StepDto {
                code: s.label.code.to_owned(),
                target: s.label.target.clone(),
                files: s.files.iter().map(|f| f.file.clone()).collect(),
            })
        };
        self.stacks.lock().map_or((None, None), |s| (shown(s.done.last()), shown(s.undone.last())))
    }
    fn with<T>(&self, work: impl FnOnce(&mut Stacks) -> T) -> Answer<T> {
        self.stacks.lock().map(|mut s| work(&mut s)).map_err(|_| Problem::internal("io", "the undo stack is lost"))
    }
}

impl Workspace {
    /// Writes the files of a step and remembers it; a step that changes nothing is none. Call with [`History::turn`] held.
    ///
    /// # Errors
    /// A file can't be written: those already written are put back.
    pub(crate) async fn perform(&self, label: Label, files: Vec<FileChange>) -> Answer<()> {
        let files: Vec<FileChange> = files.into_iter().filter(|f| f.before != f.after).collect();
        if files.is_empty() {
            return Ok(());
        }
        self.write_all(&files).await?;
        self.history.with(|s| s.push(Step { label, files }))
    }
    /// Use case: takes the newest step of this session back.
    ///
    /// # Errors
    /// Nothing to undo, or a file of it was changed by somebody else since: nothing is undone then.
    pub(crate) async fn undo(&self) -> Answer<DraftDto> {
        let turn = self.history.turn().await;
        let Some(step) = self.history.with(|s| s.done.last().cloned())? else {
            return Err(nothing("nothing-to-undo", "there is no edit of this session to take back"));
        };
        let files = step.reversed();
        self.still_there(&files).await?;
        self.write_all(&files).await?;
        self.history.with(|s| s.done.pop().map(|step| s.undone.push(step)))?;
        drop(turn);
        self.draft().await
    }
    /// Use case: does the step again that was undone last.
    ///
    /// # Errors
    /// Nothing to redo, or a file of it was changed by somebody else since: nothing is done then.
    pub(crate) async fn redo(&self) -> Answer<DraftDto> {
        let turn = self.history.turn().await;
        let Some(step) = self.history.with(|s| s.undone.last().cloned())? else {
            return Err(nothing("nothing-to-redo", "no edit of this session was taken back"));
        };
        self.still_there(&step.files).await?;
        self.write_all(&step.files).await?;
        self.history.with(|s| s.undone.pop().map(|step| s.done.push(step)))?;
        drop(turn);
        self.draft().await
    }
    async fn still_there(&self, files: &[FileChange]) -> Answer<()> {
        for change in files {
            if self.text_of(&change.file).await? != change.before {
                return Err(Problem::new(
                    Kind::Conflict,
                    "edit-conflict",
                    format!("{} was changed outside since that edit", change.file),
                )
                .hint("Nothing was changed. Look at the text diff."));
            }
        }
        Ok(())
    }
    async fn write_all(&self, files: &[FileChange]) -> Answer<()> {
        for (at, change) in files.iter().enumerate() {
            let Err(problem) = self.put(&change.file, change.after.clone()).await else { continue };
            for done in files.iter().take(at).rev() {
                self.put(&done.file, done.before.clone()).await?;
            }
            return Err(problem);
        }
        Ok(())
    }
    async fn put(&self, file: &str, text: Option<String>) -> Answer<()> {
        match text {
            Some(text) => self.write(file, text).await,
            None => self.delete(file).await,
        }
    }
}

fn nothing(code: &'static str, message: &str) -> Problem {
    Problem::new(Kind::Conflict, code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(target: &str, text: &str) -> Step {
        let change = FileChange { file: "a.yaml".into(), before: None, after: Some(text.into()) };
        Step { label: Label { code: "edit", target: target.into() }, files: vec![change] }
    }

    #[test]
    fn d12_a_new_step_ends_what_could_be_redone() {
        let mut stacks = Stacks::default();
        stacks.push(step("one", "1"));
        let undone = stacks.done.pop().unwrap();
        stacks.undone.push(undone);
        stacks.push(step("two", "2"));
        assert!(stacks.undone.is_empty());
        assert_eq!(stacks.done.len(), 1);
    }

    #[test]
    fn d12_the_stack_is_bounded_in_steps_and_bytes() {
        let mut stacks = Stacks::default();
        for n in 0..(MOST_STEPS + 5) {
            stacks.push(step(&n.to_string(), "x"));
        }
        assert_eq!(stacks.done.len(), MOST_STEPS);
        assert_eq!(stacks.done[0].label.target, "5");
        let big = "x".repeat(MOST_BYTES / 2 + 1);
        stacks.push(step("big", &big));
        stacks.push(step("bigger", &big));
        assert_eq!(stacks.done.len(), 1, "the newest step is always kept");
    }
}
