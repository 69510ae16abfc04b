//! `xcf serve`: the API and the built UI on a loopback address, behind the guard (`D11`, `D13`).

use crate::app::App;
use crate::error::{Answer, Problem};
use crate::http::{Guard, guarded, router};
use axum::http::{HeaderName, HeaderValue, header};
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

/// A bound server.
pub struct Served {
    /// Address with the token, for a browser on this machine.
    pub address: String,
    listener: TcpListener,
    router: axum::Router,
}

const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Binds `listen` (port 0: any free one) and prepares the router.
///
/// # Errors
/// The port is taken, or no built UI is found.
pub async fn bind(app: Arc<App>, listen: SocketAddr, ui: Option<PathBuf>) -> Answer<Served> {
    let ui = ui.or_else(find_ui).ok_or_else(|| {
        Problem::internal("no-ui", "the built UI is not beside the program")
            .hint("Build it with `npm run build` in ui/, or name its folder with --ui.")
    })?;
    let listener = TcpListener::bind(listen).await.map_err(|e| {
        Problem::internal("listen-failed", format!("{listen} can't be listened on: {e}"))
            .hint("Another server may have it: choose a port with --listen 127.0.0.1:0.")
    })?;
    let local = listener.local_addr().map_err(|e| Problem::internal("listen-failed", e))?;
    let token = match std::env::var("XCF_TOKEN") {
        Ok(token) if token.len() >= 16 => token,
        _ => fresh_token(),
    };
    let guard = Arc::new(Guard::new(token.clone(), vec![local.to_string(), format!("localhost:{}", local.port())]));
    let page = ServeDir::new(&ui).fallback(ServeFile::new(ui.join("index.html")));
    let header_of = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let router = router(app)
        .fallback_service(page)
        .layer(axum::middleware::from_fn_with_state(guard, guarded))
        .layer(header_of(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(header_of(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_of(header::REFERRER_POLICY, "no-referrer"));
    Ok(Served { address: format!("http://{local}/?token={token}"), listener, router })
}

impl Served {
    /// Serves until `end` is ready; open streams are then cut.
    ///
    /// # Errors
    /// The listener failed.
    pub async fn until(self, end: impl Future<Output = ()> + Send) -> Answer<()> {
        let serving = axum::serve(self.listener, self.router);
        tokio::select! {
            done = std::future::IntoFuture::into_future(serving) => done.map_err(|e| Problem::internal("serve-failed", e)),
            () = end => Ok(()),
        }
    }
}

fn fresh_token() -> String {
    use rand::RngCore;
    let mut bytes = [0u8; 24];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Beside the program (installed), or in the repository it was built from.
fn find_ui() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let beside = program.parent()?.join("ui");
    let installed = program.parent()?.parent()?.join("share/xcloudflow/ui");
    let built = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist");
    [beside, installed, built].into_iter().find(|f| f.join("index.html").exists())
}
