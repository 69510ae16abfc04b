//! A Store in memory with fail points, and a world of scripted engines that outlive their driver.

use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use xcf_core::actor::Actor;
use xcf_core::event::{Event, EventKind, NewEvent, StreamId};
use xcf_core::ids::{BlobId, ChangeSetId, Digest, EffectId, RunId, UnitId};
use xcf_core::ports::clock::Clock;
use xcf_core::ports::runner::{CancelFlag, ChildIdentity, Inspection, RunnerError, Stop};
use xcf_core::ports::store::{Blobs, EventLog, Lease, Leases, Store, StoreError};

use crate::driver::embedded::{
    Announcer, DriveEnd, DriveError, Driver, Job, LEASE_TTL, Performer, Settings, WhenIdle, control_event,
};
use crate::machine::tests::kit::{applied, child, facts, id, planned, start_time};
use crate::machine::{Control, Effect, Gates, Outcome, RunSpec, UnitFacts, Verdict};
use xcf_core::route::Gate;

/// What an append does instead of succeeding.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    Io {
        durable: bool,
    },
    /// The driver dies right after the first append that holds this, which is durable.
    After(EventKind),
    Fenced,
}

/// What becomes of engine processes when their driver dies.
#[derive(Debug, Clone, Copy)]
pub enum Made {
    Survives,
    DiesBefore,
    DiesHalfway,
    DiesAfter,
}

#[derive(Default)]
struct Inner {
    log: Vec<Event>,
    appends: usize,
    fault: Option<(usize, Fault)>,
    leases: BTreeMap<String, Lease>,
    fences: BTreeMap<String, u64>,
    renewals_fail: bool,
}

pub struct TestStore {
    inner: Mutex<Inner>,
    head: watch::Sender<u64>,
}

impl TestStore {
    fn new() -> Self {
        Self { inner: Mutex::default(), head: watch::Sender::new(0) }
    }
    pub fn appends(&self) -> usize {
        self.inner.lock().unwrap().appends
    }
    pub fn fail_at(&self, append: usize, fault: Fault) {
        self.inner.lock().unwrap().fault = Some((append, fault));
    }
    pub fn fail_renewals(&self) {
        self.inner.lock().unwrap().renewals_fail = true;
    }
    pub fn holders(&self) -> Vec<String> {
        self.inner.lock().unwrap().leases.keys().cloned().collect()
    }
    pub fn text(&self) -> String {
        let inner = self.inner.lock().unwrap();
        inner.log.iter().map(|e| serde_json::to_string(e).unwrap() + "\n").collect()
    }
    pub fn harm(&self, harm: impl FnOnce(&mut Vec<Event>)) {
        let mut inner = self.inner.lock().unwrap();
        harm(&mut inner.log);
        for (index, event) in inner.log.iter_mut().enumerate() {
            event.position = index as u64 + 1;
        }
    }
    pub async fn until(&self, kind: &str) {
        let mut head = self.head.subscribe();
        loop {
            if self.inner.lock().unwrap().log.iter().any(|e| e.event.kind.as_str() == kind) {
                return;
            }
            head.changed().await.unwrap();
        }
    }
    fn write(inner: &mut Inner, events: Vec<NewEvent>) -> u64 {
        for event in events {
            let position = inner.log.len() as u64 + 1;
            inner.log.push(Event { position, hash: String::new(), event });
        }
        inner.log.len() as u64
    }
}

#[async_trait]
impl EventLog for TestStore {
    async fn append(&self, events: Vec<NewEvent>, _expected: Option<u64>) -> Result<u64, StoreError> {
        let head = Self::write(&mut self.inner.lock().unwrap(), events);
        self.head.send_replace(head);
        Ok(head)
    }
    async fn append_fenced(&self, events: Vec<NewEvent>, name: &str, fence: u64) -> Result<u64, StoreError> {
        // Elsewhere a disk is asked here: others get their turn.
        tokio::task::yield_now().await;
        let head = {
            let mut inner = self.inner.lock().unwrap();
            if inner.fences.get(name) != Some(&fence) {
                return Err(StoreError::LeaseHeld { name: name.to_owned(), holder: "another".to_owned() });
            }
            inner.appends += 1;
            match inner.fault {
                Some((at, Fault::Fenced)) if at == inner.appends => {
                    return Err(StoreError::LeaseHeld { name: name.to_owned(), holder: "another".to_owned() });
                }
                Some((at, Fault::Io { durable })) if at <= inner.appends => {
                    // A dead driver appends nothing ever after.
                    if durable && at == inner.appends {
                        Self::write(&mut inner, events);
                    }
                    return Err(StoreError::Io("killed".to_owned()));
                }
                Some((_, Fault::After(kind))) if events.iter().any(|e| e.kind == kind) => {
                    let dead = inner.appends + 1;
                    inner.fault = Some((dead, Fault::Io { durable: false }));
                    Self::write(&mut inner, events);
                    return Err(StoreError::Io("killed".to_owned()));
                }
                _ => Self::write(&mut inner, events),
            }
        };
        self.head.send_replace(head);
        Ok(head)
    }
    async fn read(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        let inner = self.inner.lock().unwrap();
        Ok(inner.log.iter().filter(|e| e.position > after).take(limit).cloned().collect())
    }
    async fn read_stream(&self, stream: &StreamId, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        let inner = self.inner.lock().unwrap();
        let of_stream = inner.log.iter().filter(|e| e.position > after && e.event.stream == *stream);
        Ok(of_stream.take(limit).cloned().collect())
    }
    async fn head(&self) -> Result<u64, StoreError> {
        Ok(self.inner.lock().unwrap().log.len() as u64)
    }
    async fn wait_beyond(&self, position: u64, _at_most: Duration) -> Result<u64, StoreError> {
        let mut head = self.head.subscribe();
        let beyond = head.wait_for(|h| *h > position).await;
        beyond.map(|h| *h).map_err(|e| StoreError::Io(e.to_string()))
    }
    async fn next_number(&self, _counter: &str) -> Result<u64, StoreError> {
        Err(StoreError::Io("no counters here".to_owned()))
    }
    async fn verify_chain(&self) -> Result<u64, StoreError> {
        Err(StoreError::Io("no chain here".to_owned()))
    }
}

#[async_trait]
impl Blobs for TestStore {
    async fn put(&self, _bytes: &[u8]) -> Result<BlobId, StoreError> {
        Err(StoreError::Io("no blobs here".to_owned()))
    }
    async fn get(&self, id: &BlobId) -> Result<Vec<u8>, StoreError> {
        Err(StoreError::BlobMissing(id.to_string()))
    }
    async fn has(&self, _id: &BlobId) -> Result<bool, StoreError> {
        Ok(false)
    }
}

#[async_trait]
impl Leases for TestStore {
    async fn acquire(
        &self,
        name: &str,
        holder: &str,
        _ttl: Duration,
        take_over: &(dyn for<'h> Fn(&'h str) -> bool + Send + Sync),
    ) -> Result<Lease, StoreError> {
        let held = self.inner.lock().unwrap().leases.get(name).map(|l| l.holder.clone());
        if let Some(holder) = held.filter(|h| !take_over(h)) {
            return Err(StoreError::LeaseHeld { name: name.to_owned(), holder });
        }
        let mut inner = self.inner.lock().unwrap();
        let fence = inner.fences.entry(name.to_owned()).or_default();
        *fence += 1;
        let lease = Lease { name: name.to_owned(), holder: holder.to_owned(), fence: *fence, until: Timestamp::MAX };
        inner.leases.insert(name.to_owned(), lease.clone());
        Ok(lease)
    }
    async fn renew(&self, lease: &Lease, _ttl: Duration) -> Result<Lease, StoreError> {
        if self.inner.lock().unwrap().renewals_fail {
            // As a network that never answers.
            return std::future::pending().await;
        }
        Ok(lease.clone())
    }
    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.inner.lock().unwrap().leases.remove(&lease.name);
        Ok(())
    }
    async fn list(&self) -> Result<Vec<Lease>, StoreError> {
        Ok(self.inner.lock().unwrap().leases.values().cloned().collect())
    }
}

impl Store for TestStore {
    fn workspace_key(&self) -> &[u8] {
        b"key"
    }
    fn location(&self) -> String {
        "test".to_owned()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Real {
    Part,
    Whole,
}

#[derive(Default)]
struct Truth {
    real: BTreeMap<UnitId, Real>,
    lines: BTreeMap<UnitId, u32>,
    /// Engines that work, by effect; true: ended with a status that is still to be read.
    engines: BTreeMap<EffectId, (UnitId, bool)>,
    most_at_once: usize,
    approved: BTreeMap<UnitId, Digest>,
    hanging: BTreeSet<UnitId>,
    reached: BTreeSet<UnitId>,
    panics: BTreeSet<UnitId>,
    on_crash: Option<Made>,
}

/// Scripted engines; what they did stays when a driver dies.
pub struct World {
    truth: Mutex<Truth>,
    moved: Notify,
}

impl World {
    pub fn lines(&self) -> BTreeMap<UnitId, u32> {
        self.truth.lock().unwrap().lines.clone()
    }
    pub fn most_at_once(&self) -> usize {
        self.truth.lock().unwrap().most_at_once
    }
    pub fn approve(&self, unit: &str) {
        self.truth.lock().unwrap().approved.insert(id(unit), facts(unit).digest);
    }
    pub fn on_crash(&self, made: Made) {
        self.truth.lock().unwrap().on_crash = Some(made);
    }
    pub fn hang(&self, unit: &str) {
        self.truth.lock().unwrap().hanging.insert(id(unit));
    }
    pub fn let_go(&self, unit: &str) {
        self.truth.lock().unwrap().hanging.remove(&id(unit));
    }
    pub fn panic_after(&self, unit: &str) {
        self.truth.lock().unwrap().panics.insert(id(unit));
    }
    pub async fn until_hanging(&self, unit: &str) {
        loop {
            let moved = self.moved.notified();
            if self.truth.lock().unwrap().reached.contains(&id(unit)) {
                return;
            }
            moved.await;
        }
    }

    /// The driver died: engines that were let to begin go on, or die with it.
    pub fn crash(&self) {
        let mut truth = self.truth.lock().unwrap();
        let made = truth.on_crash.unwrap_or(Made::Survives);
        let working: Vec<(EffectId, UnitId)> =
            truth.engines.iter().filter(|(_, (_, ended))| !ended).map(|(e, (u, _))| (*e, u.clone())).collect();
        for (effect, unit) in working {
            match made {
                Made::Survives => {
                    finish(&mut truth, &unit);
                    truth.engines.insert(effect, (unit, true));
                    continue;
                }
                Made::DiesBefore => {}
                Made::DiesHalfway => {
                    truth.real.insert(unit, Real::Part);
                }
                Made::DiesAfter => finish(&mut truth, &unit),
            }
            truth.engines.remove(&effect);
        }
    }

    async fn apply(&self, job: &Job, unit: &UnitId, announce: &Announcer, cancel: &CancelFlag) -> Outcome {
        if job.resume.is_some() {
            let status = self.truth.lock().unwrap().engines.get(&job.effect).cloned();
            return match status {
                Some((_, true)) => applied(),
                Some((_, false)) => self.wait_for_engine(job.effect, unit, cancel).await,
                // It was journalled and never let go. Engines then want to start anew, which the driver must not allow.
                None => match announce.started(ChildIdentity { pid: 2, ..child() }).await {
                    Ok(()) => panic!("{unit}: a second process took the place of a journalled one"),
                    Err(error) => Outcome::Failed { error },
                },
            };
        }
        if let Err(error) = announce.started(ChildIdentity { pid: 1, ..child() }).await {
            return Outcome::Failed { error };
        }
        {
            let mut truth = self.truth.lock().unwrap();
            assert!(truth.real.get(unit) != Some(&Real::Whole), "{unit} is applied again");
            truth.engines.insert(job.effect, (unit.clone(), false));
            let at_once = truth.engines.values().filter(|(u, ended)| u == unit && !ended).count();
            truth.most_at_once = truth.most_at_once.max(at_once);
        }
        self.wait_for_engine(job.effect, unit, cancel).await
    }

    async fn wait_for_engine(&self, effect: EffectId, unit: &UnitId, cancel: &CancelFlag) -> Outcome {
        loop {
            tokio::task::yield_now().await;
            let mut truth = self.truth.lock().unwrap();
            if cancel.asked() != Stop::No {
                truth.engines.remove(&effect);
                let mut error = RunnerError::new("engine-cancelled", "stopped");
                "half of it".clone_into(&mut error.left_behind);
                return Outcome::Failed { error };
            }
            if truth.hanging.contains(unit) {
                truth.reached.insert(unit.clone());
                self.moved.notify_waiters();
                continue;
            }
            finish(&mut truth, unit);
            truth.engines.insert(effect, (unit.clone(), true));
            let panics = truth.panics.remove(unit);
            drop(truth);
            assert!(!panics, "the performer falls over after its engine had finished");
            return applied();
        }
    }

    fn inspect(&self, unit: &UnitId) -> Outcome {
        let found = match self.truth.lock().unwrap().real.get(unit) {
            None => Inspection::NotStarted,
            Some(Real::Part) => Inspection::Partial { found: "a part".to_owned() },
            Some(Real::Whole) => Inspection::Finished,
        };
        Outcome::Inspected { found }
    }

    fn gates(&self, job: &Job) -> Outcome {
        let mut gates = Gates { met: self.truth.lock().unwrap().approved.clone(), ..Gates::default() };
        let gated = job.units.len() == 1;
        for (unit, (digest, _)) in job.units.iter().filter(|_| !gated || self.is_auto()) {
            gates.met.insert(unit.clone(), digest.clone());
        }
        Outcome::Gates { gates }
    }

    /// Single units of these tests are gated unless a test hangs or topples them.
    fn is_auto(&self) -> bool {
        let truth = self.truth.lock().unwrap();
        !truth.hanging.is_empty() || !truth.reached.is_empty() || !truth.panics.is_empty()
    }
}

fn finish(truth: &mut Truth, unit: &UnitId) {
    if truth.real.insert(unit.clone(), Real::Whole) != Some(Real::Whole) {
        *truth.lines.entry(unit.clone()).or_default() += 1;
    }
}

#[async_trait]
impl Performer for World {
    async fn perform(&self, job: Job, announce: Announcer, cancel: CancelFlag) -> Outcome {
        tokio::task::yield_now().await;
        let Some(unit) = job.unit.clone() else { return self.gates(&job) };
        match job.kind {
            Effect::Admit { .. } => Outcome::Admitted { locks: vec![format!("unit:{unit}")] },
            Effect::Backup => Outcome::BackedUp { references: vec!["b".to_owned()] },
            Effect::Apply { .. } => self.apply(&job, &unit, &announce, &cancel).await,
            Effect::Inspect => self.inspect(&unit),
            Effect::CollectOutputs => applied(),
            Effect::Verify => Outcome::Verified { differs: vec![] },
            Effect::Plan => {
                let name = unit.module.as_str();
                let facts = UnitFacts { gate: Gate::Auto, retries: 0, backoff_seconds: 0, ..facts(name) };
                planned(facts, Verdict::Covered)
            }
            Effect::ReadGates | Effect::Rekey | Effect::Reverse => {
                Outcome::Failed { error: RunnerError::new("not-scripted", "not here") }
            }
        }
    }
}

struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        start_time()
    }
}

/// A Store, a world, and drivers that come and go.
pub struct Rig {
    pub store: Arc<TestStore>,
    pub world: Arc<World>,
    pub leave: CancellationToken,
    pub heard: Arc<watch::Sender<u64>>,
}

impl Rig {
    pub fn new() -> Self {
        let world = World { truth: Mutex::default(), moved: Notify::new() };
        Self {
            store: Arc::new(TestStore::new()),
            world: Arc::new(world),
            leave: CancellationToken::new(),
            heard: Arc::default(),
        }
    }
    /// The same Store and world, for a driver that was not asked to leave.
    pub fn again(self) -> Self {
        Self { leave: CancellationToken::new(), ..self }
    }
    pub fn now(&self) -> Timestamp {
        start_time()
    }
    fn settings(&self, holder: &str, when_idle: WhenIdle, ttl: Duration) -> Settings {
        let me = holder.to_owned();
        Settings {
            holder: holder.to_owned(),
            // One name, one process: whoever comes under it again has died before.
            is_dead: Arc::new(move |other| other == me),
            ttl,
            when_idle,
            leave: self.leave.clone(),
            heard: Arc::clone(&self.heard),
        }
    }
    async fn open_with(
        &self,
        holder: &str,
        spec: Option<RunSpec>,
        when_idle: WhenIdle,
        ttl: Duration,
    ) -> Result<Driver<TestStore, World>, DriveError> {
        let settings = self.settings(holder, when_idle, ttl);
        Driver::open(Arc::clone(&self.store), Arc::new(Now), Arc::clone(&self.world), settings, RunId(1), spec).await
    }
    pub async fn open_as(
        &self,
        holder: &str,
        spec: Option<RunSpec>,
        when_idle: WhenIdle,
    ) -> Result<Driver<TestStore, World>, DriveError> {
        self.open_with(holder, spec, when_idle, LEASE_TTL).await
    }
    pub async fn open(
        &self,
        spec: Option<RunSpec>,
        when_idle: WhenIdle,
    ) -> Result<Driver<TestStore, World>, DriveError> {
        self.open_as("me", spec, when_idle).await
    }
    pub async fn drive(&self, spec: Option<RunSpec>, when_idle: WhenIdle) -> Result<DriveEnd, DriveError> {
        let end = match self.open(spec, when_idle).await {
            Ok(driver) => driver.drive().await,
            Err(error) => Err(error),
        };
        // The next driver's appends work again.
        self.store.inner.lock().unwrap().fault = None;
        end
    }
    pub async fn spawn(&self, spec: Option<RunSpec>, idle: WhenIdle) -> JoinHandle<Result<DriveEnd, DriveError>> {
        let driver = self.open(spec, idle).await.unwrap();
        tokio::spawn(driver.drive())
    }
    pub async fn spawn_with_ttl(
        &self,
        spec: Option<RunSpec>,
        ttl: Duration,
    ) -> JoinHandle<Result<DriveEnd, DriveError>> {
        let driver = self.open_with("me", spec, WhenIdle::Stay, ttl).await.unwrap();
        tokio::spawn(driver.drive())
    }
    pub async fn ask(&self, control: Control) {
        let event = control_event(RunId(1), ChangeSetId(1), &control, Actor::system("test"), self.now());
        self.store.append(vec![event], None).await.unwrap();
    }
    pub async fn approved(&self) {
        let event = NewEvent {
            stream: StreamId::change_set(ChangeSetId(1)),
            kind: EventKind::ApprovalGiven,
            version: 1,
            at: self.now(),
            actor: Actor::system("test"),
            change_set: Some(ChangeSetId(1)),
            run: None,
            unit: None,
            data: serde_json::Value::Null,
        };
        self.store.append(vec![event], None).await.unwrap();
    }
}
