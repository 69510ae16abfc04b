//! What a change makes a month cost (`R4.3`, `D6`): known to the cent, or said to be unknown, never guessed.

use serde::{Deserialize, Serialize};

/// The difference a change makes to what a month costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Hundredths of the currency a month, negative where it gets cheaper; none if something in it has no known price.
    pub monthly_cents: Option<i64>,
    /// ISO 4217.
    pub currency: String,
    /// Addresses of changed resources whose price is not known, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unpriced: Vec<String>,
}

impl Cost {
    /// The difference in whole currency, for policies and people.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a month's cost is far below 2^53 cents")]
    pub fn monthly(&self) -> Option<f64> {
        self.monthly_cents.map(|cents| cents as f64 / 100.0)
    }
}

impl std::fmt::Display for Cost {
    /// `+60.74 USD a month`, or `unknown`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.monthly_cents {
            Some(0) => write!(f, "no difference"),
            Some(cents) => {
                let (sign, size) = (if cents < 0 { '-' } else { '+' }, cents.unsigned_abs());
                write!(f, "{sign}{}.{:02} {} a month", size / 100, size % 100, self.currency)
            }
            None => write!(f, "unknown"),
        }
    }
}
