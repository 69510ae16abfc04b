//! `xcf pr check`: plans against the base and tells the pull request: one comment, updated in place, and a check on the
//! commit that gates the merge. Where to tell it is read from the base, never from what is judged.

use super::sending::{outcome_word, same_text};
use super::wording::{LONGEST_BODY, with_plan};
use crate::dto::{PlanRequest, PlanResponse, PrCheckDto, PrCheckRequest, PullRequestDto};
use crate::error::{Answer, Problem};
use crate::http::Acting;
use crate::open::{Workspace, blocking};
use crate::reviewing::Case;
use xcf_core::ids::{ChangeSetId, CommitId};
use xcf_core::ports::forge::{Check, CheckState, Forge, Outcome, PullRequest};
use xcf_plan::render::{check_line, pull_request};

/// Name of the check; branch protection asks for it.
const CONTEXT: &str = "xcloudflow/plan";

/// Everything that is told.
struct Told<'a> {
    cases: &'a [Case],
    problems: Vec<String>,
    state: CheckState,
    head: &'a CommitId,
}

impl Workspace {
    /// Use case: plan, render, tell. What the forge refuses is no error of the call: it stands in `problem`, beside the
    /// plan.
    ///
    /// # Errors
    /// As planning.
    pub(crate) async fn pr_check(&self, request: &PrCheckRequest, acting: &Acting) -> Answer<PrCheckDto> {
        let (repo, head) = (self.repo.clone(), request.head.clone());
        let head = blocking(move || match head {
            Some(revision) => Ok(repo.resolve(&revision)?),
            None => Ok(repo.head_commit()?),
        })
        .await?;
        let base = self.check_base(request, &head).await?;
        let asked = PlanRequest {
            environments: request.environments.clone(),
            base: base.as_ref().map(ToString::to_string),
            head: request.head.clone(),
            ..PlanRequest::default()
        };
        let planned = self.plan(&asked, acting).await?;
        let ledger = self.ledger().await?;
        let own = self.identities.own().await;
        let mut cases = Vec::new();
        for change in &planned.change_sets {
            let id: ChangeSetId = change.summary.id.parse().map_err(|e| Problem::internal("bad-id", e))?;
            cases.push(self.case(&ledger, id, &own).await?);
        }
        let problems = problems_of(&planned);
        let told = Told { state: state_of(&planned, &problems), cases: &cases, problems, head: &head };
        let report = self.report(told.cases, head.as_str(), told.problems.clone());
        let loaded = self.at_commit(&head).await?;
        let redactor = self.redactor(&loaded, None).await;
        let mut done = PrCheckDto {
            commit: head.to_string(),
            state: state_word(told.state).to_owned(),
            summary: redactor.redact(&check_line(&report)),
            markdown: redactor.redact(&pull_request(&report, LONGEST_BODY)),
            change_sets: planned.change_sets.clone(),
            diagnostics: planned.diagnostics.clone(),
            pull_request: None,
            comment: None,
            comment_url: None,
            checked: false,
            problem: None,
        };
        if !request.silent
            && let Err(problem) = self.tell(request, &told, base.as_ref(), &mut done).await
        {
            done.problem = Some(problem.dto());
        }
        Ok(done)
    }

    async fn tell(
        &self,
        request: &PrCheckRequest,
        told: &Told<'_>,
        base: Option<&CommitId>,
        done: &mut PrCheckDto,
    ) -> Answer<()> {
        // A change to `.xcf.yaml` must not choose where its own judgement is sent.
        let judge = self.at_commit(base.unwrap_or(told.head)).await?;
        let forge = self.forge(&judge.model, "origin", true).await?;
        let loaded = self.at_commit(told.head).await?;
        let redactor = self.redactor(&loaded, Some(forge.token())).await;
        let report = self.report(told.cases, told.head.as_str(), told.problems.clone());
        let found = self.find_pull_request(request, forge.as_ref()).await?;
        let mut url = None;
        if let Some(found) = &found {
            let text = redactor.redact(&pull_request(&report, forge.limits().comment));
            let posted = forge.comment(found.number, &self.marker(), &text).await?;
            done.comment = Some(outcome_word(posted.outcome).to_owned());
            done.comment_url.clone_from(&posted.url);
            url = posted.url.or_else(|| found.url.clone());
            let room = LONGEST_BODY.min(forge.limits().body).saturating_sub(found.body.len());
            let plan = redactor.redact(&pull_request(&report, room.max(2_000)));
            let outcome = match with_plan(&found.body, &plan) {
                Some(body) if !same_text(&body, &found.body) && body.len() <= forge.limits().body => {
                    forge.update(found.number, &found.title, &body).await?;
                    Outcome::Updated
                }
                _ => Outcome::Unchanged,
            };
            done.pull_request = Some(PullRequestDto {
                number: found.number,
                url: found.url.clone(),
                title: found.title.clone(),
                outcome: outcome_word(outcome).to_owned(),
            });
        }
        let description = redactor.redact(&check_line(&report));
        let check = Check { context: CONTEXT.to_owned(), state: told.state, description, url };
        forge.check(told.head.as_str(), &check).await?;
        done.checked = true;
        Ok(())
    }

    async fn find_pull_request(&self, request: &PrCheckRequest, forge: &dyn Forge) -> Answer<Option<PullRequest>> {
        if let Some(number) = request.pull_request {
            return Ok(Some(forge.get(number).await?));
        }
        match self.repo.head()?.branch {
            Some(branch) => Ok(forge.find(&branch).await?),
            None => Ok(None),
        }
    }

    /// What the plan is compared with: what was asked for, else where head left the default branch.
    async fn check_base(&self, request: &PrCheckRequest, head: &CommitId) -> Answer<Option<CommitId>> {
        let default = self.at_commit(head).await?.model.config.as_ref().and_then(|c| c.spec.branch.clone());
        let default = default.unwrap_or_else(|| "main".to_owned());
        let (repo, asked, head) = (self.repo.clone(), request.base.clone(), head.clone());
        blocking(move || {
            let base = match asked {
                Some(revision) => Some(repo.resolve(&revision)?),
                None => repo.branch_commit(&default)?,
            };
            match base {
                Some(base) => Ok(repo.merge_base(&base, &head)?.filter(|fork| fork != &head)),
                None => Ok(None),
            }
        })
        .await
    }
}

/// Units that could not be planned, and errors of the workspace.
fn problems_of(planned: &PlanResponse) -> Vec<String> {
    let errors = planned.diagnostics.iter().filter(|d| d.severity == "error");
    let mut problems: Vec<String> = errors.map(|d| format!("{}:{}: {}", d.file, d.line, d.message)).collect();
    for unit in planned.change_sets.iter().flat_map(|c| &c.units).filter(|u| u.action == "plan-failed") {
        let why = unit.diagnostics.first().map(|d| d.message.as_str()).unwrap_or("no reason is given");
        problems.push(format!("{}: {why}", unit.id));
    }
    problems
}

fn state_of(planned: &PlanResponse, problems: &[String]) -> CheckState {
    let sets = &planned.change_sets;
    if !problems.is_empty() {
        CheckState::Error
    } else if sets.iter().any(|c| c.summary.status == "Denied" || c.policies.iter().any(|p| p.outcome == "deny")) {
        CheckState::Failure
    } else if sets.iter().any(|c| c.summary.status == "AwaitingApproval") {
        CheckState::Pending
    } else {
        CheckState::Success
    }
}

fn state_word(state: CheckState) -> &'static str {
    match state {
        CheckState::Pending => "pending",
        CheckState::Success => "success",
        CheckState::Failure => "failure",
        CheckState::Error => "error",
    }
}
