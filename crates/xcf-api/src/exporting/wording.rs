//! The words of an export: branch, title, and the text of the pull request with its plan.

use super::Parcel;
use crate::error::Answer;
use crate::open::{Loaded, Workspace};
use crate::reviewing::Case;
use xcf_core::changeset::ChangeSetState;
use xcf_core::secret::{Redactor, Secret};
use xcf_plan::render::{ApprovalNeed, Report, Reviewed, pull_request};

/// Around the plan in the text of a pull request; what people wrote around it stays theirs.
const BEGIN: &str = "<!-- xcloudflow:plan -->";
const END: &str = "<!-- /xcloudflow:plan -->";
/// Longest text of a pull request that all forges take.
pub(super) const LONGEST_BODY: usize = 60_000;
/// Longest branch name we make.
const LONGEST_BRANCH: usize = 48;
/// Longest text of people that is put before a plan; the rest stays in the commit.
const LONGEST_WORDS: usize = 16_000;

/// Which plans go into the text: also those of the working tree, for a look.
pub(super) const PREVIEWED: bool = true;
/// Only plans of commits.
pub(super) const EXPORTED: bool = false;

/// A branch name out of a title: `xcf/raise-the-replicas`.
pub(super) fn branch(title: &str) -> String {
    let mut name = String::new();
    for c in title.to_lowercase().chars() {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c),
            _ if !name.ends_with('-') && !name.is_empty() => name.push('-'),
            _ => {}
        }
        if name.len() >= LONGEST_BRANCH {
            break;
        }
    }
    let name = name.trim_matches('-');
    format!("xcf/{}", if name.is_empty() { "change" } else { name })
}

/// A title where nobody gave one.
pub(super) fn title(files: &[String], units: &[String], commits: &[String]) -> String {
    match (files, units, commits) {
        ([], _, [newest, ..]) => newest.clone(),
        ([file], _, _) => format!("Change {file}"),
        (_, [unit], _) => format!("Change {unit}"),
        (_, [_, ..], _) if units.len() <= 3 => format!("Change {}", units.join(", ")),
        (_, [_, ..], _) => format!("Change {} units in {} files", units.len(), files.len()),
        _ => format!("Change {} files", files.len()),
    }
}

/// `old` with its plan replaced by the one of `new`; without one of ours in it, `new` as it is.
pub(super) fn merged(old: &str, new: &str) -> String {
    match (section(old), section(new)) {
        (Some((before, _, after)), Some((_, plan, _))) => format!("{before}{plan}{after}"),
        // No plan to put there: what stands there is kept, an older plan included.
        (Some(_), None) => old.to_owned(),
        (None, _) => new.to_owned(),
    }
}

/// `old` with `plan` in the place of its plan; none if it has no place for one.
pub(super) fn with_plan(old: &str, plan: &str) -> Option<String> {
    let (before, _, after) = section(old)?;
    Some(format!("{before}{}{after}", wrapped(plan)))
}

fn wrapped(plan: &str) -> String {
    format!("{BEGIN}\n{plan}\n{END}")
}

/// What stands before, in, and after the plan.
fn section(text: &str) -> Option<(&str, &str, &str)> {
    let begin = text.find(BEGIN)?;
    let end = begin + text.get(begin..)?.find(END)? + END.len();
    Some((text.get(..begin)?, text.get(begin..end)?, text.get(end..)?))
}

/// The words of people at most so long.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl Workspace {
    /// First line of our comment, by which it is found again.
    pub(super) fn marker(&self) -> String {
        format!("<!-- xcloudflow:{} -->", self.uid)
    }
    /// The text of a pull request: what people say, then the plan where there is one.
    pub(super) async fn body(&self, parcel: &Parcel, message: Option<&str>, look: bool) -> Answer<String> {
        let words = cut(message.unwrap_or_default().trim(), LONGEST_WORDS);
        let cases = self.planned_cases(parcel, look).await?;
        let commit = parcel.head.as_ref().map(ToString::to_string).unwrap_or_default();
        let report = self.report(&cases, &commit, Vec::new());
        let plan = match cases.is_empty() {
            true => "_Not planned yet._".to_owned(),
            false => pull_request(&report, LONGEST_BODY.saturating_sub(words.len() + 200)),
        };
        let gap = if words.is_empty() { "" } else { "\n\n" };
        let text = format!("{words}{gap}{}\n", wrapped(&plan));
        let loaded = self.at_worktree().await?;
        Ok(self.redactor(&loaded, None).await.redact(&text))
    }
    /// Open ChangeSets of the branch at the parcel's commit.
    async fn planned_cases(&self, parcel: &Parcel, look: bool) -> Answer<Vec<Case>> {
        let ledger = self.ledger().await?;
        let own = self.identities.own().await;
        let mut cases = Vec::new();
        for (id, record) in &ledger.change_sets {
            let (Some(_), None) = (record.current(), &record.ended) else { continue };
            let case = self.case(&ledger, *id, &own).await?;
            if Some(&case.set.commit) == parcel.head.as_ref() && (look || !case.set.worktree) {
                cases.push(case);
            }
        }
        Ok(cases)
    }
    /// What the renderer needs of these ChangeSets.
    pub(super) fn report<'a>(&self, cases: &'a [Case], commit: &str, problems: Vec<String>) -> Report<'a> {
        let reviewed = |case: &'a Case| {
            // An open slot names who could fill it; and where nothing is awaited, an open one is asked for later, when
            // its unit can be planned.
            let awaited = case.state == ChangeSetState::AwaitingApproval;
            let need = |slot: crate::dto::ApprovalSlotDto| {
                let given_by = slot.person.filter(|_| slot.state == "approved");
                (awaited || given_by.is_some()).then_some(ApprovalNeed { role: slot.role, given_by })
            };
            Reviewed {
                change_set: &case.set,
                status: case.state.to_string(),
                approvals: case.detail_approvals().into_iter().filter_map(need).collect(),
            }
        };
        Report {
            marker: self.marker(),
            commit: commit.chars().take(12).collect(),
            changes: cases.iter().map(reviewed).collect(),
            problems,
        }
    }
    /// Knows every secret that the units of a tree name, and a token: the last sieve before a text leaves.
    pub(super) async fn redactor(&self, loaded: &Loaded, token: Option<&Secret>) -> Redactor {
        let mut redactor = Redactor::default();
        token.iter().for_each(|t| redactor.learn(t));
        let mut references = Vec::new();
        for source in loaded.model.units.iter().flat_map(|u| u.inputs.values()) {
            crate::recipe::secret_references(&source.value, &mut references);
        }
        references.sort();
        references.dedup();
        for reference in references {
            // A plan holds no value that could not be had.
            if let Ok(secret) = self.secrets.resolve(&reference).await {
                redactor.learn(&secret);
            }
        }
        redactor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_and_titles_are_made_of_what_changed() {
        assert_eq!(branch("Raise the replicas: 2 → 3!"), "xcf/raise-the-replicas-2-3");
        assert_eq!(branch("扩容"), "xcf/change");
        assert!(xcf_git::Repo::is_branch_name(&branch("../.. -rf ~^: x.lock ")));
        assert!(branch(&"long ".repeat(50)).len() <= LONGEST_BRANCH + 4);
        let (file, unit) = ("compositions/a.yaml".to_owned(), "prod/a/b".to_owned());
        assert_eq!(title(std::slice::from_ref(&file), &[], &[]), "Change compositions/a.yaml");
        assert_eq!(title(&[file.clone(), file], std::slice::from_ref(&unit), &[]), "Change prod/a/b");
        assert_eq!(title(&[], &[], &["Say so".to_owned()]), "Say so");
    }

    #[test]
    fn what_people_wrote_around_the_plan_stays_theirs() {
        let ours = format!("Why we do it.\n\n{}\n", wrapped("old plan"));
        let theirs = ours.replace("Why we do it.", "Better words.") + "Reviewed by hand.";
        let new = format!("Why we do it.\n\n{}\n", wrapped("new plan"));
        let merged = merged(&theirs, &new);
        assert_eq!(merged, format!("Better words.\n\n{}\nReviewed by hand.", wrapped("new plan")));
        assert_eq!(with_plan(&ours, "p").unwrap(), format!("Why we do it.\n\n{}\n", wrapped("p")));
        assert_eq!(with_plan("a text of somebody else", "p"), None);
        assert_eq!(super::merged("a text of somebody else", &new), new);
    }
}
