//! Seeded mistakes, in test builds only: for each named invariant at least one that the simulation must catch.

/// A mistake the machine makes on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the name says what is done wrong; the list below says which invariant sees it")]
pub enum Bug {
    ApplyAgainBlindly,
    IgnoreOrder,
    IgnoreGates,
    TwoAtOnce,
    FailureStopsEverything,
    KeepLocks,
    EndEarly,
    StartAfterCancel,
    IgnoreConsent,
    IgnoreConcurrency,
    DoneWithoutRecord,
    IgnorePause,
    ReviveSkipped,
    SleepThrough,
    RollBackAlone,
    ReleaseSharedLock,
}

impl Bug {
    /// Every mistake with the invariant that must catch it.
    pub const ALL: [(Self, &'static str); 16] = [
        (Self::ApplyAgainBlindly, "I1"),
        (Self::IgnoreOrder, "I2"),
        (Self::IgnoreGates, "I3"),
        (Self::TwoAtOnce, "I4"),
        (Self::FailureStopsEverything, "I5"),
        (Self::KeepLocks, "I6"),
        (Self::EndEarly, "I6"),
        (Self::StartAfterCancel, "I7"),
        (Self::IgnoreConsent, "I8"),
        (Self::IgnoreConcurrency, "I9"),
        (Self::DoneWithoutRecord, "I10"),
        (Self::IgnorePause, "I11"),
        (Self::ReviveSkipped, "I12"),
        (Self::SleepThrough, "I13"),
        (Self::RollBackAlone, "I14"),
        (Self::ReleaseSharedLock, "I15"),
    ];
}
