//! Prints the OpenAPI document: `cargo run -p xcf-api --example openapi > ui/openapi.json`.
use xcf_api::dto::*;
#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(
    WorkspaceDto,
    DraftDto,
    EditRequest,
    EditResponse,
    SaveTextRequest,
    FileTextDto,
    CommitRequest,
    CommitResponse,
    ProblemsDto,
    GraphDto,
    UnitDetailDto,
    PlanRequest,
    PlanResponse,
    ChangeListDto,
    ChangeDetailDto,
    ApproveRequest,
    ReasonRequest,
    ApplyRequest,
    UnitsRequest,
    ResumeRequest,
    RunListDto,
    RunDto,
    LogDto,
    LocksDto,
    UnlockRequest,
    EventDto,
    MatrixDto,
    TraceDto,
    DoctorDto,
    OpenRequest,
    SessionDto,
    DoneDto,
    ProblemDto
)))]
struct Doc;
fn main() {
    use utoipa::OpenApi;
    println!("{}", Doc::openapi().to_pretty_json().unwrap_or_default());
}
