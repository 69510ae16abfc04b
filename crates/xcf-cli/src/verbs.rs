//! One file per verb.

mod adopt;
mod apply;
mod approve;
mod completions;
mod doctor;
mod exec;
mod fmt;
mod graph;
mod init;
mod key;
mod locks;
mod logs;
mod lsp;
mod matrix;
mod output;
mod plan;
mod pr;
mod route;
mod schema;
mod serve;
mod show;
mod status;
mod steer;
mod validate;
mod watch;

use crate::args::{Cli, Verb};
use crate::client::{Client, Refusal};
use crate::exit::Exit;

/// What a verb gives: an exit code, or a refusal that is printed once, here.
pub(crate) type Outcome = Result<Exit, Refusal>;

/// Runs the verb.
pub(crate) async fn run(cli: Cli) -> Exit {
    crate::output::choose_color(cli.global.color);
    let level = ["warn", "info", "debug", "trace"].get(usize::from(cli.global.verbose)).copied().unwrap_or("trace");
    let _telemetry = xcf_api::telemetry::start(level, None);
    let format = cli.global.format;
    let outcome = dispatch(cli).await;
    outcome.unwrap_or_else(|refusal| refusal.report(format))
}

async fn dispatch(cli: Cli) -> Outcome {
    let g = &cli.global;
    match cli.verb {
        Verb::Init(args) if args.adopt => adopt::run(g, &args).await,
        Verb::Init(args) => init::run(g, &args).await,
        Verb::Completions(args) => completions::run(&args),
        Verb::Schema(args) => schema::run(&args),
        Verb::Lsp => lsp::run(g).await,
        Verb::Openapi => schema::openapi(),
        Verb::Fmt(args) => fmt::run(g, &args),
        Verb::Serve(args) => serve::run(g, &args).await,
        Verb::Key(verb) => key::run(g, &verb).await,
        Verb::Pr(verb) => pr::run(g, &verb).await,
        Verb::Doctor => doctor::run(g, &Client::open_any(g).await?).await,
        Verb::Validate => validate::run(g, &Client::open(g).await?).await,
        Verb::Graph(args) => graph::run(g, &Client::open(g).await?, &args).await,
        Verb::Route(args) => route::run(g, &Client::open(g).await?, &args).await,
        Verb::Matrix(verb) => matrix::run(g, &Client::open(g).await?, &verb).await,
        Verb::Plan(args) => plan::run(g, &Client::open(g).await?, &args).await,
        Verb::Show(args) => show::run(g, &Client::open(g).await?, &args).await,
        Verb::Approve(args) => approve::approve(g, &Client::open(g).await?, &args).await,
        Verb::Reject(args) => approve::reject(g, &Client::open(g).await?, &args).await,
        Verb::Apply(args) => apply::run(g, &Client::open(g).await?, &args).await,
        Verb::Drive(args) => apply::drive(g, &Client::open(g).await?, &args).await,
        Verb::Resume(args) => apply::resume(g, &Client::open(g).await?, &args).await,
        Verb::SignOff(args) => steer::sign_off(g, &Client::open(g).await?, &args).await,
        Verb::Cancel(args) => steer::cancel(g, &Client::open(g).await?, &args).await,
        Verb::Pause(args) => steer::pause(g, &Client::open(g).await?, &args).await,
        Verb::Status(args) => status::run(g, &Client::open(g).await?, &args).await,
        Verb::Watch(args) => watch::run(g, &Client::open(g).await?, &args).await,
        Verb::Logs(args) => logs::run(g, &Client::open(g).await?, &args).await,
        Verb::Locks => locks::list(g, &Client::open(g).await?).await,
        Verb::Unlock(args) => locks::unlock(g, &Client::open(g).await?, &args).await,
        Verb::Output(args) => output::run(g, &Client::open(g).await?, &args).await,
        Verb::Exec(args) => exec::run(g, &Client::open(g).await?, &args).await,
    }
}
