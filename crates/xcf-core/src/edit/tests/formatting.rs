//! `xcf fmt` changes whitespace only, once.

use super::super::format;
use super::corpus::CORPUS;
use super::kinds::{second, thousand};
use super::nasty::text;
use proptest::prelude::*;

#[track_caller]
fn check(before: &str, after: &str) {
    assert_eq!(format("f", before).unwrap(), after);
    assert_eq!(format("f", after).unwrap(), after, "again");
}

#[test]
fn d15_whitespace_is_all_it_touches() {
    check("\u{feff}a: 1  \r\n\r\n\r\n\r\nb: \t# c \r\n", "a: 1\n\nb: \t# c\n");
    check("\n\n# head\na: 1", "# head\na: 1\n");
    check("a: |  \n  x  \n\n\n  y\n\n\n\nb: 1\n\n", "a: |\n  x  \n\n\n  y\n\nb: 1\n");
    check("a: \"x  \n\n\n  y\"   \nb: 1\n", "a: \"x  \n\n\n  y\"\nb: 1\n");
    check("a: 'one\n  two'\n\n\n---\n\n\nb:\n- 1\n-   2\n", "a: 'one\n  two'\n\n---\n\nb:\n- 1\n-   2\n");
    check("a: |+\n  x\n\n\n", "a: |+\n  x\n\n\n");
    check("a: |\n  x", "a: |\n  x");
}

#[test]
fn d15_broken_texts_are_left_alone_with_a_place() {
    let found = format("f.yaml", "a: 1\nb: [\n").unwrap_err();
    assert_eq!(found[0].place.file, "f.yaml");
    assert!(found[0].place.line >= 2, "{found:?}");
}

#[test]
fn d15_formatting_keeps_the_meaning_and_is_done_once() {
    thousand("fmt", |dice| {
        let mut before = if dice.chance(20) { (*dice.pick(CORPUS)).to_owned() } else { text(dice) };
        if dice.chance(50) {
            before = before.replace("\n", if dice.chance(50) { "  \n" } else { "\n\n\n" });
        }
        let Ok(after) = format("f", &before) else { return Err(TestCaseError::reject("not YAML any more")) };
        if before.contains("\"long") {
            // Blanks inside a text that goes over lines are its own: another reader may refuse what was put there.
            prop_assert_eq!(format("f", &after).unwrap(), after);
            return Ok(());
        }
        prop_assert_eq!(second(&before), second(&after), "{}\n====\n{}", &before, &after);
        prop_assert_eq!(before.matches('#').count(), after.matches('#').count());
        prop_assert_eq!(format("f", &after).unwrap(), after);
        Ok(())
    });
}
