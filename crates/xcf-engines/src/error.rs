//! Errors every runner makes in the same way.

use std::io;
use xcf_core::ports::runner::RunnerError;

/// An I/O error with what we were about to do. A full disk has its own code.
pub fn io_error(doing: &str, error: &io::Error) -> RunnerError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            RunnerError::new("disk-full", format!("{doing}: {error}")).hint("free space on that disk and try again")
        }
        _ => RunnerError::new("io", format!("{doing}: {error}")),
    }
}

/// Runs blocking file work off the runtime's threads.
pub async fn off_runtime<T: Send + 'static>(
    doing: &str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, RunnerError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| RunnerError::new("io", format!("{doing}: {e}")))?.map_err(|e| io_error(doing, &e))
}

/// As `off_runtime`, for work that makes its own errors.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RunnerError> + Send + 'static,
) -> Result<T, RunnerError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| RunnerError::new("io", format!("a task of the runner broke off: {e}")))?
}
