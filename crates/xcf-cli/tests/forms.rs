//! The palette and the form through the API, on the sample (issue 4, points 1 and 2).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod kit;

use axum::body::Body;
use axum::http::Request;
use kit::Sample;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;
use xcf_api::{App, Paths};

struct Api(axum::Router);

impl Api {
    async fn of(sample: &Sample) -> Self {
        let at = |name: &str| sample.home.path().join(name);
        let paths = Paths { data: at("d"), state: at("s"), cache: at("c"), config: at("f") };
        let app = Arc::new(App::new(paths));
        app.open_folder(&sample.dir, None).await.unwrap();
        Self(xcf_api::http::router(app))
    }
    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let response = self.0.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
    async fn get(&self, path: &str) -> Value {
        let (status, value) = self.call("GET", path, json!({})).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }
}

fn field<'a>(form: &'a Value, name: &str) -> &'a Value {
    form["fields"].as_array().unwrap().iter().find(|f| f["name"] == name).unwrap()
}

fn edit(target: &Value, value: Value) -> Value {
    json!({"file": target["file"], "document": target["document"], "pointer": target["pointer"], "value": value, "baseDigest": target["digest"]})
}

#[tokio::test]
async fn issue4_1_the_palette_lists_the_sample_s_modules() {
    let sample = Sample::new();
    let api = Api::of(&sample).await;
    let catalog = api.get("/api/catalog").await;
    let refs: Vec<&str> = catalog["modules"].as_array().unwrap().iter().map(|m| m["ref"].as_str().unwrap()).collect();
    assert!(
        ["modules/network", "modules/database", "playbooks/shop/deploy.yml"].iter().all(|r| refs.contains(r)),
        "{refs:?}"
    );
    let one = api.get("/api/catalog/modules%2Fdatabase").await;
    assert_eq!(one["card"]["usedBy"], json!(["orders-db"]));
    let inputs = one["card"]["inputs"].as_array().unwrap();
    let subnets = inputs.iter().find(|i| i["name"] == "subnet_ids").unwrap();
    assert_eq!((&subnets["type"]["kind"], &subnets["type"]["items"]["kind"]), (&json!("list"), &json!("string")));
    assert_eq!(one["schema"]["properties"]["admin_password"]["writeOnly"], json!(true));
    assert!(!one.to_string().contains("sample-only-not-a-secret"), "a sensitive default is never shown");
    assert_eq!(api.call("GET", "/api/catalog/modules%2Fnothing", json!({})).await.0, 404);
}

#[tokio::test]
async fn issue4_2_the_form_shows_layers_and_resets_to_the_one_below() {
    let sample = Sample::new();
    let api = Api::of(&sample).await;
    let path = "/api/units/prod/orders-db/database/form";
    let form = api.get(path).await;
    let storage = field(&form, "storage_gb");
    assert_eq!((&storage["value"], &storage["origin"]), (&json!(200), &json!("environment")));
    assert_eq!((&storage["reset"]["to"], &storage["reset"]["value"]), (&json!("composition"), &json!(20)));
    let public = field(&form, "public");
    assert_eq!(
        (&public["origin"], &public["reset"]["to"], &public["reset"]["value"]),
        (&json!("composition"), &json!("default"), &json!(false))
    );
    assert_eq!(field(&form, "engine_version")["origin"], json!("environment-module"));
    assert_eq!(field(&form, "subnet_ids")["kind"], json!("reference"));
    assert!(form["engines"][0]["possible"].as_bool().unwrap() && !form["engines"][8]["possible"].as_bool().unwrap());

    // The override of one unit in one Environment goes into the Environment's document.
    let layers = public["layers"].as_array().unwrap();
    let only_here = &layers.last().unwrap()["edit"];
    assert!(only_here["file"] == "envs/prod.yaml" && layers[0]["edit"]["file"] == "compositions/data/orders-db.yaml");
    let (status, done) = api.call("POST", "/api/edit", edit(only_here, json!(true))).await;
    assert_eq!(status, 200, "{done}");
    let public = field(&api.get(path).await, "public").clone();
    assert_eq!((&public["value"], &public["origin"]), (&json!(true), &json!("environment-module")));
    let dev = api.get("/api/units/dev/orders-db/database/form").await;
    assert_eq!(field(&dev, "public")["value"], json!(false));
    let reset = &public["reset"]["edit"];
    let remove = json!({"file": reset["file"], "document": reset["document"], "pointer": reset["pointer"], "remove": true, "baseDigest": reset["digest"]});
    assert_eq!(api.call("POST", "/api/edit", remove).await.0, 200);
    assert_eq!(field(&api.get(path).await, "public")["value"], json!(false));
}

#[tokio::test]
async fn issue4_2_what_an_edit_would_say_is_said_before_it_is_made() {
    let sample = Sample::new();
    let api = Api::of(&sample).await;
    let form = api.get("/api/units/dev/orders-db/database/form").await;
    // Where the value in force stands: the Environment's entry.
    let target = &field(&form, "storage_gb")["reset"]["edit"];
    let before = sample.read("envs/dev.yaml");
    let (status, said) = api.call("POST", "/api/edit/check", edit(target, json!("much"))).await;
    assert_eq!(status, 200, "{said}");
    let wrong = &said["added"][0];
    assert_eq!((&wrong["code"], &wrong["file"]), (&json!("type-mismatch"), &json!("envs/dev.yaml")));
    assert!(wrong["line"].as_u64().unwrap() > 0 && !wrong["hint"].as_str().unwrap().is_empty());
    assert_eq!(sample.read("envs/dev.yaml"), before, "nothing is written");
    let subnets = &field(&form, "subnet_ids")["layers"][0]["edit"];
    let nowhere = json!({"from": "network", "output": "subnets"});
    let (_, said) = api.call("POST", "/api/edit/check", edit(subnets, nowhere)).await;
    assert_eq!(said["added"][0]["code"], json!("unknown-output"));
    let (_, said) = api.call("POST", "/api/edit/check", edit(subnets, json!(["a"]))).await;
    assert_eq!(said["added"], json!([]));
    let mut stale = edit(subnets, json!(["a"]));
    stale["baseDigest"] = json!("sha256:0");
    assert_eq!(api.call("POST", "/api/edit/check", stale).await.1["code"], json!("edit-conflict"));

    let offers = api.get("/api/units/dev/orders-db/database/offers?input=subnet_ids&query=network").await;
    let first = &offers["offers"][0];
    assert_eq!((&first["unit"], &first["refused"]), (&json!("dev/network/network"), &json!("")));
    assert!(offers["offers"].as_array().unwrap().iter().any(|o| o["output"] == "subnet_ids"));
}
