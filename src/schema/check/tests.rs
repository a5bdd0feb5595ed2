use super::*;
use crate::schema::{merge, read_toml};

const RATE: Kind = Kind::Number(Interval::RATE);

static CONFIG: Kind = Kind::Table(&Table {
    fields: &[
        Field {
            name: "epochs",
            kind: Kind::Integer { least: 1, most: 1000 },
            default: Default::Toml("100"),
            doc: "passes over the rows",
        },
        Field { name: "rate", kind: RATE, default: Default::Toml("0"), doc: "a rate" },
        Field {
            name: "batch",
            kind: Kind::OneOf(&[Kind::Integer { least: 1, most: i64::MAX }, Kind::Choice(&["full", "half"])]),
            default: Default::Toml("32"),
            doc: "rows per step",
        },
        Field {
            name: "dropout",
            kind: Kind::OneOf(&[
                Kind::Boolean,
                Kind::Table(&Table {
                    fields: &[
                        Field {
                            name: "hidden",
                            kind: Kind::OneOf(&[RATE, Kind::List(&RATE)]),
                            default: Default::Toml("0.0"),
                            doc: "rate of hidden units",
                        },
                        Field { name: "input", kind: RATE, default: Default::Toml("0.0"), doc: "rate of inputs" },
                    ],
                    short: Some("hidden"),
                }),
            ]),
            default: Default::Absent,
            doc: "units dropped",
        },
        Field {
            name: "optimizer",
            kind: Kind::Tagged(&Tagged {
                tag: "kind",
                cases: &[
                    ("sgd", &[]),
                    ("adam", &[Field { name: "beta1", kind: RATE, default: Default::Toml("0.9"), doc: "first decay" }]),
                ],
                common: &[],
            }),
            default: Default::Toml("\"adam\""),
            doc: "the rule of a step",
        },
        Field {
            name: "data",
            kind: Kind::Table(&Table {
                fields: &[
                    Field { name: "path", kind: Kind::Text, default: Default::Required, doc: "the file" },
                    Field { name: "words", kind: Kind::List(&Kind::Text), default: Default::Toml("[]"), doc: "some" },
                ],
                short: None,
            }),
            default: Default::Toml("{}"),
            doc: "the data",
        },
        Field { name: "share", kind: Kind::Map(&RATE), default: Default::Absent, doc: "shares by name" },
    ],
    short: None,
});

fn node(text: &str) -> Node {
    let mut node = read_toml(text, &"a.toml".into()).unwrap();
    expand(&mut node, &CONFIG);
    node
}

fn resolve(node: &Node) -> Result<String, String> {
    let mut checker = Checker::default();
    let value = checker.check(node, &CONFIG, Path::Root);
    let problems: Vec<String> = checker.problems.into_vec().iter().map(ToString::to_string).collect();
    if problems.is_empty() {
        Ok(value.expect("a value where nothing is wrong").to_string())
    } else {
        Err(problems.join("\n"))
    }
}

fn error(text: &str) -> String {
    resolve(&node(&format!("data.path = 'x'\n{text}"))).unwrap_err()
}

#[test]
fn defaults_are_filled_in_at_every_depth() {
    assert_eq!(
        resolve(&node("data.path = 'x'\ndropout = 0.5")).unwrap(),
        r#"{"epochs":100,"rate":0.0,"batch":32,"dropout":{"hidden":0.5,"input":0.0},"#.to_owned()
            + r#""optimizer":{"kind":"adam","beta1":0.9},"data":{"path":"x","words":[]}}"#
    );
}

#[test]
fn a_whole_number_and_its_float_resolve_to_the_same() {
    let with = |rate: &str| resolve(&node(&format!("data.path = 'x'\nrate = {rate}"))).unwrap();
    assert_eq!(with("0"), with("0.0"));
    assert_eq!(with("-0.0"), with("0"));
}

#[test]
fn every_kind_of_problem_names_key_found_allowed_and_line() {
    for (text, message) in [
        ("rate = 1.2", "rate must be in [0, 1), found 1.2 (a.toml:2)"),
        ("rate = -1", "rate must be in [0, 1), found -1 (a.toml:2)"),
        ("rate = nan", "rate must be in [0, 1), found nan (a.toml:2)"),
        ("rate = 'x'", "rate must be a number in [0, 1), found \"x\" (a.toml:2)"),
        ("epochs = 0", "epochs must be a whole number from 1 to 1000, found 0 (a.toml:2)"),
        ("epochs = 10.0", "epochs must be a whole number from 1 to 1000, found 10.0 (a.toml:2)"),
        ("batch = 0", "batch must be a whole number of at least 1, found 0 (a.toml:2)"),
        ("batch = 0.5", "batch must be a whole number of at least 1, found 0.5 (a.toml:2)"),
        ("batch = [1]", "batch must be a whole number of at least 1 or full or half, found a list (a.toml:2)"),
        (
            "batch = 'ful'",
            "batch must be a whole number of at least 1 or full or half, found \"ful\", did you mean full? (a.toml:2)",
        ),
        ("dropout = 1.5", "dropout.hidden must be in [0, 1), found 1.5 (a.toml:2)"),
        ("dropout = [0.5, 1.5]", "dropout.hidden.1 must be in [0, 1), found 1.5 (a.toml:2)"),
        ("dropout = 'x'", "dropout.hidden must be a number in [0, 1) or a list, found \"x\" (a.toml:2)"),
        ("dropout.input = true", "dropout.input must be a number in [0, 1), found true (a.toml:2)"),
        ("optimizer = 'adm'", "optimizer must be sgd or adam, found \"adm\", did you mean adam? (a.toml:2)"),
        ("optimizer = 3", "optimizer must be sgd or adam or a table, found 3 (a.toml:2)"),
        ("optimizer.kind = 3", "optimizer.kind must be sgd or adam, found 3 (a.toml:2)"),
        ("optimizer = { kind = 'sgd', beta1 = 0.5 }", "unknown key optimizer.beta1 (a.toml:2; allowed: kind)"),
        ("dropout.hiden = 0.5", "unknown key dropout.hiden, did you mean hidden? (a.toml:2; allowed: hidden, input)"),
        ("data.words = ['a', 1]", "data.words.1 must be text, found 1 (a.toml:2)"),
        ("share = { 'a b' = 2 }", "share.a b must be in [0, 1), found 2 (a.toml:2)"),
    ] {
        assert_eq!(error(text), message, "{text}");
    }
}

#[test]
fn a_key_that_must_be_given_is_missed_at_its_table() {
    assert_eq!(resolve(&node("epochs = 1")).unwrap_err(), "data.path must be given: the file (a.toml)");
    assert_eq!(resolve(&node("\n[data]\nwords = []")).unwrap_err(), "data.path must be given: the file (a.toml:2)");
}

#[test]
fn a_partial_check_misses_nothing_but_still_sees_what_is_wrong() {
    let mut checker = Checker::partial();
    assert!(checker.check(&node("rate = 0.5"), &CONFIG, Path::Root).is_some());
    assert!(checker.check(&node("rate = 1.5"), &CONFIG, Path::Root).is_none());
    assert_eq!(checker.problems.len(), 1);
}

#[test]
fn all_problems_are_told_at_once() {
    let message = error("rate = 2\nepochs = 'x'\ncolour = 1");
    assert_eq!(message.lines().count(), 3, "{message}");
}

fn merged(base: &str, over: &str) -> String {
    let mut node_below = node(base);
    merge(&mut node_below, &node(over), &CONFIG);
    resolve(&node_below).unwrap()
}

fn resolved(text: &str) -> String {
    resolve(&node(text)).unwrap()
}

#[test]
fn tables_merge_key_by_key_and_all_else_replaces() {
    let base = "data = { path = 'x', words = ['a', 'b'] }\ndropout = { hidden = 0.5, input = 0.2 }\n";
    for (over, same_as) in [
        ("dropout = 0.3", "data = { path = 'x', words = ['a', 'b'] }\ndropout = { hidden = 0.3, input = 0.2 }"),
        (
            "dropout = [0.1, 0.2]",
            "data = { path = 'x', words = ['a', 'b'] }\ndropout = { hidden = [0.1, 0.2], input = 0.2 }",
        ),
        ("dropout = false", "data = { path = 'x', words = ['a', 'b'] }\ndropout = false"),
        ("data.words = ['c']", "data = { path = 'x', words = ['c'] }\ndropout = { hidden = 0.5, input = 0.2 }"),
        ("batch = 'full'", &format!("{base}batch = 'full'")),
    ] {
        assert_eq!(merged(base, over), resolved(same_as), "{over}");
    }
}

#[test]
fn a_tagged_table_whose_tag_changes_is_replaced_whole() {
    let base = "data.path = 'x'\noptimizer = { kind = 'adam', beta1 = 0.5 }";
    assert_eq!(merged(base, "optimizer = 'sgd'"), resolved("data.path = 'x'\noptimizer = 'sgd'"));
    assert_eq!(merged(base, "optimizer = 'adam'"), resolved(base));
    assert_eq!(
        merged(base, "optimizer.beta1 = 0.8"),
        resolved("data.path = 'x'\noptimizer = { kind = 'adam', beta1 = 0.8 }")
    );
}

#[test]
fn a_tagged_table_without_its_tag_is_of_the_default_case() {
    assert_eq!(
        resolved("data.path = 'x'\noptimizer.beta1 = 0.8"),
        resolved("data.path = 'x'\noptimizer = { kind = 'adam', beta1 = 0.8 }")
    );
}

#[test]
fn a_remedy_that_was_taken_away_comes_back_with_its_defaults() {
    assert_eq!(
        merged("data.path = 'x'\ndropout = false", "dropout.input = 0.1"),
        resolved("data.path = 'x'\ndropout = { hidden = 0.0, input = 0.1 }")
    );
}
