use super::*;

#[test]
fn dsl10_unsatisfiable_gates_are_errors_with_their_place() {
    let set = gated(Gate::Approve, &[("dba", 2)]);
    let found = |list: &[(&str, &[&str])]| {
        let everybody = people(list);
        unsatisfiable(&set, &Circle::of(&set, "w", Some(&everybody), now()))
    };
    assert_eq!(found(&[("Ann", &["dba"])])[0].code, "unsatisfiable-gate");
    assert!(found(&[("Ann", &["dba"]), ("Chen Yu", &["dba"])]).is_empty());
    let strong = gated(Gate::Strong, &[("dba", 1)]);
    let everybody = people(&[("Ann", &["dba"]), ("Chen Yu", &["sec"])]);
    let found = unsatisfiable(&strong, &Circle::of(&strong, "w", Some(&everybody), now()));
    assert!(found[0].message.contains("author"), "{}", found[0]);
    assert!(unsatisfiable(&strong, &Circle::of(&strong, "w", None, now())).is_empty(), "solo");
}

#[test]
fn dsl10_refusals_have_codes() {
    let everybody = people(&[("Ann", &["dba"]), ("Bob", &["ops"]), ("Chen Yu", &["dba"]), ("Nil", &[])]);
    let set = gated(Gate::Approve, &[("dba", 1)]);
    let strong = gated(Gate::Strong, &[("dba", 1)]);
    let code = |set: &ChangeSet, person: &str, role: Option<&str>, ok: bool, edit: &dyn Fn(&mut Approval)| {
        let mut made = approval(set, person, role);
        edit(&mut made);
        let given = Given { approval: &made, signature_ok: ok, ended: false };
        refuse(set, &Circle::of(set, "w", Some(&everybody), now()), &given).map(|r| r.code)
    };
    let is = |code: &str| Some(code.to_owned());
    let keep = |_: &mut Approval| ();
    assert_eq!(code(&set, "Ann", Some("dba"), true, &keep), None);
    assert_eq!(code(&set, "Zoe", None, true, &keep), is("unknown-key"));
    assert_eq!(code(&set, "Ann", None, true, &|a| a.key = Some("ed25519:x".to_owned())), is("unknown-key"));
    assert_eq!(code(&set, "Ann", None, true, &|a| a.solo = true), is("unknown-key"));
    assert_eq!(code(&set, "Ann", None, false, &keep), is("bad-signature"));
    assert_eq!(code(&set, "Ann", None, true, &|a| a.statement.expires = now()), is("expired"));
    assert_eq!(code(&set, "Ann", None, true, &|a| a.statement.units.clear()), is("stale-digest"));
    assert_eq!(code(&set, "Ann", None, true, &|a| a.statement.gate = Gate::Auto), is("stale-digest"));
    assert_eq!(code(&strong, "Chen Yu", Some("dba"), true, &keep), is("author-excluded"));
    assert_eq!(code(&set, "Chen Yu", Some("dba"), true, &keep), None);
    assert_eq!(code(&set, "Bob", Some("dba"), true, &keep), is("wrong-role"));
    assert_eq!(code(&set, "Bob", Some("ops"), true, &keep), is("wrong-role"));
    assert_eq!(code(&set, "Nil", None, true, &keep), is("wrong-role"));
    let signed = approval(&set, "Ann", None);
    let refused = refuse(&set, &Circle::of(&set, "w", None, now()), &given(&signed)).unwrap();
    assert_eq!(refused.code, "unknown-key");
}

#[test]
fn dsl10_authors_are_matched_by_mail_whatever_its_case() {
    let everybody = people(&[("Chen", &["dba"])]);
    let set = gated(Gate::Approve, &[]);
    let author = |text: &str| {
        let (authors, maker) = ([text.to_owned()], "bot".into());
        let circle = Circle { authors: &authors, created_by: &maker, ..Circle::of(&set, "w", Some(&everybody), now()) };
        circle.is_author(&everybody.people[0])
    };
    for yes in ["Somebody <CHEN@example.org>", "chen@example.org", "Chen <other@example.org>", "Chen"] {
        assert!(author(yes), "{yes}");
    }
    for no in ["Chenny <chen@example.com>", "Ann", "x chen@example.org"] {
        assert!(!author(no), "{no}");
    }
}
