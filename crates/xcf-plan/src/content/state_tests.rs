//! Two texts that say the same place, and texts that do not tell.

use super::ModuleContent;
use crate::testkit::Files;

fn identity(text: &str) -> Option<String> {
    let tree = Files::new().with("m/main.tf", text).tree();
    ModuleContent::read(&tree, "m", false).state.and_then(|s| s.identity)
}

#[test]
fn dsl8_a_backend_is_known_by_the_place_it_names() {
    let of = |body: &str| identity(&format!("terraform {{\n  {body}\n}}\n"));
    let one = of("backend \"s3\" {\n bucket = \"b\"\n key = \"k\"\n encrypt = true\n}");
    assert!(one.is_some());
    assert_eq!(
        one,
        of("backend \"s3\" {\n key = \"k\"\n bucket = \"b\"\n region = \"x\"\n}"),
        "how to get there is no part of the place"
    );
    assert_ne!(one, of("backend \"s3\" {\n bucket = \"b\"\n key = \"k2\"\n}"));
    let json = r#"{"terraform": [{"backend": {"s3": {"bucket": "b", "key": "k"}}}]}"#;
    let tree = Files::new().with("m/main.tf.json", json).tree();
    assert_eq!(ModuleContent::read(&tree, "m", false).state.and_then(|s| s.identity), one);
    assert!(of("backend \"local\" {\n path = \"/srv/x.tfstate\"\n}").is_some());
    assert!(of("cloud {\n organization = \"o\"\n workspaces {\n name = \"w\"\n }\n}").is_some());
    for untold in [
        "backend \"s3\" {}",
        "backend \"s3\" {\n bucket = \"b\"\n}",
        "backend \"s3\" {\n bucket = \"b\"\n key = var.key\n}",
        "backend \"local\" {}",
        "backend \"local\" {\n path = \"../x.tfstate\"\n}",
        "required_version = \"1\"",
    ] {
        assert_eq!(of(untold), None, "{untold}");
    }
}
