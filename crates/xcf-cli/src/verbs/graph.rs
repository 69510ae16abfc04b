//! `xcf graph`.

use super::Outcome;
use crate::args::{Format, Global, GraphArgs};
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{diagnostics, structured, table};
use xcf_api::dto::GraphDto;

pub(super) async fn run(global: &Global, client: &Client, args: &GraphArgs) -> Outcome {
    let env = args.env.as_ref().map(|e| format!("&env={e}")).unwrap_or_default();
    let graph: GraphDto = client.get(&format!("/api/graph?draft={}{env}", !args.head)).await?;
    match global.format {
        Format::Dot => println!("{}", dot(&graph)),
        Format::Mermaid => println!("{}", mermaid(&graph)),
        format if structured(&graph, format) => {}
        format => {
            let rows: Vec<_> = graph
                .units
                .iter()
                .map(|u| {
                    vec![u.id.clone(), u.layer.clone(), u.engine.clone(), u.standing.clone(), u.depends_on.join(" ")]
                })
                .collect();
            table(&["UNIT", "LAYER", "ENGINE", "STANDING", "AFTER"], &rows, format);
            diagnostics(&graph.diagnostics);
        }
    }
    let errors = graph.diagnostics.iter().any(|d| d.severity == "error");
    Ok(if errors { Exit::Error } else { Exit::Ok })
}

fn dot(graph: &GraphDto) -> String {
    let mut text = String::from("digraph xcf {\n  rankdir=TB;\n  node [shape=box];\n");
    for unit in &graph.units {
        text.push_str(&format!("  \"{}\" [label=\"{}\\n{}\"];\n", unit.id, unit.id, unit.engine));
    }
    for edge in &graph.edges {
        let style = if edge.kind == "wired" { "solid" } else { "dashed" };
        text.push_str(&format!("  \"{}\" -> \"{}\" [style={style}];\n", edge.from, edge.to));
    }
    text + "}"
}

fn mermaid(graph: &GraphDto) -> String {
    let id = |unit: &str| unit.replace(['/', '-'], "_");
    let mut text = String::from("flowchart TB\n");
    for unit in &graph.units {
        text.push_str(&format!("  {}[\"{}\"]\n", id(&unit.id), unit.id));
    }
    for edge in &graph.edges {
        let arrow = if edge.kind == "wired" { "-->" } else { "-.->" };
        text.push_str(&format!("  {} {arrow} {}\n", id(&edge.from), id(&edge.to)));
    }
    text
}
