//! Why a ChangeSet stands where it does, and what may be done with it now.

use crate::dto::{AllowedDto, SaidDto, line};
use crate::views::change::Review;
use xcf_core::changeset::{ChangeSetState as S, PolicyOutcome};
use xcf_core::said::list;

impl Review<'_> {
    /// Why it stands there and what comes next.
    pub(crate) fn why(&self) -> Vec<SaidDto> {
        if let Some(end) = &self.record.ended {
            return vec![ended(&end.reason, end.by.display_name(), end.state)];
        }
        let consents = self.missing_consents();
        match self.state {
            S::Draft => vec![SaidDto::new(
                "draft-not-applicable",
                "a draft of the working tree is never applicable; commit, then plan",
            )],
            S::Denied => vec![self.denial()],
            S::AwaitingApproval | S::Planned if !self.report.words.is_empty() => self.missing(),
            S::Approved if !consents.is_empty() => {
                let units = list(&consents);
                vec![
                    SaidDto::new("needs-consent", format!("the removal of {units} needs consent by name"))
                        .with("units", units),
                ]
            }
            S::Approved if self.record.runs.is_empty() => {
                vec![SaidDto::new("ready", "nothing is missing; apply starts it")]
            }
            _ => {
                let alone = self.run_why.is_empty();
                let driver = match alone {
                    true => SaidDto::new("no-driver-resume", "waiting for a driver; resume goes on"),
                    false => SaidDto::new("no-driver", "waiting for a driver"),
                };
                self.run_why.iter().cloned().chain(self.waiting_for_driver.then_some(driver)).collect()
            }
        }
    }
    /// What the policy's author wrote, with its place.
    fn denial(&self) -> SaidDto {
        let deny = self.change_set.policies.iter().find(|p| p.outcome == PolicyOutcome::Deny);
        deny.map_or_else(
            || SaidDto::new("policy-denies", "a policy denies it"),
            |p| SaidDto::plain(format!("{} ({})", p.message, p.place)),
        )
    }
    fn missing(&self) -> Vec<SaidDto> {
        let report = self.report;
        report.said.iter().zip(&report.words).map(|(said, words)| SaidDto::of(said, words.clone())).collect()
    }
    /// Every action with whether it may be done now, and why not.
    pub(super) fn allowed(&self) -> Vec<AllowedDto> {
        let open = !self.state.is_final();
        let running = !self.record.runs.is_empty() && open;
        let (id, state) = (self.change_set.id, self.state);
        let over =
            || vec![SaidDto::new("change-is-over", format!("{id} is {state}")).with("id", id).with("state", state)];
        let because = |code: &str, text: &str| vec![SaidDto::new(code, text)];
        let under_way = || because("run-under-way", "its run is under way");
        let can_apply = matches!(self.state, S::Approved | S::AwaitingApproval | S::Planned) && !running;
        let apply_why = match self.state {
            S::Draft => because("draft-not-applicable", "a draft is never applicable; commit and plan"),
            S::Denied => because("policy-denies", "a policy denies it"),
            _ if running => under_way(),
            _ => over(),
        };
        let reject_why = match running {
            true => because("run-under-way-cancel", "its run is under way; cancel it instead"),
            false => over(),
        };
        let idle = || because("nothing-runs", "nothing is running");
        let cancel_why = match self.state {
            S::Cancelling => because("being-cancelled", "it is being cancelled"),
            _ => idle(),
        };
        vec![
            self.approving(open, over()),
            rule("reject", open && !running && self.state != S::Draft, reject_why),
            rule("apply", can_apply, apply_why),
            rule("pause", matches!(self.state, S::Applying | S::Queued | S::Observing), idle()),
            rule("cancel", running && self.state != S::Cancelling, cancel_why),
            rule(
                "resume",
                matches!(self.state, S::Paused | S::Failed | S::Stuck) || (running && self.waiting_for_driver),
                because("not-resumable", "it is neither paused, failed nor without a driver"),
            ),
            rule("sign-off", self.run_signs, because("nothing-signs", "nothing waits for sign-off")),
            rule("replan", open && !running, if running { under_way() } else { over() }),
        ]
    }
    fn approving(&self, open: bool, over: Vec<SaidDto>) -> AllowedDto {
        let able = self.open_roles().into_iter().filter(|(_, _, able, _)| self.solo || able.is_some());
        let roles: Vec<String> = able.map(|(role, ..)| role.map(|r| r.to_string()).unwrap_or_default()).collect();
        let why = match self.state {
            S::Draft => {
                vec![SaidDto::new("draft-not-approvable", "a draft is never approvable; commit and plan")]
            }
            S::Denied => vec![SaidDto::new("policy-denies", "a policy denies it")],
            _ if !open => over,
            _ if self.report.words.is_empty() => vec![SaidDto::new("nothing-missing", "nothing is missing")],
            _ => {
                let none = SaidDto::new("no-identity-fits", "none of your identities can fill what is missing");
                std::iter::once(none).chain(self.missing()).collect()
            }
        };
        let allowed = open && !roles.is_empty() && !matches!(self.state, S::Draft | S::Denied);
        AllowedDto { roles, ..rule("approve", allowed, why) }
    }
}

/// Why a ChangeSet is over.
pub(super) fn ended(reason: &str, by: &str, state: S) -> SaidDto {
    match (reason, state) {
        ("", _) => SaidDto::new("ended-by", format!("by {by}")).with("who", by),
        (reason, S::Expired) => SaidDto::new("plan-too-old", reason),
        (reason, S::Superseded) => SaidDto::new("not-pending-any-more", reason),
        (reason, _) => SaidDto::plain(reason),
    }
}

fn rule(action: &str, allowed: bool, why_not: Vec<SaidDto>) -> AllowedDto {
    let why_not = if allowed { Vec::new() } else { why_not };
    AllowedDto { action: action.to_owned(), allowed, why_not: line(&why_not), why_not_said: why_not, roles: Vec::new() }
}
