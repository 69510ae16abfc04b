//! Tracing and OpenTelemetry set-up (`R4.8`). Logs go to stderr; traces to OTLP/HTTP where an endpoint is configured.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Keeps the exporter alive; flushes it when dropped.
#[derive(Debug, Default)]
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(provider) = self.provider.take() {
            // Nothing is left to report a failed flush to at this point.
            let _ = provider.shutdown();
        }
    }
}

/// Starts logging at `level` (`XCF_LOG` wins) and, with an endpoint, trace export.
/// A second call in one process changes nothing (tests).
#[must_use]
pub fn start(level: &str, otlp: Option<&str>) -> Telemetry {
    let filter = std::env::var("XCF_LOG").ok().and_then(|text| EnvFilter::try_new(text).ok());
    let filter = filter.unwrap_or_else(|| {
        EnvFilter::new(format!("warn,xcf={level},xcf_api={level},xcf_run={level},xcf_engines={level}"))
    });
    let logs = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_filter(filter);
    let endpoint = otlp.map(str::to_owned).or_else(|| std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").ok());
    let provider = endpoint.and_then(|endpoint| exporter(&endpoint));
    let traces = provider.as_ref().map(|p| tracing_opentelemetry::layer().with_tracer(p.tracer("xcloudflow")));
    // `try_init` fails only if a subscriber is already there, which is then the one to keep.
    let _ = tracing_subscriber::registry().with(logs).with(traces).try_init();
    Telemetry { provider }
}

fn exporter(endpoint: &str) -> Option<SdkTracerProvider> {
    let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    let built = SpanExporter::builder().with_http().with_endpoint(url).build();
    match built {
        Ok(exporter) => {
            let resource = Resource::builder().with_service_name("xcloudflow").build();
            Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
        }
        Err(error) => {
            tracing::warn!(%error, "trace export is off: the OTLP endpoint can't be used");
            None
        }
    }
}
