//! `xcf output UNIT [NAME]`.

use super::Outcome;
use crate::args::{Global, OutputArgs};
use crate::client::Client;
use crate::exit::Exit;
use crate::output::{complain, structured, table};
use xcf_api::dto::OutputsDto;

pub(super) async fn run(global: &Global, client: &Client, args: &OutputArgs) -> Outcome {
    let outputs: OutputsDto = client.get(&format!("/api/outputs/{}", args.unit)).await?;
    let text = |v: &Option<serde_json::Value>| match v {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    if let Some(name) = &args.name {
        return match outputs.outputs.iter().find(|o| &o.name == name) {
            Some(output) => {
                println!("{}", text(&output.value));
                Ok(Exit::Ok)
            }
            None => {
                complain(&format!("{} has no output `{name}`", args.unit), "");
                Ok(Exit::Error)
            }
        };
    }
    if !structured(&outputs, global.format) {
        let rows: Vec<_> = outputs.outputs.iter().map(|o| vec![o.name.clone(), text(&o.value)]).collect();
        table(&["OUTPUT", "VALUE"], &rows, global.format);
    }
    Ok(Exit::Ok)
}
