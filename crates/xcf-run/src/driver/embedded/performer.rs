//! What a driver asks of the one who really does things.

use async_trait::async_trait;
use std::collections::BTreeMap;
use std::fmt;
use tokio::sync::{mpsc, oneshot};
use xcf_core::ids::{BlobId, ChangeSetId, Digest, EffectId, EnvName, RunId, UnitId};
use xcf_core::ports::runner::{CancelFlag, ChildIdentity, RunnerError};

use super::pump::Message;
use crate::machine::{Effect, Outcome};

/// One effect to be performed. It names everything by id and digest: plans and outputs travel as blobs.
#[derive(Debug, Clone)]
pub struct Job {
    /// Run.
    pub run: RunId,
    /// ChangeSet.
    pub change_set: ChangeSetId,
    /// Revision of the ChangeSet that is run.
    pub revision: u32,
    /// Environment.
    pub environment: EnvName,
    /// Id of the effect. Same effect, same id, across crashes.
    pub effect: EffectId,
    /// What to do.
    pub kind: Effect,
    /// How often this effect was begun, from 1 (0 for effects without an engine): a fresh work folder per count.
    pub issue: u32,
    /// The unit; none for [`Effect::ReadGates`].
    pub unit: Option<UnitId>,
    /// The unit's plan made inside this run (a `ChangeUnit` blob); none: the one in the ChangeSet.
    pub plan: Option<BlobId>,
    /// Digest at which the unit's gate counts: what was approved, or is to be.
    pub digest: Option<Digest>,
    /// Attempts to apply the unit that began in this run. Above 0 a new plan may be *covered* (`D6`).
    pub attempts: u32,
    /// The process of an earlier issue of *this* effect was journalled: adopt it, or take its exit status, or answer
    /// [`Outcome::Lost`]. Never start it again.
    pub resume: Option<ChildIdentity>,
    /// For [`Effect::Inspect`]: the lost apply's process and work folder; none if none was journalled.
    pub lost: Option<ChildIdentity>,
    /// For [`Effect::ReadGates`]: every unit with the digest its gate must be met at, and its plan made inside this run.
    pub units: BTreeMap<UnitId, (Digest, Option<BlobId>)>,
}

/// Tells the driver that an engine parent exists. Cheap to clone.
#[derive(Clone)]
pub struct Announcer {
    effect: EffectId,
    issue: u32,
    driver: mpsc::Sender<Message>,
}

impl fmt::Debug for Announcer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Announcer({}, issue {})", self.effect, self.issue)
    }
}

impl Announcer {
    pub(super) fn new(effect: EffectId, issue: u32, driver: mpsc::Sender<Message>) -> Self {
        Self { effect, issue, driver }
    }

    /// Returns only after the process stands in the journal, durably; the engine may begin then.
    ///
    /// # Errors
    /// `not-journalled`: the driver is gone, was fenced off, or may start nothing. Run nothing, and answer the effect with
    /// this very error.
    pub async fn started(&self, child: ChildIdentity) -> Result<(), RunnerError> {
        let (reply, journalled) = oneshot::channel();
        let message = Message::Started { id: self.effect, issue: self.issue, child, reply };
        let refused =
            |why: &str| RunnerError::new("not-journalled", format!("effect {} may not begin: {why}", self.effect));
        self.driver.send(message).await.map_err(|_| refused("its driver is gone"))?;
        match journalled.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(refused(&why)),
            Err(_) => Err(refused("its driver is gone")),
        }
    }
}

/// Performs effects. The driver calls `perform` once per issue, in a task of its own; many run at once (one per unit).
///
/// | effect | does | answers |
/// | --- | --- | --- |
/// | `ReadGates` | folds approvals and consents of the ChangeSet for `job.units` | `Gates` |
/// | `Admit{reverse}` | decides by `admit` (`D8`) and appends `unit.admitted` by compare-and-set; asked twice it grants the same locks again; `reverse`: only locks count | `Admitted` · `NotAdmitted` |
/// | `Plan` | plans, judges by policy and gate, writes the new `ChangeUnit` as a blob, compares with `job.digest`; `Covered` only if `job.attempts > 0` | `Planned` |
/// | `Rekey` | re-keys engine state from the former id; doing it twice is the same | `Rekeyed` |
/// | `Backup` | takes every kind of the route; doing it twice is harmless | `BackedUp` |
/// | `Apply{attempt}` | checks freshness (state serial, closure, inputs, engine version), applies exactly the plan, records outputs | `Applied` · `Destroyed` · `Stale` |
/// | `Inspect` | finds out what became of the lost apply (`job.lost`) | `Inspected` |
/// | `CollectOutputs` | records outputs of what the engine had finished | `Applied` · `Destroyed` |
/// | `Verify` | checks that a plan now is empty | `Verified` |
/// | `Reverse` | plans the way back from what is there now and applies it; doing it twice is the same | `Reversed` |
///
/// The driver appends every `unit.*` event itself, with the answer that caused it; only `unit.admitted` is the performer's.
///
/// Every effect may also answer `Failed` (code `engine-cancelled` after a stop; `retryable` decides about another try), and one
/// with an engine `Lost`: neither an exit status nor a living process. A task that panics counts as `Lost`. `NotBegun` is the
/// driver's own word: a performer whose journalled process was never let go tries to start another and passes on the refusal.
///
/// The future may be dropped at any await point (the driver leaves or is fenced off): what must survive that – the engine, its
/// exit status – lives in `xcf __child` and its files, not in the future.
#[async_trait]
pub trait Performer: Send + Sync + 'static {
    /// Performs one effect. Calls `announce.started` after the engine's parent process exists and before the engine begins; not
    /// at all if it starts no process or adopts `job.resume`. Looks at `cancel` and stops softly, then hard.
    async fn perform(&self, job: Job, announce: Announcer, cancel: CancelFlag) -> Outcome;
}
