use super::*;
use crate::language::outline::Outline;
use proptest::prelude::*;

const SHOP_FILE: &str = "compositions/shop.yaml";

#[test]
fn d12_diagnostics_are_those_of_validate_for_the_open_text() {
    let (snapshot, clean, _) = with(SHOP_FILE, &SHOP.replace("from: network", "from: netwrk|"));
    let found = diagnose(&snapshot, SHOP_FILE);
    let one = found.iter().find(|f| f.diagnostic.code == "missing-composition").unwrap_or_else(|| panic!("{found:#?}"));
    let lines = Lines::new(&clean);
    assert!(clean[lines.offset(one.span.start)..lines.offset(one.span.end)].starts_with("netwrk"), "{one:#?}");
    let validated: Vec<_> = crate::workspace::load(snapshot.tree()).diagnostics;
    assert!(found.iter().all(|f| validated.contains(&f.diagnostic)));
}

#[test]
fn d12_a_cycle_is_told_while_typing() {
    let text = SHOP.replace("subnet: { from: network, output: subnet_id }", "subnet: { module: dns, output: x }|");
    let (snapshot, ..) = with(SHOP_FILE, &text);
    let codes: Vec<String> = diagnose(&snapshot, SHOP_FILE).into_iter().map(|f| f.diagnostic.code).collect();
    assert!(codes.contains(&"cycle".to_owned()), "{codes:?}");
}

#[test]
fn d12_a_broken_text_still_completes_hovers_and_goes() {
    let broken = SHOP
        .replace("lifecycle: Applications", "lifecycle: [Applications\n  : : {")
        .replace("from: network", "from: net|work");
    let (snapshot, clean, at) = with(SHOP_FILE, &broken);
    assert!(diagnose(&snapshot, SHOP_FILE).iter().any(|f| f.diagnostic.is_error()));
    assert_eq!(shown(&definition(&snapshot, &clean, at)), ["compositions/network.yaml:4:9"]);
    let open = SHOP.replace("{ from: network, output: subnet_id }", "{ from: network, output: |");
    assert_eq!(labels(SHOP_FILE, &open), ["subnet_id"]);
    let bare = SHOP.replace("{ from: network, output: subnet_id }", "{ |");
    assert!(labels(SHOP_FILE, &bare).contains(&"output".to_owned()));
}

#[test]
fn d12_a_broken_file_keeps_its_names_for_the_others() {
    let base = Arc::new(MemoryTree::new(FILES.map(|(p, t)| (p, t.as_bytes()))));
    let torn: Arc<str> = Arc::from(NETWORK.replace("zones: 2", "zones: [2").as_str());
    let open = BTreeMap::from([("compositions/network.yaml".to_owned(), torn)]);
    let snapshot = Snapshot::new(Arc::new(Overlay::new(base, &open)), None);
    let offset = SHOP.find("network").unwrap() + 1;
    let at = Lines::new(SHOP).position(offset);
    assert_eq!(shown(&definition(&snapshot, SHOP, at)), ["compositions/network.yaml:4:9"]);
}

#[test]
fn positions_count_utf16_units_and_every_line_end() {
    let text = "a: é😀x\r\nb: 1\rc: 2\n";
    let lines = Lines::new(text);
    let x = text.find('x').unwrap();
    assert_eq!(lines.position(x), Position { line: 0, character: 6 });
    assert_eq!(lines.offset(Position { line: 0, character: 6 }), x);
    assert_eq!(lines.offset(Position { line: 0, character: 999 }), text.find('\r').unwrap());
    assert_eq!(lines.position(text.find('c').unwrap()), Position { line: 2, character: 0 });
    assert_eq!(lines.offset(Position { line: 99, character: 0 }), text.len());
    assert_eq!(lines.place(1, 6), x, "diagnostics count characters");
}

#[test]
fn unchanged_files_are_not_read_again() {
    let base: Arc<dyn Tree> = Arc::new(MemoryTree::new(FILES.map(|(p, t)| (p, t.as_bytes()))));
    let first = Snapshot::new(Arc::clone(&base), None);
    let open = BTreeMap::from([(SHOP_FILE.to_owned(), Arc::from("kind: Composition\n"))]);
    let second = Snapshot::new(Arc::new(Overlay::new(base, &open)), Some(&first));
    let same = |path: &str| Arc::ptr_eq(&first.sources()[path], &second.sources()[path]);
    assert!(same("compositions/network.yaml") && !same(SHOP_FILE));
}

/// Pieces that YAML trips over.
fn yaml_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("spec:\n".to_owned()),
        Just("  modules:\n".to_owned()),
        Just("    - ref: modules/web\n".to_owned()),
        Just("      inputs: { subnet: { from: network, output: x }, ".to_owned()),
        Just("kind: Composition\n".to_owned()),
        Just("metadata: {name: a}\n".to_owned()),
        Just("---\n".to_owned()),
        Just("  - - [\n".to_owned()),
        Just("}\n".to_owned()),
        Just("]".to_owned()),
        Just("a: |\n  text\n".to_owned()),
        Just("\"é😀: ".to_owned()),
        Just("'".to_owned()),
        Just("\t".to_owned()),
        Just("\r\n".to_owned()),
        Just("# c\n".to_owned()),
        Just("&a !t *b".to_owned()),
        "[ -~é\n]{0,12}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// No text and no position make the service fail, and what it names lies inside the text.
    #[test]
    fn s7_any_text_at_any_position_is_answered(text in yaml_like(), line in 0_u32..30, character in 0_u32..60) {
        let base = Arc::new(MemoryTree::new(FILES.map(|(p, t)| (p, t.as_bytes()))));
        let open = BTreeMap::from([(SHOP_FILE.to_owned(), Arc::from(text.as_str()))]);
        let snapshot = Snapshot::new(Arc::new(Overlay::new(base, &open)), None);
        let at = Position { line, character };
        for one in complete(&snapshot, SHOP_FILE, &text, at) {
            let lines = Lines::new(&text);
            prop_assert!(lines.offset(one.span.start) <= lines.offset(one.span.end));
        }
        let _ = hover(&snapshot, &text, at);
        let _ = definition(&snapshot, &text, at);
        let _ = references(&snapshot, &text, at, true);
        let _ = symbols(&text);
        let outline = Outline::of(&text);
        for (_, node) in outline.nodes() {
            for word in [&node.key, &node.value].into_iter().flatten() {
                prop_assert_eq!(text.get(word.range.clone()), Some(word.text.as_str()));
            }
            prop_assert!(node.range.end <= text.len());
        }
        // A document's text ends where the next begins, so every node has one document.
        prop_assert!(outline.nodes().all(|(id, _)| outline.document_of(id).is_some()));
    }
}
