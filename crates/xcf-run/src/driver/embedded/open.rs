//! Taking a run over and giving it back.

use xcf_core::actor::Actor;
use xcf_core::event::{DriverChange, EventKind, NewEvent, StreamId};
use xcf_core::ids::RunId;
use xcf_core::ports::clock::Clock;
use xcf_core::ports::store::{Store, StoreError};

use super::lease::Keeper;
use super::settings::DriveError;
use crate::driver::journal::{self, ENTRY_VERSION};
use crate::invariants::Checked;
use crate::machine::{Input, Run, RunSpec, Stamped};

/// Continues the run from its journal, or begins it.
pub(super) async fn read_or_begin<S: Store + ?Sized>(
    store: &S,
    clock: &dyn Clock,
    keeper: &Keeper,
    run: RunId,
    spec: Option<RunSpec>,
) -> Result<Checked, DriveError> {
    let failed = |error| DriveError::Store { run, error };
    let checked = match journal::load(store, run).await? {
        Some(checked) => checked,
        None => {
            let spec = spec.filter(|s| s.run == run).ok_or(DriveError::NeverBegun(run))?;
            let first = Stamped { at: clock.now(), input: Input::Begin { spec: Box::new(spec) } };
            let refused = |e: crate::invariants::Refused| DriveError::Refused { run, what: e.to_string() };
            let (checked, emits) = Checked::begin(&first).map_err(refused)?;
            append(store, keeper, journal::entry(None, checked.run(), &first, &emits)).await.map_err(failed)?;
            checked
        }
    };
    if checked.run().finished.is_none() {
        let event = driver_event(checked.run(), keeper, EventKind::DriverTaken, String::new(), clock);
        append(store, keeper, vec![event]).await.map_err(failed)?;
    }
    Ok(checked)
}

pub(super) fn driver_event(run: &Run, keeper: &Keeper, kind: EventKind, reason: String, clock: &dyn Clock) -> NewEvent {
    let change = DriverChange { holder: keeper.lease().holder.clone(), fence: keeper.lease().fence, reason };
    NewEvent {
        stream: StreamId::run(run.id),
        kind,
        version: ENTRY_VERSION,
        at: clock.now(),
        actor: Actor::system("driver"),
        change_set: Some(run.change_set),
        run: Some(run.id),
        unit: None,
        data: serde_json::to_value(change).unwrap_or_default(),
    }
}

pub(super) async fn append<S>(store: &S, keeper: &Keeper, events: Vec<NewEvent>) -> Result<(), StoreError>
where
    S: Store + ?Sized,
{
    let lease = keeper.lease();
    store.append_fenced(events, &lease.name, lease.fence).await.map(drop)
}

pub(super) async fn give_back<S: Store + ?Sized>(store: &S, keeper: &Keeper) {
    if let Err(error) = store.release(keeper.lease()).await {
        tracing::warn!(lease = %keeper.lease().name, %error, "the driver lease could not be given back");
    }
}
