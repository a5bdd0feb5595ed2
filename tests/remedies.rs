//! What every remedy in the registry must do: nothing at strength zero, something above, the same for the same seed,
//! refuse what is out of range by its name and what does not go with the data, and explain itself.

mod support;

use overfit::remedies::{Entry, REGISTRY};
use overfit::schema::{Default, Field, Kind};
use support::overfit;
use support::strengths::{Strengths, needed_by, remedies_for, strengths_of};
use support::variants::{config, history, variant, workplace};

mod every_remedy {
    use super::*;

    #[test]
    fn does_nothing_at_strength_zero_and_something_above() {
        let place = workplace();
        for data in ["blobs", "waves"] {
            let mut variants = vec![variant("none", "")];
            for entry in remedies_for(data) {
                let Strengths { name, off, on } = strengths_of(entry);
                let needed = needed_by(name);
                variants.push(variant(&format!("{name} off"), &format!("remedies.{name} = {off}")));
                variants.push(variant(&format!("{name} on"), &format!("remedies.{name} = {on}{needed}")));
                variants.push(variant(&format!("{name} none"), needed));
            }
            let text = config(data, "2", "epochs = 15\nlearning_rate = 0.02", &variants);
            let results = place.experiment(data, &text, &[]);
            let none = history(&results, "none");
            for entry in remedies_for(data) {
                let name = entry.name;
                assert_eq!(history(&results, &format!("{name} off")), none, "{name} at strength zero, {data}");
                let beside = history(&results, &format!("{name} none"));
                assert_ne!(history(&results, &format!("{name} on")), beside, "{name} above zero, {data}");
                assert_eq!(
                    results.model_of(&format!("{name} off")),
                    results.model_of("none"),
                    "{name} at strength zero, {data}"
                );
            }
        }
    }

    #[test]
    fn has_the_same_history_for_the_same_seed_and_another_for_another() {
        let place = workplace();
        let variants: Vec<_> = REGISTRY
            .iter()
            .map(|entry| {
                let name = entry.name;
                variant(name, &format!("remedies.{name} = {}{}", strengths_of(entry).on, needed_by(name)))
            })
            .collect();
        let text = config("blobs", "2", "epochs = 6", &variants);
        let results = place.experiment("e", &text, &[]);
        let (curves, store) = (results.curves_text(), results.store_files());
        place.experiment("e", &text, &["--fresh"]);
        assert_eq!(results.stored_lines_beside(&store), 2 * REGISTRY.len(), "all are trained again");
        assert_eq!(results.curves_text(), curves);
        for entry in REGISTRY {
            let of_seed = |seed: &str| {
                let rows = results.curves_of(entry.name).into_iter().filter(move |row| row["seed"] == seed);
                rows.map(|row| row["train_loss"].clone()).collect::<Vec<_>>()
            };
            assert_ne!(of_seed("0"), of_seed("1"), "{}", entry.name);
        }
    }

    /// Values that a parameter must refuse, written as in TOML.
    fn wrong_values(kind: &Kind) -> Vec<String> {
        match kind {
            Kind::Boolean => vec!["\"maybe\"".to_owned(), "1".to_owned()],
            Kind::Integer { least, .. } => vec![(least - 1).to_string(), "1.5".to_owned(), "\"some\"".to_owned()],
            Kind::Number(interval) => {
                let (low, holds_low) = interval.low();
                let (high, holds_high) = interval.high();
                let mut wrong: Vec<String> = ["nan", "inf", "-inf", "\"much\"", "true"].map(str::to_owned).to_vec();
                for (bound, holds, beyond) in [(low, holds_low, low - 0.5), (high, holds_high, high + 0.5)] {
                    if bound.is_finite() {
                        wrong.push(format!("{beyond:?}"));
                        wrong.extend((!holds).then(|| format!("{bound:?}")));
                    }
                }
                wrong
            }
            Kind::Choice(_) => vec!["\"no such word\"".to_owned(), "3".to_owned(), "true".to_owned()],
            Kind::OneOf(kinds) => wrong_values(&kinds[0]),
            Kind::Map(_) => vec!["\"some\"".to_owned(), "true".to_owned(), "[1]".to_owned()],
            other => panic!("say here what is wrong for {other:?}"),
        }
    }

    /// A value for each parameter that must be given, beside `except`.
    fn required(entry: &Entry, except: &Field) -> String {
        let must =
            entry.table.fields.iter().filter(|field| field.default == Default::Required && field.name != except.name);
        must.map(|field| format!("{} = 0.5, ", field.name)).collect()
    }

    #[test]
    fn refuses_a_value_out_of_range_by_the_name_of_its_parameter() {
        let place = workplace();
        for entry in REGISTRY {
            for field in entry.table.fields {
                for wrong in wrong_values(&field.kind) {
                    let remedy =
                        format!("remedies.{} = {{ {}{} = {wrong} }}", entry.name, required(entry, field), field.name);
                    place.write("e.toml", format!("{remedy}\n[data]\npath = \"blobs.csv\"\n"));
                    let run = place.overfit(&["check", "e.toml"]);
                    assert_eq!(run.code, Some(2), "{remedy}: {}", run.stderr);
                    let start = format!("error: remedies.{}.{} must be ", entry.name, field.name);
                    assert!(run.stderr.starts_with(&start), "{remedy}: {}", run.stderr);
                    assert!(
                        run.stderr.contains("found ") && run.stderr.contains("(e.toml:1"),
                        "{remedy}: {}",
                        run.stderr
                    );
                }
            }
        }
    }

    #[test]
    fn refuses_a_parameter_that_it_has_not() {
        let place = workplace();
        for entry in REGISTRY {
            let strong = entry.table.fields.iter().find(|field| field.default == Default::Required);
            let given = match strong {
                Some(field) => format!("{} = 0.5, ", field.name),
                // Names of classes may stand without their key.
                None if entry.name == "class_weights" => "weights = \"balanced\", ".to_owned(),
                None => String::new(),
            };
            place.write(
                "e.toml",
                format!("remedies.{} = {{ {given}no_such_key = 1 }}\n[data]\npath = \"blobs.csv\"\n", entry.name),
            );
            let run = place.overfit(&["check", "e.toml"]).code(2);
            let start = format!("error: unknown key remedies.{}.no_such_key", entry.name);
            assert!(run.stderr.starts_with(&start), "{}", run.stderr);
        }
    }

    #[test]
    fn is_listed_name_first() {
        let listing = overfit(&["remedies"]).success().stdout;
        let names: Vec<&str> = listing.lines().map(|line| line.split_whitespace().next().unwrap_or("")).collect();
        assert_eq!(names, REGISTRY.iter().map(|entry| entry.name).collect::<Vec<_>>());
    }

    #[test]
    fn explains_formula_parameters_defaults_and_source() {
        for entry in REGISTRY {
            let page = overfit(&["remedies", entry.name]).success().stdout;
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let page = words(&page);
            for (part, text) in [
                ("idea", entry.idea),
                ("formula", entry.formula),
                ("what it touches", entry.touches),
                ("source", entry.source),
            ] {
                assert!(text.len() > 20, "{}: {part} is too short: {text:?}", entry.name);
                assert!(page.contains(&words(text)), "{}: {part} is missing in {page}", entry.name);
            }
            for field in entry.table.fields {
                let said = match field.default {
                    Default::Required => "must be given".to_owned(),
                    Default::Absent => "may be left out".to_owned(),
                    Default::Toml(value) => format!("default {value}"),
                };
                let place = page.find(&format!(" {} {}", field.name, words(field.doc)));
                let place = place.unwrap_or_else(|| panic!("{}: {} is missing in {page}", entry.name, field.name));
                assert!(page[place..].contains(&said), "{}: {said} is missing in {page}", entry.name);
            }
        }
    }
}

#[test]
fn what_does_not_go_with_the_data_is_refused_with_the_reason() {
    let place = workplace();
    place.write("words.csv", "a,b,y\n".to_owned() + &"p,q,1.5\nr,s,2.5\n".repeat(30));
    place.write("mixed.csv", "a,b,y\n".to_owned() + &"p,1,1.5\nr,2,2.5\n".repeat(30));
    for (data, settings, message) in [
        ("blobs", "remedies.image.shift = 1", "remedies.image needs data.image = [rows, columns], found none"),
        (
            "blobs",
            "data.image = [2, 3]\nremedies.image.shift = 1",
            "remedies.image needs as many inputs as data.image has pixels, found 5 inputs and 2 x 3 pixels",
        ),
        (
            "blobs",
            "data.image = [1, 5]\nremedies.image.shift = 5",
            "remedies.image.shift must be less than 5, the longer side of data.image, found 5",
        ),
        (
            "mixed",
            "data.image = [1, 3]\nremedies.image.shift = 1",
            "remedies.image needs numeric columns only, found the categorical column \"a\"",
        ),
        (
            "blobs",
            "remedies.noise.features = { x1 = 1, x7 = 1 }",
            "remedies.noise.features must name numeric columns of the inputs, found \"x7\", did you mean \"x0\"?",
        ),
        (
            "mixed",
            "remedies.noise.features = { a = 1 }",
            "remedies.noise.features must name numeric columns of the inputs, found the categorical column \"a\"",
        ),
        ("words", "remedies.noise = 0.1", "remedies.noise.input needs a numeric column, found categories only"),
        (
            "waves",
            "remedies.label_smoothing = 0.1",
            "remedies.label_smoothing needs a classification, found a regression",
        ),
        (
            "waves",
            "remedies.class_weights = \"balanced\"",
            "remedies.class_weights needs a classification, found a regression",
        ),
        ("waves", "remedies.smote = 5", "remedies.smote needs a classification, found a regression"),
        (
            "blobs",
            "remedies.smote = 5\nremedies.class_weights = \"balanced\"",
            "remedies.class_weights.weights must name classes beside remedies.smote, which balances them already, found \
             \"balanced\"",
        ),
        (
            "blobs",
            "remedies.class_weights = { red = 2, gren = 2 }",
            "remedies.class_weights.weights must name classes of the target, found \"gren\", did you mean \"green\"?",
        ),
        ("blobs", "data.image = [5]", "data.image must be two numbers, rows and columns, found 1 number"),
    ] {
        place.write("e.toml", format!("data.path = \"{data}.csv\"\n{settings}\n"));
        let run = place.overfit(&["check", "e.toml"]).code(2);
        assert!(run.stderr.starts_with(&format!("error: {message}")), "{settings}: {}", run.stderr);
    }
}
