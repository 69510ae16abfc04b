//! `kind: Config` on its own.

use super::Findings;
use super::parts;
use crate::docs::config::ConfigSpec;
use crate::docs::doc::Doc;
use crate::docs::spans::escape;
use crate::docs::structure::did_you_mean;
use crate::route::Engine;

pub(super) fn check(doc: &Doc<ConfigSpec>, found: &mut Findings<'_>) {
    // The uid names a folder of the user's data: it must not be able to name any other.
    let uid = doc.metadata.uid.as_deref().unwrap_or_default();
    let fits = (8..=64).contains(&uid.len()) && uid.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !fits {
        let message = format!("`{uid}` is no workspace id: 8 to 64 letters, digits and `-`");
        found.error("bad-uid", "/metadata/uid", message, "use the one `xcf init` made");
    }
    if let Some(state) = &doc.spec.state {
        let known = ["sqlite:", "postgres://", "s3://", "https://"];
        if !known.iter().any(|k| state.url.starts_with(k)) {
            // The address may hold a password: it is not repeated.
            found.error(
                "bad-url",
                "/spec/state/url",
                "the Store address has an unknown scheme",
                format!("known: {}", known.join(", ")),
            );
        }
    }
    if let Some(branch) = &doc.spec.branch {
        parts::not_blank(branch, "branch", "/spec/branch", found);
    }
    let engines: Vec<&str> = Engine::ALL.iter().map(|e| e.as_str()).collect();
    for name in doc.spec.engines.keys() {
        if !engines.contains(&name.as_str()) {
            let hint = did_you_mean(name, &engines);
            found.error(
                "unknown-value",
                &format!("/spec/engines/{}", escape(name)),
                format!("`{name}` is no engine"),
                hint,
            );
        }
    }
    if let Some(retention) = &doc.spec.retention {
        for (duration, field) in [
            (&retention.plan, "plan"),
            (&retention.approval, "approval"),
            (&retention.blobs, "blobs"),
            (&retention.logs, "logs"),
        ] {
            parts::positive(duration.as_ref(), &format!("/spec/retention/{field}"), found);
        }
    }
}
