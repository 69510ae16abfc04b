// The wire types of the API (crates/xcf-api/src/dto).

/** A place in a file; line and column count from 1, 0 means "the whole file". */
export interface PlaceDto {
  /** Repository-relative path. */
  file: string;
  /** Line. */
  line: number;
  /** Column in characters. */
  column: number;
}

/** A located finding (`D15`). */
export interface DiagnosticDto {
  /** `error`, `warning` or `info`. */
  severity: string;
  /** Stable kebab-case code. */
  code: string;
  /** What happened and why. */
  message: string;
  /** Repository-relative path. */
  file: string;
  /** Line, from 1 (0: whole file). */
  line: number;
  /** Column, from 1. */
  column: number;
  /** What to do; may be empty. */
  hint: string;
  /** Other places that belong to it. */
  related: PlaceDto[];
}

/** The body of every answer that is not a success: one closed code, words for people, what to do. */
export interface ProblemDto {
  /** Stable kebab-case code; screens and exit codes read this, never the text. */
  code: string;
  /** What happened and why. */
  message: string;
  /** What to do; may be empty. */
  hint: string;
  /** Located findings behind it. */
  diagnostics: DiagnosticDto[];
}

/** Asks for a plan. */
export interface PlanRequest {
  /** Environments; empty = every affected one. */
  environments?: string[];
  /** Units; empty = every pending one. */
  units?: string[];
  /** Plan every unit. */
  all?: boolean;
  /** Of the working tree: stays Draft, never applicable. */
  worktree?: boolean;
  /** Base revision. */
  base?: string | null;
  /** Head revision. */
  head?: string | null;
  /** Look at the real world too (units that are not pending by text). */
  refresh?: boolean;
}

/** What planning made. */
export interface PlanResponse {
  /** One per affected Environment; empty = nothing to change. */
  changeSets: ChangeDetailDto[];
  /** Diagnostics of the workspace and of planning. */
  diagnostics: DiagnosticDto[];
  /** Units looked at and found unchanged. */
  unchanged: string[];
}

/** Counts by action. */
export interface CountsDto {
  /** Creates. */
  create: number;
  /** Updates. */
  update: number;
  /** Replaces. */
  replace: number;
  /** Deletes. */
  delete: number;
  /** Moves, imports, forgets. */
  other: number;
}

/** A row of the list. */
export interface ChangeSummaryDto {
  /** `CS-n`. */
  id: string;
  /** Environment. */
  environment: string;
  /** Headline. */
  title: string;
  /** State word of `dsl §9`, for example `AwaitingApproval`. */
  status: string;
  /** Why it stands there, one line with rule and place where there is one. */
  why: string;
  /** `your-turn`, `waiting`, `moving`, `done`. */
  group: string;
  /** `low`, `moderate`, `high`, `critical`. */
  risk: string;
  /** Counts. */
  counts: CountsDto;
  /** Number of units. */
  unitCount: number;
  /** Who made it. */
  createdBy: string;
  /** When it was planned (RFC 3339). */
  plannedAt: string;
  /** When the unapproved plan expires (RFC 3339). */
  expiresAt: string;
  /** Change id: PR, branch or commit. */
  changeId: string;
  /** Newest run. */
  run?: string | null;
  /** True if requested but nobody drives it. */
  waitingForDriver: boolean;
}

/** The list. */
export interface ChangeListDto {
  /** Newest first. */
  items: ChangeSummaryDto[];
  /** Event position it is a projection of. */
  position: number;
}

/** One resource change; masked values read `<secret>`. */
export interface ResourceChangeDto {
  /** Address. */
  address: string;
  /** Type. */
  type: string;
  /** `create`, `update`, `replace`, `delete`, `move`, `import`, `forget`. */
  action: string;
  /** Attribute by attribute: only changed ones. */
  attributes: AttributeChangeDto[];
  /** Why it is replaced. */
  replaceReasons: string[];
  /** Former address of a move. */
  previousAddress?: string | null;
  /** `exact`, `predicted`, `blind`. */
  fidelity: string;
}

/** One changed attribute. */
export interface AttributeChangeDto {
  /** Path, dotted. */
  path: string;
  /** Before as JSON text; none if absent. */
  before?: string | null;
  /** After as JSON text; none if absent or unknown. */
  after?: string | null;
  /** Known only after apply. */
  unknown: boolean;
  /** Masked. */
  sensitive: boolean;
}

/** A normalised plan. */
export interface UnitPlanDto {
  /** Engine. */
  engine: string;
  /** Engine version. */
  engineVersion: string;
  /** Counts. */
  counts: CountsDto;
  /** Changes, blind ones first. */
  changes: ResourceChangeDto[];
  /** Changed outputs. */
  outputs: AttributeChangeDto[];
  /** Inputs that were unknown: a partial plan. */
  unknownInputs: string[];
  /** Engine warnings. */
  warnings: DiagnosticDto[];
}

/** A unit of a ChangeSet. */
export interface ChangeUnitDto {
  /** Unit id. */
  id: string;
  /** `apply`, `destroy`, `move`, `deferred`, `unresolved`, `cannot-run`, `plan-failed`. */
  action: string;
  /** Lifecycle. */
  lifecycle: string;
  /** Layer. */
  layer: string;
  /** Engine. */
  engine: string;
  /** Plan; none if there is none (the reason stands in `deferredReason` or `diagnostics`). */
  plan?: UnitPlanDto | null;
  /** Why the plan is not complete. */
  deferredReason?: string | null;
  /** Units whose outputs it waits for. */
  waitsFor: string[];
  /** Why it can't run or be planned here. */
  diagnostics: DiagnosticDto[];
  /** `auto`, `approve`, `strong`. */
  gate: string;
  /** Rule of the gate in words. */
  gateWhy: string;
  /** Where that rule stands. */
  gatePlace?: PlaceDto | null;
  /** `exact`, `recreate`, `needs-backup`, `irreversible`; none if nothing is known yet. */
  wayBack?: string | null;
  /** What the reverse does or why there is none. */
  wayBackNote: string;
  /** Backups taken first. */
  backup: string[];
  /** Digest of meaning. */
  unitDigest: string;
  /** True if it is removed: needs consent by name. */
  removal: boolean;
  /** True if that consent is recorded. */
  consented: boolean;
  /** Former id of a move. */
  movedFrom?: string | null;
  /** Restrictions that bind it but are not effective yet. */
  notYetEffective: string[];
  /** Risk group: `irreversible`, `blind`, `recreate`, `needs-backup`, `unknown`, `exact`. */
  riskGroup: string;
}

/** A policy result. */
export interface PolicyResultDto {
  /** Rule id. */
  rule: string;
  /** `deny` or `warn`. */
  outcome: string;
  /** Message. */
  message: string;
  /** Unit it names. */
  unit?: string | null;
  /** Where. */
  place: PlaceDto;
}

/** One needed or given approval. */
export interface ApprovalSlotDto {
  /** Role; empty = any person. */
  role: string;
  /** Units it is for. */
  units: string[];
  /** `approved`, `your-turn`, `waiting`. */
  state: string;
  /** Who filled it. */
  person?: string | null;
  /** When (RFC 3339). */
  at?: string | null;
  /** `solo, not verified`, the reason, or why you may not. */
  note: string;
  /** Where the rule stands. */
  place?: PlaceDto | null;
}

/** What the acting person may do now, and why not. */
export interface AllowedDto {
  /** `approve`, `reject`, `apply`, `cancel`, `resume`, `sign-off`, `replan`. */
  action: string;
  /** True if it can be done now. */
  allowed: boolean;
  /** Why not; empty if allowed. */
  whyNot: string;
  /** Roles that could be filled (approve). */
  roles: string[];
}

/** The review. */
export interface ChangeDetailDto extends ChangeSummaryDto {
  /** Revision, from 1. */
  revision: number;
  /** Digest of meaning. */
  digest: string;
  /** Head commit. */
  commit: string;
  /** Base commit. */
  base: string;
  /** Authors. */
  authors: string[];
  /** Units, risk first. */
  units: ChangeUnitDto[];
  /** Frozen edges: `to` waits for `from`. */
  edges: FrozenEdgeDto[];
  /** Policy results. */
  policies: PolicyResultDto[];
  /** How many policy files said nothing. */
  policiesPassed: number;
  /** Approvals needed and given. */
  approvals: ApprovalSlotDto[];
  /** True if approvals are `solo, not verified`. */
  solo: boolean;
  /** What the acting person may do. */
  allowed: AllowedDto[];
  /** Diagnostics that matter for it. */
  diagnostics: DiagnosticDto[];
  /** True if nothing moves before a person acts (approval, sign-off). */
  awaitsPerson: boolean;
  /** True if only time or a lock holds it. */
  held: boolean;
  /** Markdown rendering. */
  markdown: string;
  /** Console rendering. */
  console: string;
}

/** A frozen edge. */
export interface FrozenEdgeDto {
  /** Runs first. */
  from: string;
  /** Waits. */
  to: string;
  /** `declared`, `wired`, `layer`. */
  kind: string;
}

/** Approve. */
export interface ApproveRequest {
  /** Digest of meaning that was seen; a mismatch is refused (`stale-digest`). */
  digest?: string;
  /** Role to fill; none = the first that fits. */
  role?: string | null;
  /** Reason (solo `strong` needs one). */
  reason?: string;
  /** Identity to act as (own keys only). */
  asPerson?: string | null;
}

/** Reject or cancel. */
export interface ReasonRequest {
  /** Why. */
  reason?: string;
}

/** Apply. */
export interface ApplyRequest {
  /** Units whose destroy is agreed to, by name. */
  allowDestroy?: string[];
  /** Accept restrictions that are not effective yet (recorded). */
  acceptNotYetEffective?: boolean;
  /** Only ask for the run; another process drives it. */
  detach?: boolean;
}

/** Sign-off, retry, skip of units. */
export interface UnitsRequest {
  /** Units; empty = all that wait for it. */
  units?: string[];
  /** Why. */
  reason?: string;
}

/** Resume a run. */
export interface ResumeRequest {
  /** Failed units to try again. */
  retry?: string[];
  /** Failed units to skip. */
  skip?: string[];
  /** Why. */
  reason?: string;
  /** Only record it; another process drives the run. */
  detach?: boolean;
}

/** Units and edges of one Environment (or all). */
export interface GraphDto {
  /** Units, by layer, composition, module. */
  units: UnitNodeDto[];
  /** Declared and wired edges as they are. */
  edges: EdgeDto[];
  /** Modules of Compositions that no Environment names. */
  unassembled: UnassembledDto[];
  /** Lanes with the built-in or matrix defaults in force. */
  lanes: LaneDto[];
  /** All diagnostics of the workspace. */
  diagnostics: DiagnosticDto[];
  /** True if shown from the working tree with edits. */
  draft: boolean;
  /** Event position it is a projection of. */
  position: number;
}

/** One lane. */
export interface LaneDto {
  /** Lifecycle word. */
  lifecycle: string;
  /** Row in force, for example `R1.3`. */
  rule: string;
  /** Reconcile in words of the documents, for example `periodic, 30m`. */
  reconcile: string;
  /** `alert` or `correct`. */
  drift: string;
  /** `auto`, `approve`, `strong` or `environment`. */
  gate: string;
}

/** A node. */
export interface UnitNodeDto {
  /** `environment/composition/module`. */
  id: string;
  /** Environment. */
  environment: string;
  /** Composition. */
  composition: string;
  /** Module. */
  module: string;
  /** Lifecycle. */
  lifecycle: string;
  /** Layer it counts as. */
  layer: string;
  /** Change frequency. */
  changeFrequency: string;
  /** Engine. */
  engine: string;
  /** Unit standing (`ui.md` §4), for example `healthy`, `pending-change`, `draft-change`, `awaiting-approval`, `failed`. */
  standing: string;
  /** The why of the standing, one line; may be empty. */
  standingWhy: string;
  /** Open ChangeSet it is part of. */
  changeSet?: string | null;
  /** Run that works on it. */
  run?: string | null;
  /** Who holds its lock. */
  lockedBy?: string | null;
  /** True if the working tree changes it. */
  draft: boolean;
  /** Units it waits for: declared and wired, not reduced, without the layer order. */
  dependsOn: string[];
  /** Applied outputs of other Environments it reads: no ordering edge. */
  reads: string[];
  /** Input names. */
  inputs: string[];
  /** Output names the module declares. */
  outputs: string[];
  /** Gate in force. */
  gate: string;
  /** Region. */
  region?: string | null;
  /** Labels. */
  labels: Record<string, string>;
  /** Where the module entry stands. */
  place: PlaceDto;
}

/** An edge: `to` waits for `from`. */
export interface EdgeDto {
  /** Comes first. */
  from: string;
  /** Waits. */
  to: string;
  /** `declared` or `wired`. */
  kind: string;
  /** Output name of a wired edge. */
  output?: string | null;
  /** Input name of a wired edge. */
  input?: string | null;
  /** Where it is written. */
  place: PlaceDto;
}

/** A module that is not assembled. */
export interface UnassembledDto {
  /** Composition. */
  composition: string;
  /** Module. */
  module: string;
  /** Lifecycle. */
  lifecycle: string;
  /** Engine for display. */
  engine: string;
  /** Where. */
  place: PlaceDto;
}

/** The grid. */
export interface MatrixDto {
  /** Built-in rows, each followed by the DecisionMatrix rows that patch it; rows without lifecycle last. */
  rows: MatrixRowDto[];
  /** Ties and gaps. */
  diagnostics: DiagnosticDto[];
}

/** One row; an empty cell is inherited. */
export interface MatrixRowDto {
  /** `R1.3` or the row's name. */
  name: string;
  /** True for rows of the specification. */
  builtIn: boolean;
  /** Lifecycles matched; empty = all. */
  lifecycle: string[];
  /** Change frequencies matched; empty = all. */
  changeFrequency: string[];
  /** Environments matched; empty = all. */
  environment: string[];
  /** Other match keys in words. */
  otherMatch: string[];
  /** Engines, best first. */
  engines: string[];
  /** Reconcile in words. */
  reconcile: string;
  /** Drift. */
  drift: string;
  /** Gate. */
  gate: string;
  /** Backup. */
  backup: string;
  /** Window. */
  window: string;
  /** Rollback. */
  rollback: string;
  /** Where; none for built-in rows. */
  place?: PlaceDto | null;
  /** Units that match. */
  units: number;
}

/** Which row wins, for one unit. */
export interface TraceDto {
  /** Unit. */
  unit: string;
  /** Facts looked at, for example `lifecycle PaaS`. */
  facts: string[];
  /** Every row looked at, in order of precedence. */
  steps: TraceStepDto[];
  /** Final route. */
  route: RouteFieldDto[];
}

/** One row in a trace. */
export interface TraceStepDto {
  /** Row or document. */
  name: string;
  /** True if it applies. */
  matched: boolean;
  /** What it gives, or why it does not match. */
  text: string;
  /** Where; none for built-in rows. */
  place?: PlaceDto | null;
}

/** A row of the list of runs. */
export interface RunSummaryDto {
  /** `R-n`. */
  id: string;
  /** `CS-n`. */
  changeSet: string;
  /** Environment. */
  environment: string;
  /** Headline. */
  title: string;
  /** State word. */
  status: string;
  /** When it was asked for (RFC 3339). */
  requestedAt: string;
  /** Who asked. */
  requestedBy: string;
  /** When it ended. */
  finishedAt?: string | null;
  /** Units done. */
  done: number;
  /** Units in all. */
  total: number;
}

/** The list of runs. */
export interface RunListDto {
  /** Newest first. */
  items: RunSummaryDto[];
}

/** A run. */
export interface RunDto extends RunSummaryDto {
  /** Who drives it. */
  driver?: DriverDto | null;
  /** True if requested but nobody drives it. */
  waitingForDriver: boolean;
  /** Units in execution order. */
  units: RunUnitDto[];
  /** Frozen edges. */
  edges: FrozenEdgeDto[];
  /** What waits and why, one line each. */
  waits: WaitDto[];
  /** What is left behind if cancelled now, one line each. */
  ifCancelled: string[];
  /** Event position it is a projection of. */
  position: number;
}

/** The process that drives a run. */
export interface DriverDto {
  /** Host, process. */
  holder: string;
  /** True if its process is alive (or its lease has not ended). */
  alive: boolean;
  /** When its lease ends (RFC 3339). */
  until: string;
}

/** Why a unit waits. */
export interface WaitDto {
  /** Unit. */
  unit: string;
  /** Why. */
  why: string;
  /** Earliest end, if known (RFC 3339). */
  until?: string | null;
}

/** One unit of a run. */
export interface RunUnitDto {
  /** Unit id. */
  id: string;
  /** Layer. */
  layer: string;
  /** Lifecycle. */
  lifecycle: string;
  /** Engine. */
  engine: string;
  /** State word of `dsl §9`, for example `Applying`. */
  state: string;
  /** Why; may be empty. */
  why: string;
  /** Attempt, from 1; 0 = not tried. */
  attempt: number;
  /** Attempts allowed. */
  maxAttempts: number;
  /** First start (RFC 3339). */
  startedAt?: string | null;
  /** End (RFC 3339). */
  endedAt?: string | null;
  /** Phases in time order. */
  phases: PhaseDto[];
  /** Error of the last attempt. */
  error?: DiagnosticDto | null;
  /** What is left behind by a failed or cancelled attempt. */
  leftBehind: string;
  /** True if it waits for sign-off. */
  needsSignOff: boolean;
}

/** A bar on the timeline. */
export interface PhaseDto {
  /** `waiting`, `planning`, `backing-up`, `applying`, `verifying`, `observing`, `reversing`. */
  phase: string;
  /** Attempt it belongs to. */
  attempt: number;
  /** Start (RFC 3339). */
  startedAt: string;
  /** End; none while it lasts. */
  endedAt?: string | null;
  /** `running`, `ok`, `failed`. */
  outcome: string;
}

/** A piece of a log. */
export interface LogDto {
  /** Lines. */
  lines: LogLineDto[];
  /** Ask with this as `from` for what follows. */
  next: number;
  /** True if nothing will follow. */
  ended: boolean;
}

/** One line, already redacted. */
export interface LogLineDto {
  /** Number, from 1. */
  n: number;
  /** When (RFC 3339). */
  at: string;
  /** `stdout`, `stderr`, `xcf`. */
  stream: string;
  /** Phase word. */
  phase: string;
  /** Text. */
  text: string;
}

/** A lock or driver lease. */
export interface LockDto {
  /** `unit:ID`, `foundation:ENV`, `run:R-n`. */
  name: string;
  /** `lock` or `lease`. */
  kind: string;
  /** Run it belongs to. */
  run?: string | null;
  /** ChangeSet it belongs to. */
  changeSet?: string | null;
  /** Since (RFC 3339); for leases when it ends. */
  since: string;
  /** Process that drives the run. */
  holder: string;
  /** True if that process is alive. */
  alive: boolean;
}

/** Locks and leases. */
export interface LocksDto {
  /** By name. */
  locks: LockDto[];
}

/** Ends a lock by hand. */
export interface UnlockRequest {
  /** Lock name. */
  lock: string;
  /** Why; must not be empty. */
  reason: string;
}

/** One event in the numbered, resumable stream (`D11`). */
export interface EventDto {
  /** Position. */
  position: number;
  /** When (RFC 3339). */
  at: string;
  /** Kind. */
  kind: string;
  /** Who. */
  actor: string;
  /** ChangeSet. */
  changeSet?: string | null;
  /** Run. */
  run?: string | null;
  /** Unit. */
  unit?: string | null;
  /** One line for people. */
  text: string;
  /** Query keys this makes stale: `workspace`, `graph`, `changes`, `change:CS-n`, `run:R-n`, `unit:ID`, `locks`. */
  stales: string[];
}

/** Applied outputs of a unit. */
export interface OutputsDto {
  /** Unit. */
  unit: string;
  /** By name. */
  outputs: OutputValueDto[];
}

/** Doctor's findings, failures first. */
export interface DoctorDto {
  /** Checks. */
  checks: CheckDto[];
  /** Paths in use. */
  paths: PathDto[];
}

/** One check. */
export interface CheckDto {
  /** Stable id, for example `engine-terraform`. */
  id: string;
  /** What is looked at. */
  name: string;
  /** `ok`, `warning`, `failed`, `not-needed`. */
  status: string;
  /** What was found. */
  found: string;
  /** What is needed. */
  need: string;
  /** The one command or step that mends it; may be empty. */
  fix: string;
}

/** A path in use. */
export interface PathDto {
  /** What it is for. */
  name: string;
  /** Where. */
  path: string;
}

/** Opens a repository, or makes the sample. */
export interface OpenRequest {
  /** Folder of the repository. */
  path: string;
  /** Make the sample monorepo there first. */
  sample?: boolean;
}

/** What the first-run screen knows. */
export interface SessionDto {
  /** True if a workspace is open. */
  open: boolean;
  /** Recently opened folders. */
  recent: string[];
  /** Where a sample would be made. */
  samplePath: string;
  /** Why the last open failed; empty if it did not. */
  problem: string;
  /** Product version. */
  version: string;
}

/** Result of an action that starts or steers something. */
export interface DoneDto {
  /** Run it belongs to, if any. */
  run?: string | null;
  /** One line for people. */
  message: string;
}

/** Everything the Inspector shows. */
export interface UnitDetailDto {
  /** The node. */
  node: UnitNodeDto;
  /** Module path. */
  moduleRef: string;
  /** Inputs: declared variables first, in the module's order. */
  inputs: InputDto[];
  /** Editable policy fields. */
  policies: PolicyFieldDto[];
  /** The file that holds the module entry. */
  yaml: UnitYamlDto;
  /** Route with why, one row per field. */
  route: RouteFieldDto[];
  /** Newest plan of this unit, if a ChangeSet is open. */
  plan?: UnitPlanDto | null;
  /** Applied outputs; sensitive ones masked. */
  outputs: OutputValueDto[];
  /** Newest events of the unit, newest first. */
  history: HistoryDto[];
  /** Diagnostics of its files. */
  diagnostics: DiagnosticDto[];
  /** Units it waits for. */
  dependsOn: string[];
  /** Units that wait for it. */
  dependants: string[];
  /** What happens if planned now, in words (gate, who, not-yet-effective restrictions). */
  ifPlanned: string[];
}

/** Where a value is edited. */
export interface EditTargetDto {
  /** File. */
  file: string;
  /** Document of the file. */
  document: number;
  /** JSON Pointer from the document root. */
  pointer: string;
  /** Digest of the file's text. */
  digest: string;
}

/** One input. */
export interface InputDto {
  /** Name. */
  name: string;
  /** Type as the module writes it; empty if unknown. */
  typeText: string;
  /** Description of the module; may be empty. */
  description: string;
  /** True if the module has no default. */
  required: boolean;
  /** True if the module marks it sensitive. */
  sensitive: boolean;
  /** Default of the module. */
  default?: unknown;
  /** `literal`, `reference`, `secret`, `unset`. */
  kind: string;
  /** Value as written (a secret is its reference, never the value). */
  value?: unknown;
  /** Value in the head commit, if the draft changes it. */
  was?: unknown;
  /** For references: `composition.module.output`. */
  reference?: string | null;
  /** For references: the unit read. */
  referenceUnit?: string | null;
  /** Layer that wrote it: `module`, `environment-entry` …; `default` if unset. */
  origin: string;
  /** Where it is written. */
  place?: PlaceDto | null;
  /** Where an edit goes. */
  edit: EditTargetDto;
  /** Its diagnostics. */
  diagnostics: DiagnosticDto[];
}

/** One editable policy field. */
export interface PolicyFieldDto {
  /** `approval`, `backup`, `drift`, `rollback`, `engine`. */
  field: string;
  /** Words to choose from. */
  choices: string[];
  /** Value written at the module; none = inherited. */
  value?: string | null;
  /** Value in force. */
  effective: string;
  /** Layer that gives the value in force. */
  origin: string;
  /** Where an edit goes. */
  edit: EditTargetDto;
}

/** The file that holds the module entry. */
export interface UnitYamlDto {
  /** File. */
  file: string;
  /** Whole text. */
  text: string;
  /** Digest of the text. */
  digest: string;
  /** First line of the module entry. */
  startLine: number;
}

/** One row of "Route, and why". */
export interface RouteFieldDto {
  /** `engine`, `reconcile`, `drift`, `gate`, `backup`, `window`, `rollback`. */
  field: string;
  /** Value in the words of the documents. */
  value: string;
  /** Layer: `built-in`, `matrix`, `composition`, `module`, `environment`, `environment-entry`, `protection`, `module-content`. */
  origin: string;
  /** Rule in words: `R1.3`, `row prod-paas` … */
  rule: string;
  /** Where the rule stands; none for built-in rows. */
  place?: PlaceDto | null;
  /** Values that lost, loosest layer first. */
  overruled: OverruledDto[];
}

/** A value that lost. */
export interface OverruledDto {
  /** Layer. */
  origin: string;
  /** Rule. */
  rule: string;
  /** Value. */
  value: string;
  /** Where. */
  place?: PlaceDto | null;
}

/** One applied output. */
export interface OutputValueDto {
  /** Name. */
  name: string;
  /** Value; masked if sensitive; none if never applied. */
  value?: unknown;
  /** True if masked. */
  sensitive: boolean;
  /** Units that read it. */
  readers: string[];
}

/** One event of the unit. */
export interface HistoryDto {
  /** Position in the log. */
  position: number;
  /** When (RFC 3339). */
  at: string;
  /** Kind, for example `unit.applied`. */
  kind: string;
  /** Who. */
  actor: string;
  /** ChangeSet. */
  changeSet?: string | null;
  /** One line for people. */
  text: string;
}

/** Where am I and what would I hit. */
export interface WorkspaceDto {
  /** Name (`metadata.name` of `.xcf.yaml`, else the folder's name). */
  name: string;
  /** Workspace id. */
  uid: string;
  /** Absolute path of the checkout. */
  path: string;
  /** Current branch; empty when detached. */
  branch: string;
  /** Head commit; empty on an unborn branch. */
  commit: string;
  /** Commits ahead of the default branch. */
  ahead: number;
  /** Files that differ from the head commit. */
  dirty: number;
  /** Environments in order of `after`, then name. */
  environments: EnvironmentDto[];
  /** State store. */
  store: StoreDto;
  /** True if no People document exists: approvals are `solo, not verified`. */
  solo: boolean;
  /** False until a person agreed to run engines on this repository on this machine (`D13`). */
  trusted: boolean;
  /** True if the workspace is the generated sample. */
  sample: boolean;
  /** Acting identity. */
  you: IdentityDto;
  /** Identities whose keys are on this machine (choose with `--as`). */
  identities: IdentityDto[];
  /** Figures of the status bar. */
  counts: StatusCountsDto;
  /** Position of the newest event. */
  position: number;
  /** Product version. */
  version: string;
}

/** An Environment. */
export interface EnvironmentDto {
  /** Name. */
  name: string;
  /** True if its floor is approve or strong, or removals are refused. */
  protected: boolean;
  /** `auto`, `approve`, `strong`, or empty. */
  approval: string;
  /** Environments that come first. */
  after: string[];
  /** Number of units. */
  units: number;
  /** Where it is written. */
  place?: PlaceDto | null;
}

/** State store health. */
export interface StoreDto {
  /** `sqlite`. */
  kind: string;
  /** Where. */
  location: string;
  /** True if the last use worked. */
  ok: boolean;
  /** What is wrong; empty if ok. */
  problem: string;
}

/** A person. */
export interface IdentityDto {
  /** Name in People, or the Git user name. */
  name: string;
  /** E-mail address. */
  email: string;
  /** Roles of People. */
  roles: string[];
  /** True if a signing key of theirs is on this machine. */
  hasKey: boolean;
}

/** Figures of the status bar. */
export interface StatusCountsDto {
  /** Error diagnostics. */
  errors: number;
  /** Warning diagnostics. */
  warnings: number;
  /** Units. */
  units: number;
  /** Units applying. */
  applying: number;
  /** Units queued. */
  queued: number;
  /** Units observing. */
  observing: number;
  /** Units failed or stuck. */
  failed: number;
  /** ChangeSets that wait for a person. */
  awaiting: number;
  /** Runs that are not over. */
  running: number;
  /** Locks held. */
  locks: number;
}

/** One changed file of the working tree. */
export interface DraftFileDto {
  /** Path. */
  path: string;
  /** `added`, `modified`, `deleted`, `renamed`. */
  status: string;
  /** Lines added. */
  added: number;
  /** Lines removed. */
  removed: number;
  /** Text in the head commit; none if new or not text. */
  oldText?: string | null;
  /** Text now; none if deleted or not text. */
  newText?: string | null;
}

/** The working tree against the head commit. */
export interface DraftDto {
  /** Branch. */
  branch: string;
  /** Changed files. */
  files: DraftFileDto[];
  /** Units whose inputs, route or module content differ. */
  units: string[];
  /** True if there is an edit of this session to undo. */
  canUndo: boolean;
}

/** A visual edit: one value at one place of one document. */
export interface EditRequest {
  /** File. */
  file: string;
  /** Which document of the file, from 0. */
  document: number;
  /** JSON Pointer from the document root. */
  pointer: string;
  /** New value; absent together with `remove: true`. */
  value?: unknown;
  /** Remove the key instead. */
  remove?: boolean;
  /** Content digest of the file the edit was made on; a mismatch is refused (`edit-conflict`). */
  baseDigest?: string | null;
}

/** Result of an edit. */
export interface EditResponse {
  /** File. */
  file: string;
  /** Text before. */
  oldText: string;
  /** Text now. */
  newText: string;
  /** Digest of the new text. */
  digest: string;
  /** Diagnostics of the workspace with the edit. */
  diagnostics: DiagnosticDto[];
}

/** Whole new text of one file (YAML tab). */
export interface SaveTextRequest {
  /** File. */
  file: string;
  /** New text. */
  text: string;
  /** Digest of the text it was edited from. */
  baseDigest?: string | null;
}

/** Text of one file. */
export interface FileTextDto {
  /** File. */
  file: string;
  /** Text in the working tree. */
  text: string;
  /** Its digest. */
  digest: string;
}

/** Commit of chosen files on the current branch. */
export interface CommitRequest {
  /** Message. */
  message: string;
  /** Files; empty = every changed file. */
  files?: string[];
}

/** A made commit. */
export interface CommitResponse {
  /** Commit id. */
  commit: string;
  /** Branch it is on. */
  branch: string;
}

/** All diagnostics of the workspace. */
export interface ProblemsDto {
  /** Sorted by file, line, column. */
  diagnostics: DiagnosticDto[];
  /** Files that do not load. */
  brokenFiles: number;
  /** Units that can't be planned because of it. */
  affectedUnits: string[];
}
