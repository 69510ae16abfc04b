use crate::client::Client;
use serde_json::{Value, json};

fn alive(client: &mut Client) {
    let reply = client.ask(
        "textDocument/hover",
        json!({"textDocument": {"uri": "file:///none"}, "position": {"line": 0, "character": 0}}),
    );
    assert_eq!(reply["result"], Value::Null, "{reply}");
}

#[test]
fn s7_the_life_cycle_is_kept() {
    let mut client = Client::raw();
    let early = client.ask("textDocument/hover", json!({}));
    assert_eq!(early["error"]["code"], -32002, "{early}");
    let folder = client.uri("");
    let folders = json!([{"uri": folder, "name": "one"}, {"uri": "file:///tmp", "name": "two"}]);
    let several = client.ask("initialize", json!({"capabilities": {}, "workspaceFolders": folders}));
    let why = several["error"]["message"].as_str().unwrap();
    assert!(why.contains("one folder") && why.contains("one, two"), "{why}");
    let one = client.ask("initialize", json!({"capabilities": {}, "rootUri": folder}));
    assert_eq!(one["result"]["serverInfo"]["name"], "xcf");
    assert_eq!(client.ask("initialize", json!({"capabilities": {}}))["error"]["code"], -32600);
    assert_eq!(client.ask("shutdown", Value::Null)["result"], Value::Null);
    assert_eq!(client.ask("textDocument/hover", json!({}))["error"]["code"], -32600);
    client.tell("exit", Value::Null);
    assert_eq!(client.end(), 0);
}

#[test]
fn s7_going_away_without_a_word_ends_it() {
    assert_eq!(Client::new().end(), 1);
}

#[test]
fn s7_unknown_methods_and_wrong_parameters_are_refused() {
    let mut client = Client::new();
    assert_eq!(client.ask("textDocument/noSuchThing", json!({}))["error"]["code"], -32601);
    assert_eq!(client.ask("textDocument/moniker", json!({}))["error"]["code"], -32601);
    assert_eq!(client.ask("textDocument/completion", json!({"textDocument": 7}))["error"]["code"], -32602);
    client.tell("$/setTrace", json!({"value": "off"}));
    client.tell("no/suchNotification", json!(null));
    client.tell(
        "textDocument/didChange",
        json!({"textDocument": {"uri": "file:///x", "version": 1}, "contentChanges": []}),
    );
    client.send(&json!([1, 2]));
    let odd = client.wait(|m| m["id"].is_null() && m.get("error").is_some());
    assert_eq!(odd["error"]["code"], -32600, "{odd}");
    alive(&mut client);
    assert_eq!(client.finish(), 0);
}

#[test]
fn s7_wrong_lengths_and_bad_bytes_are_told_and_survived() {
    let mut client = Client::new();
    client.bytes(b"Content-Length: seven\r\n\r\n");
    client.bytes(b"Content-Length: 4\r\n\r\n\xff\xfe\x00{");
    // Too short: the rest runs into the next header.
    client.bytes(b"Content-Length: 10\r\n\r\n{\"jsonrpc\": \"2.0\", \"method\": \"x\"}");
    client.bytes(b"Content-Length: 1\r\n\r\n1");
    for _ in 0..4 {
        let refused = client.wait(|m| m["id"].is_null() && m.get("error").is_some());
        assert!(refused["error"]["code"].as_i64().unwrap() <= -32600, "{refused}");
    }
    alive(&mut client);
    assert_eq!(client.finish(), 0);
}

#[test]
fn s7_a_hundred_megabytes_are_skipped() {
    let mut client = Client::new();
    let size = 100 << 20;
    client.bytes(format!("Content-Length: {size}\r\n\r\n").as_bytes());
    let chunk = vec![b' '; 1 << 20];
    for _ in 0..100 {
        client.bytes(&chunk);
    }
    let refused = client.wait(|m| m["id"].is_null() && m.get("error").is_some());
    assert!(refused["error"]["message"].as_str().unwrap().contains("104857600"), "{refused}");
    alive(&mut client);
    assert_eq!(client.finish(), 0);
}

#[test]
fn s7_a_cancelled_request_is_answered_as_cancelled() {
    let mut client = Client::new();
    // The cancellation comes in one write with its request, so it is known before the request's turn.
    let request = json!({"jsonrpc": "2.0", "id": "late", "method": "textDocument/documentSymbol", "params": {"textDocument": {"uri": "file:///none"}}});
    let cancel = json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": "late"}}).to_string();
    let first = format!("Content-Length: {}\r\n\r\n{cancel}", cancel.len());
    client.bytes(first.as_bytes());
    client.send(&request);
    let reply = client.wait(|m| m["id"] == "late");
    assert_eq!(reply["error"]["code"], -32800, "{reply}");
    alive(&mut client);
    assert_eq!(client.finish(), 0);
}
