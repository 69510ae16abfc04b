//! Where units stand on the canvas.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A place on the canvas, in pixels at 100 %: left upper corner of a node, from where its Environment's column and its
/// lane begin, so that it stays right when other lanes grow or other Environments stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointDto {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// Places that people gave; every other unit stands where the layout puts it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LayoutDto {
    /// By unit id.
    pub units: BTreeMap<String, PointDto>,
    /// Why the file says nothing, if it makes no sense.
    pub problem: Option<String>,
}

/// Puts units somewhere, or back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArrangeRequest {
    /// New places, by unit id.
    #[serde(default)]
    pub place: BTreeMap<String, PointDto>,
    /// Units that go back to where the layout puts them.
    #[serde(default)]
    pub release: Vec<String>,
    /// All of them go back.
    #[serde(default)]
    pub release_all: bool,
}
