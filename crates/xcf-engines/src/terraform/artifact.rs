//! The bytes kept between plan and apply: the engine's plan file, and what must still hold when it is applied.

use serde::{Deserialize, Serialize};
use xcf_core::ports::runner::RunnerError;

const MAGIC: &[u8; 8] = b"XCFTFP1\n";

/// What the plan was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Engine version; the plan and its apply use the same (`D10`).
    pub engine_version: String,
    /// `LINEAGE/SERIAL` of the state.
    pub state_serial: String,
    /// Where the state is, as [`super::backend::Backend::mark`] tells; the plan file holds that place and writes there.
    #[serde(default)]
    pub place: Option<String>,
    /// Content of `.terraform.lock.hcl` after init: apply uses the same providers.
    pub lock_file: Option<String>,
    /// Addresses and action words the plan changes, for telling afterwards what of it happened.
    pub changes: Vec<(String, String)>,
}

/// Header and plan file as one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Header.
    pub header: Header,
    /// Bytes of the plan file.
    pub plan: Vec<u8>,
}

impl Artifact {
    /// To bytes: magic, header length, header, plan file.
    pub fn encode(&self) -> Result<Vec<u8>, RunnerError> {
        let header = serde_json::to_vec(&self.header)
            .map_err(|e| RunnerError::new("io", format!("cannot write the plan's header: {e}")))?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend((header.len() as u64).to_le_bytes());
        bytes.extend(header);
        bytes.extend(&self.plan);
        Ok(bytes)
    }

    /// From bytes.
    ///
    /// # Errors
    /// `stale-plan` for anything that is not such a value: it can't be applied, a new plan can.
    pub fn decode(bytes: &[u8]) -> Result<Self, RunnerError> {
        let broken = || RunnerError::new("stale-plan", "the saved plan can't be read").hint("plan again");
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(broken)?;
        let (length, rest) = rest.split_first_chunk::<8>().ok_or_else(broken)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| broken())?;
        let (header, plan) = rest.split_at_checked(length).ok_or_else(broken)?;
        let header = serde_json::from_slice(header).map_err(|_| broken())?;
        Ok(Self { header, plan: plan.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d6_artifact_round_trips_and_refuses_other_bytes() {
        let header = Header {
            engine_version: "1.11.4".into(),
            state_serial: "a/1".into(),
            place: None,
            lock_file: None,
            changes: vec![("a".into(), "create".into())],
        };
        let artifact = Artifact { header, plan: vec![0, 1, 2] };
        let bytes = artifact.encode().unwrap();
        assert_eq!(Artifact::decode(&bytes).unwrap(), artifact);
        for cut in [0, 4, 12, 20] {
            assert_eq!(Artifact::decode(&bytes[..cut]).unwrap_err().code, "stale-plan");
        }
    }
}
