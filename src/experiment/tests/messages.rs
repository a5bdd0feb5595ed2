//! What users read where a config is wrong.

use proptest::prelude::*;

use super::{Lab, errors};

#[test]
fn every_kind_of_mistake_has_its_message() {
    for (text, message) in [
        (
            "model.hiden = [8]",
            "unknown key model.hiden, did you mean hidden? (wide.toml:2; allowed: hidden, activation, init)",
        ),
        (
            "epoch = 3",
            "unknown key epoch (wide.toml:2; allowed: name, seeds, baseline, metric, data, model, train, remedies, measure, \
             variants, sweep, save, $schema, provenance)",
        ),
        ("dropout = 0.5", "unknown key dropout, did you mean remedies.dropout? (wide.toml:2)"),
        (
            "[[variants]]\nname = 'v'\nepochs = 3",
            "unknown key variants.0.epochs, did you mean variants.0.train.epochs? (wide.toml:4)",
        ),
        (
            "measure.votes = true",
            "unknown key measure.votes (wide.toml:2; allowed: sensitivity, feature_drop, submodels, compression, inference, fit)",
        ),
        (
            "measure.sensitivity = { delt = 1 }",
            "unknown key measure.sensitivity.delt, did you mean delta? (wide.toml:2; allowed: delta, rows)",
        ),
        ("measure.sensitivity = 0.5", "measure.sensitivity must be true or false or a table, found 0.5 (wide.toml:2)"),
        ("measure.feature_drop = [1.5]", "measure.feature_drop.shares.0 must be in [0, 1], found 1.5 (wide.toml:2)"),
        (
            "measure.feature_drop.kind = 'blocks'",
            "measure.feature_drop.kind must be random or block or a list, found \"blocks\", did you mean block? \
             (wide.toml:2)",
        ),
        (
            "measure.submodels = []",
            "measure.submodels.votes must hold at least one value, found an empty list (wide.toml:2)",
        ),
        (
            "measure.submodels = [0]",
            "measure.submodels.votes.0 must be a whole number from 1 to 10000, found 0 (wide.toml:2)",
        ),
        ("measure.inference = 3", "measure.inference must be true or false, found 3 (wide.toml:2)"),
        ("measure.fit = 1", "measure.fit.points must be a whole number from 2 to 100000, found 1 (wide.toml:2)"),
        ("remedies.dropout = 1.2", "remedies.dropout.hidden must be in [0, 1), found 1.2 (wide.toml:2)"),
        ("remedies.l2 = -1", "remedies.l2.lambda must be in [0, ∞), found -1 (wide.toml:2)"),
        ("remedies.l2 = 'big'", "remedies.l2.lambda must be a number in [0, ∞), found \"big\" (wide.toml:2)"),
        ("train.learning_rate = nan", "train.learning_rate must be in (0, ∞), found nan (wide.toml:2)"),
        ("model.hidden = [0]", "model.hidden.0 must be a whole number from 1 to 1000000, found 0 (wide.toml:2)"),
        ("model.hidden = 64", "model.hidden must be a list, found 64 (wide.toml:2)"),
        (
            "train.optimizer = 'adamw'",
            "train.optimizer must be sgd, momentum, nesterov, rmsprop or adam, found \"adamw\", \
             did you mean adam? (wide.toml:2)",
        ),
        ("train = 3", "train must be a table, found 3 (wide.toml:2)"),
        ("remedies.dropout = true", "remedies.dropout must say how strong it is, found true (wide.toml:2)"),
        ("model.init = {}", "model.init must have either normal or file, found neither (wide.toml:2)"),
        (
            "model.init = { normal = 1, file = 'w' }",
            "model.init must have either normal or file, found both (wide.toml:2)",
        ),
        (
            "model.init = { file = 'w', biases = true }",
            "model.init must have biases with normal only, found it with file (wide.toml:2)",
        ),
        ("seeds = 0", "seeds must be a whole number from 1 to 1000000, found 0 (wide.toml:2)"),
        ("seeds = []", "seeds must hold at least one seed, found an empty list (wide.toml:2)"),
        ("seeds = [1, 2, 1]", "seeds must hold each seed once, found 1 twice (wide.toml:2)"),
        ("seeds = [-1]", "seeds.0 must be a whole number of at least 0, found -1 (wide.toml:2)"),
        ("name = '../x'", "name must not begin with a dot, found \"../x\" (wide.toml:2)"),
        ("name = 7", "name must be text, found 7 (wide.toml:2)"),
        ("save.models = 'all'", "save.models must be none or final, found \"all\" (wide.toml:2)"),
        (
            "sweep.strategy = 'rand'",
            "sweep.strategy must be grid, random or halving, found \"rand\", did you mean random? (wide.toml:2)",
        ),
        (
            "sweep.parameters.seeds = [1]",
            "sweep.parameters.\"seeds\" must be a key of data, model, train, remedies, measure to be swept (wide.toml:2)",
        ),
        (
            "sweep.parameters.'train.epochs' = 3",
            "sweep.parameters.train.epochs must be a list or a table, found 3 (wide.toml:2)",
        ),
        (
            "sweep.parameters.'train.epochs' = { min = 1, max = 3 }",
            "sweep.parameters.\"train.epochs\" must have points, how many values, both ends among them (wide.toml:2)",
        ),
        (
            "sweep.parameters.'train.epochs' = { min = 1, max = 2, points = 3 }",
            "train.epochs must be a whole number from 1 to 10000000, found 1.5 (wide.toml:2)",
        ),
        (
            "sweep.parameters.'remedies.dropout' = [0.5,\n1.2]",
            "remedies.dropout.hidden must be in [0, 1), found 1.2 (wide.toml:3)",
        ),
        ("variants = 3", "variants must be a list, found 3 (wide.toml:2)"),
        ("[[variants]]\nremedies.l2 = 1", "variants.0.name must be given: the variant's name (wide.toml:2)"),
        ("[[variants]]\nname = ' '", "variants.0.name must not be empty (wide.toml:3)"),
        (
            "[[variants]]\nname = 'a'\nseeds = 3",
            "unknown key variants.0.seeds (wide.toml:4; allowed: name, data, model, \
             train, remedies, measure, sweep)",
        ),
        (
            "[[variants]]\nname = 'a'\n[[variants]]\nname = 'a'",
            "variants.1.name must be new, found \"a\" as in variants.0 (wide.toml:5)",
        ),
        (
            "baseline = 'non'\n[[variants]]\nname = 'none'\n[[variants]]\nname = 'l2'",
            "baseline must be the name of a variant, found \"non\", did you mean \"none\"? (wide.toml:2; variants: none, l2)",
        ),
        (
            "[[variants]]\nname = 'a'\nsweep.'train.epochs' = [1]\n[sweep.parameters]\n'train.epochs' = [2]",
            "variants.0.sweep.\"train.epochs\" must not be swept by sweep.parameters too (wide.toml:4)",
        ),
        (
            "sweep.parameters.'train.epochs' = { min = 1, max = 100000, points = 100000 }\n\
             sweep.parameters.'train.batch_size' = { min = 1, max = 100000, points = 100000 }",
            "the axes of the sweep must have at most 1000000 combinations in all (wide.toml:2)",
        ),
    ] {
        assert_eq!(errors(text), message, "{text}");
    }
}

#[test]
fn a_remedy_is_not_just_true_where_its_strength_must_be_given() {
    let lambda = crate::remedies::find("l2").and_then(|entry| entry.table.field("lambda")).unwrap();
    let message = format!("remedies.l2.lambda must be given: {} (wide.toml:2)", lambda.doc);
    assert_eq!(errors("remedies.l2 = true"), message);
}

#[test]
fn a_data_path_is_all_that_must_be_given() {
    let message = Lab::new("a.toml", "seeds = 3").load(&[]).unwrap_err();
    assert_eq!(message, "data.path must be given: the data: .csv or .tsv, also .gz (a.toml)");
    assert!(Lab::new("a.toml", "data.path = 'x.csv'").load(&[]).is_ok());
}

#[test]
fn a_file_whose_stem_is_no_name_needs_one() {
    let lab = Lab::new(".toml", "data.path = 'x.csv'");
    assert_eq!(lab.load(&[]).unwrap_err(), "name must not begin with a dot, found \".toml\" (.toml)");
    assert_eq!(lab.load(&["name=x"]).unwrap().name, "x");
}

#[test]
fn all_mistakes_are_told_at_once_each_with_its_line() {
    let text = "nmae = 'x'\nseeds = 0\n[model]\nhiden = [8]\n[remedies]\ndropout = 1.2\n\
                [[variants]]\nname = 'a'\n[[variants]]\nname = 'b'\nremedies.l2 = -1\n\
                [sweep.parameters]\n'train.learning_rate' = [0, 0.1]\n";
    let message = Lab::new("wide.toml", text).load(&["train.epochs=no"]).unwrap_err();
    let starts: Vec<&str> = message.lines().map(|line| line.split([',', '(']).next().unwrap().trim()).collect();
    assert_eq!(
        starts,
        [
            "unknown key nmae",
            "seeds must be a whole number from 1 to 1000000",
            "unknown key model.hiden",
            "remedies.dropout.hidden must be in [0",
            "remedies.l2.lambda must be in [0",
            "train.learning_rate must be in",
            "train.epochs must be a whole number from 1 to 10000000",
            "data.path must be given: the data: .csv or .tsv",
        ],
        "{message}"
    );
}

#[test]
fn a_long_name_or_key_is_not_shown_whole() {
    let long = "x".repeat(100_000);
    for text in [
        format!("name = '{long}'"),
        format!("baseline = '{long}'\n[[variants]]\nname = '{long}'\n[[variants]]\nname = '{long}'"),
        format!("sweep.parameters.'{long}' = [1]"),
        format!("sweep.parameters.'model.activation' = ['{long}', '{long}']"),
        format!("model.{long} = 1"),
    ] {
        let message = errors(&text);
        assert!(message.len() < 1000, "{}", &message[..1000]);
    }
}

#[test]
fn a_mistake_of_the_base_is_told_even_where_every_variant_hides_it() {
    let message = errors("remedies.dropout = 2\n[[variants]]\nname = 'a'\nremedies.dropout = 0.5");
    assert_eq!(message, "remedies.dropout.hidden must be in [0, 1), found 2 (wide.toml:2)");
}

#[test]
fn a_mistake_that_all_variants_share_is_told_once() {
    for mistake in [
        "model.init = {}",
        "model.init = { nomral = 1, biases = true }",
        "remedies.dropout = true",
        "measure.robustness = []",
        "train.epochs = 0",
    ] {
        let alone = errors(mistake);
        let shared = errors(&format!("{mistake}\n[[variants]]\nname = 'a'\n[[variants]]\nname = 'b'"));
        assert_eq!(shared, alone, "{mistake}");
    }
}

#[test]
fn a_mistake_of_an_option_names_the_option() {
    let lab = Lab::new("a.toml", "data.path = 'x.csv'");
    assert_eq!(
        lab.load(&["remedies.dropout=1.5"]).unwrap_err(),
        "remedies.dropout.hidden must be in [0, 1), found 1.5 (--set remedies.dropout=1.5)"
    );
    let overrides = super::Overrides { seeds: Some(0), ..super::Overrides::default() };
    let message = super::Experiment::load(&lab.config, &overrides).unwrap_err().to_string();
    assert_eq!(message, "seeds must be a whole number from 1 to 1000000, found 0 (--seeds 0)");
}

#[test]
fn json_mistakes_have_lines_too() {
    let lab = Lab::new("a.json", "{\n\"data\": {\"path\": \"a.csv\"},\n\"train\": {\n\"epochs\": 0}}");
    assert_eq!(
        lab.load(&[]).unwrap_err(),
        "train.epochs must be a whole number from 1 to 10000000, found 0 (a.json:4)"
    );
}

/// Keys and values that go together by chance only.
fn line() -> impl Strategy<Value = String> {
    let key = proptest::sample::select(vec![
        "name",
        "seeds",
        "baseline",
        "data",
        "data.path",
        "data.split",
        "data.train_rows",
        "model",
        "model.hidden",
        "model.init",
        "train",
        "train.optimizer",
        "train.optimizer.kind",
        "train.batch_size",
        "remedies",
        "remedies.dropout",
        "remedies.dropout.hidden",
        "variants",
        "sweep",
        "sweep.parameters",
        "sweep.parameters.'model.hidden'",
        "sweep.parameters.'remedies.l2.lambda'",
        "save",
        "save.models",
        "[variants]",
        "[[variants]]",
        "[[variants]]\nname",
        "provenance",
        "x",
    ]);
    let value = proptest::sample::select(vec![
        "true",
        "false",
        "0",
        "-1",
        "3",
        "9223372036854775807",
        "0.5",
        "nan",
        "inf",
        "1e300",
        "''",
        "'a'",
        "'adam'",
        "[]",
        "[1, 1.0]",
        "['a', 2]",
        "[[8], [9]]",
        "[{ name = 'a' }, { name = 3 }]",
        "{}",
        "{ normal = 1 }",
        "{ file = 'w' }",
        "{ min = 1, max = 2, points = 1000000000 }",
        "{ min = nan, max = inf, points = 3 }",
        "{ kind = 'adam', beta1 = 2 }",
        "{ 'train.epochs' = [1, 2] }",
        "{ min = 1, max = 9, points = 3, scale = 'log' }",
        "{ name = 'a', x = {} }",
    ]);
    (key, value).prop_map(|(key, value)| format!("{key} = {value}\n"))
}

proptest! {
    #[test]
    fn no_config_makes_it_panic(
        lines in proptest::collection::vec(line(), 0..6),
        variants in 0usize..3,
        set in line(),
    ) {
        let variants: String = (0..variants).map(|index| format!("[[variants]]\nname = 'variant {index}'\n")).collect();
        let lab = Lab::new("a.toml", &(lines.concat() + &variants));
        let _ = lab.load(&[]);
        let _ = lab.load(&[set.trim()]);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a-z.=\\[\\]{}'\",0-9\\n ]{0,60}", json in any::<bool>()) {
        let _ = Lab::new(if json { "a.json" } else { "a.toml" }, &text).load(&[&text]);
    }
}
