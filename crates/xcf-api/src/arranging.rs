//! Where units stand on the canvas, when a person moved them: `.xcf/layout/graph.json`, committed, optional (`dsl §1`).
//! It never says anything about infrastructure; a file that can't be read arranges nothing and is never written over.

use crate::dto::{ArrangeRequest, LayoutDto, PointDto};
use crate::error::{Answer, Kind, Problem};
use crate::history::{FileChange, Label};
use crate::open::Workspace;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;
use xcf_core::ids::UnitId;

pub(crate) const FILE: &str = ".xcf/layout/graph.json";
const VERSION: u32 = 1;
/// Flow units; farther away nobody finds anything.
const FARTHEST: f64 = 1_000_000.0;
/// As many as there can be units on one canvas.
const MOST: usize = 100_000;

/// The file: one line per unit, sorted, so that two people's moves merge.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Layout {
    version: u32,
    #[serde(default)]
    units: BTreeMap<String, PointDto>,
}

impl Default for Layout {
    fn default() -> Self {
        Self { version: VERSION, units: BTreeMap::new() }
    }
}

impl Layout {
    fn read(text: &str) -> Result<Self, String> {
        let layout: Self = serde_json::from_str(text).map_err(|e| format!("{FILE}:{}: {e}", e.line()))?;
        if layout.version != VERSION {
            return Err(format!("{FILE}: version {} is not known here, only {VERSION}", layout.version));
        }
        match layout.units.iter().find(|(_, p)| !p.x.is_finite() || !p.y.is_finite() || far(**p)) {
            Some((unit, _)) => Err(format!("{FILE}: the place of {unit} is out of reach")),
            None => Ok(layout),
        }
    }
    fn text(&self) -> String {
        let line = |(id, p): (&String, &PointDto)| {
            format!(
                "    {}: {{ \"x\": {}, \"y\": {} }}",
                serde_json::Value::from(id.as_str()),
                p.x.round(),
                p.y.round()
            )
        };
        let units: Vec<String> = self.units.iter().map(line).collect();
        let inner = if units.is_empty() { String::new() } else { format!("\n{}\n  ", units.join(",\n")) };
        format!("{{\n  \"version\": {VERSION},\n  \"units\": {{{inner}}}\n}}\n")
    }
}

fn far(point: PointDto) -> bool {
    point.x.abs() > FARTHEST || point.y.abs() > FARTHEST
}

impl Workspace {
    /// Use case: where units were put by hand.
    ///
    /// # Errors
    /// The file can't be read from the disk. One that makes no sense is told in `problem`.
    pub(crate) async fn layout(&self) -> Answer<LayoutDto> {
        let read = self.text_of(FILE).await?.map_or_else(|| Ok(Layout::default()), |text| Layout::read(&text));
        Ok(match read {
            Ok(layout) => LayoutDto { units: layout.units, problem: None },
            Err(problem) => LayoutDto { units: BTreeMap::new(), problem: Some(problem) },
        })
    }
    /// Use case: puts units somewhere, or back where they stand by themselves; one step of undo.
    ///
    /// # Errors
    /// No unit id, a place out of reach, too many, or a file that makes no sense: it is not written over.
    pub(crate) async fn arrange(&self, request: ArrangeRequest) -> Answer<LayoutDto> {
        check(&request)?;
        let turn = self.history.turn().await;
        let before = self.text_of(FILE).await?;
        let mut layout = before.as_deref().map_or_else(|| Ok(Layout::default()), Layout::read).map_err(|why| {
            Problem::new(Kind::Conflict, "bad-layout", why)
                .hint("Mend or delete the file; it only says where units stand.")
        })?;
        for unit in &request.release {
            layout.units.remove(unit);
        }
        if request.release_all {
            layout.units.clear();
        }
        layout.units.extend(request.place);
        if layout.units.len() > MOST {
            return Err(Problem::new(Kind::Usage, "too-many", format!("more than {MOST} places")));
        }
        let after = (!layout.units.is_empty() || before.is_some()).then(|| layout.text());
        let change = FileChange { file: FILE.to_owned(), before, after };
        self.perform(Label { code: "arrange", target: String::new() }, vec![change]).await?;
        drop(turn);
        Ok(LayoutDto { units: layout.units, problem: None })
    }
}

/// The file after units got other ids: their places go along. None if there is no file, or it is not ours to change.
pub(crate) fn followed(text: &str, moved: &[(UnitId, UnitId)]) -> Option<String> {
    let mut layout = Layout::read(text).ok()?;
    let taken: Vec<_> =
        moved.iter().filter_map(|(from, to)| Some((to, layout.units.remove(&from.to_string())?))).collect();
    if taken.is_empty() {
        return None;
    }
    layout.units.extend(taken.into_iter().map(|(to, point)| (to.to_string(), point)));
    Some(layout.text())
}

fn check(request: &ArrangeRequest) -> Answer<()> {
    let bad = |text: String| Problem::new(Kind::Usage, "bad-place", text);
    for (unit, point) in &request.place {
        if UnitId::from_str(unit).is_err() {
            return Err(bad(format!("`{unit}` is no unit")));
        }
        if !point.x.is_finite() || !point.y.is_finite() || far(*point) {
            return Err(bad(format!("the place of {unit} is out of reach")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dsl1_a_layout_is_one_sorted_line_per_unit_and_reads_back() {
        let mut layout = Layout::default();
        assert_eq!(layout.text(), "{\n  \"version\": 1,\n  \"units\": {}\n}\n");
        layout.units.insert("prod/b/c".into(), PointDto { x: 10.4, y: -3.0 });
        layout.units.insert("dev/a/b".into(), PointDto { x: 0.0, y: 1.0 });
        let text = layout.text();
        assert_eq!(
            text,
            "{\n  \"version\": 1,\n  \"units\": {\n    \"dev/a/b\": { \"x\": 0, \"y\": 1 },\n    \"prod/b/c\": { \"x\": 10, \"y\": -3 }\n  }\n}\n"
        );
        let back = Layout::read(&text).unwrap();
        assert_eq!(back.units["prod/b/c"], PointDto { x: 10.0, y: -3.0 });
    }

    #[test]
    fn dsl1_a_layout_that_makes_no_sense_says_where() {
        for (text, why) in [
            ("{\n  \"version\": 1,\n  nonsense", "graph.json:3"),
            ("{\"version\": 2}", "version 2 is not known"),
            ("{\"version\": 1, \"units\": {\"a/b/c\": {\"x\": 1e300, \"y\": 0}}}", "out of reach"),
            ("{\"version\": 1, \"units\": {\"a/b/c\": {\"x\": \"left\", \"y\": 0}}}", "graph.json:1"),
        ] {
            let said = Layout::read(text).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }
}
