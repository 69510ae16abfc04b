use crate::client::Client;
use serde_json::{Value, json};

const SHOP: &str = "compositions/apps/shop.yaml";

fn labels(result: &Value) -> Vec<String> {
    result["items"].as_array().unwrap().iter().map(|i| i["label"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn d12_completion_hover_definition_references_symbols_over_stdio() {
    let mut client = Client::new();
    let text = client.text(SHOP);
    client.open(SHOP, &text);
    assert_eq!(client.diagnostics(SHOP, 1), Vec::<Value>::new(), "the sample is clean");
    let lifecycles = client.at("textDocument/completion", SHOP, &text, "lifecycle: |Applications");
    assert!(labels(&lifecycles).contains(&"PaaS".to_owned()), "{lifecycles}");
    let hover = client.at("textDocument/hover", SHOP, &text, "life|cycle: Applications");
    let words = hover["contents"]["value"].as_str().unwrap();
    assert!(words.contains("prod/shop/deploy") && words.contains("gate:"), "{words}");
    let home = client.at("textDocument/definition", SHOP, &text, "from: orders|-db");
    assert_eq!(home[0]["uri"], client.uri("compositions/data/orders-db.yaml").as_str());
    let uses = client.at("textDocument/references", SHOP, &text, "name: deplo|y");
    let files: Vec<&str> = uses.as_array().unwrap().iter().map(|l| l["uri"].as_str().unwrap()).collect();
    assert!(files.contains(&client.uri("envs/prod.yaml").as_str()), "{files:?}");
    let outline = client.at("textDocument/documentSymbol", SHOP, &text, "|apiVersion");
    assert_eq!(outline[0]["name"], "shop");
    assert_eq!(client.finish(), 0);
}

#[test]
fn d12_incremental_edits_in_utf16_keep_text_and_diagnostics_in_step() {
    let mut client = Client::new();
    let text = client.text(SHOP);
    client.open(SHOP, &text);
    client.diagnostics(SHOP, 1);
    let uri = client.uri(SHOP);
    // A comment with characters of one, two and four bytes first, then an edit behind them on the same line.
    let edit = |from: [u32; 2], to: [u32; 2], text: &str| {
        json!({
            "range": {
                "start": {"line": from[0], "character": from[1]},
                "end": {"line": to[0], "character": to[1]},
            },
            "text": text,
        })
    };
    client.tell(
        "textDocument/didChange",
        json!({
            "textDocument": {"uri": uri, "version": 2},
            "contentChanges": [edit([0, 0], [0, 0], "# é😀中 x\n"), edit([0, 7], [0, 8], "y"), edit([8, 13], [8, 25], "Aplications")],
        }),
    );
    let found = client.diagnostics(SHOP, 2);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["range"], json!({"start": {"line": 8, "character": 13}, "end": {"line": 8, "character": 24}}));
    assert!(found[0]["message"].as_str().unwrap().contains("Aplications"), "{found:#?}");
    let fixes = client.ask(
        "textDocument/codeAction",
        json!({"textDocument": {"uri": uri}, "range": found[0]["range"], "context": {"diagnostics": []}}),
    );
    assert_eq!(fixes["result"][0]["edit"]["changes"][&uri][0]["newText"], "Applications", "{fixes}");
    client.tell(
        "textDocument/didChange",
        json!({
            "textDocument": {"uri": uri, "version": 3},
            "contentChanges": [edit([8, 13], [8, 24], "Applications")],
        }),
    );
    assert_eq!(client.diagnostics(SHOP, 3), Vec::<Value>::new());
    client.tell("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    let gone = client.wait(|m| m["method"] == "textDocument/publishDiagnostics" && m["params"]["version"].is_null());
    assert_eq!(gone["params"]["diagnostics"], json!([]));
    assert_eq!(client.finish(), 0);
}

#[test]
fn d12_an_unsaved_text_is_seen_from_the_others_and_the_file_stays() {
    let mut client = Client::new();
    let (network, cluster) = ("compositions/foundation/network.yaml", "compositions/platform/cluster.yaml");
    let (before, reader) = (client.text(network), client.text(cluster));
    client.open(cluster, &reader);
    client.diagnostics(cluster, 1);
    client.open(network, &before.replace("name: network", "name: net-two"));
    let told = client.wait(|m| {
        m["method"] == "textDocument/publishDiagnostics"
            && m["params"]["diagnostics"]
                .as_array()
                .is_some_and(|d| d.iter().any(|d| d["code"] == "missing-composition"))
    });
    assert_eq!(told["params"]["uri"], client.uri(cluster).as_str());
    assert_eq!(client.text(network), before);
    assert_eq!(client.finish(), 0);
}

#[test]
fn d12_a_rename_over_stdio_edits_every_file_that_names_it() {
    let mut client = Client::new();
    let text = client.text(SHOP);
    client.open(SHOP, &text);
    let ready = client.at("textDocument/prepareRename", SHOP, &text, "name: deplo|y");
    assert_eq!(ready["placeholder"], "deploy", "{ready}");
    let (line, character) = (ready["range"]["start"]["line"].clone(), ready["range"]["end"]["character"].clone());
    let uri = client.uri(SHOP);
    let ask = |to: &str| json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}, "newName": to});
    let done = client.ask("textDocument/rename", ask("rollout"));
    let changes = done["result"]["changes"].as_object().unwrap();
    assert!(changes.contains_key(&uri) && changes.contains_key(&client.uri("envs/prod.yaml")), "{done}");
    assert!(
        changes.values().flat_map(|c| c.as_array().unwrap()).any(|c| c["newText"].as_str().unwrap().contains("moved"))
    );
    assert_eq!(client.text(SHOP), text, "the editor writes, the server does not");
    let refused = client.ask("textDocument/rename", ask("Not A Name"));
    assert!(refused["error"]["message"].as_str().unwrap().contains("Not A Name"), "{refused}");
    assert_eq!(client.finish(), 0);
}
