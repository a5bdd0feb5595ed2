//! Charts beside the tables: `plots/*.svg`, PNG where it was built in, and curves on the screen.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use roxmltree::Document;
use support::{Workplace, blobs};

const HOSTILE: &str =
    "</title><script>alert('x')</script> & \"$x$\" 过拟合 and a name that does not end for a long time to come";

fn config(variants: &[&str]) -> String {
    let mut config = "seeds = 2\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [8]\n[train]\nepochs = 12\n\
                      learning_rate = 0.02\n[[variants]]\nname = \"none\"\n"
        .to_owned();
    for (place, name) in variants.iter().enumerate() {
        let name = toml::Value::from(*name);
        config.push_str(&format!("[[variants]]\nname = {name}\nremedies.dropout = 0.{}\n", place + 2));
    }
    config
}

fn trained(variants: &[&str], arguments: &[&str]) -> Workplace {
    let workplace = Workplace::new();
    workplace.write("blobs.csv", blobs(60)).experiment("drawn", &config(variants), arguments);
    workplace
}

/// The files of the plots with their bytes; none where there is no folder.
fn plots(workplace: &Workplace) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(workplace.path().join("results/drawn/plots")) else { return BTreeMap::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())).collect()
}

fn text(plots: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    let known: Vec<&String> = plots.keys().collect();
    String::from_utf8(plots.get(name).unwrap_or_else(|| panic!("{name} is not among {known:?}")).clone()).unwrap()
}

/// How many lines or bars a drawing has.
fn series(document: &Document<'_>) -> usize {
    document.descendants().filter(|node| node.attribute("class") == Some("series")).count()
}

#[test]
fn every_plot_is_an_svg_that_says_what_it_is() {
    let plots = plots(&trained(&["dropout", HOSTILE], &[]));
    let drawings: Vec<&String> = plots.keys().filter(|name| name.ends_with(".svg")).collect();
    assert!(drawings.len() >= 5, "{drawings:?}");
    for name in drawings {
        let text = text(&plots, name);
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let root = document.root_element();
        for attribute in ["viewBox", "width", "height", "aria-labelledby"] {
            assert!(root.attribute(attribute).is_some(), "{name} has no {attribute}");
        }
        assert_eq!(root.attribute("role"), Some("img"), "{name}");
        let says = |element: &str| {
            let child = root.children().find(|node| node.tag_name().name() == element);
            child.and_then(|child| child.text()).is_some_and(|text| text.len() > 10)
        };
        assert!(says("title") && says("desc"), "{name}");
        assert!(series(&document) >= 2, "{name}");
    }
}

#[test]
fn each_variant_has_its_lines_and_its_bar_in_one_colour() {
    let plots = plots(&trained(&["dropout", "more"], &[]));
    let counts =
        [("learning-curve-accuracy.svg", 9), ("learning-curve-loss.svg", 9), ("gaps.svg", 3), ("scores.svg", 3)];
    let mut colours = Vec::new();
    for (name, wanted) in counts {
        let text = text(&plots, name);
        let document = Document::parse(&text).unwrap();
        assert_eq!(series(&document), wanted, "{name}");
        let of_dropout = document.descendants().filter(|node| {
            let title = node.children().find(|child| child.tag_name().name() == "title").and_then(|title| title.text());
            title.is_some_and(|title| title.starts_with("dropout"))
        });
        colours.extend(of_dropout.flat_map(|group| group.descendants()).find_map(|node| {
            let colour = if name.starts_with("learning") { node.attribute("stroke") } else { node.attribute("fill") };
            colour.filter(|colour| colour.starts_with('#') && *colour != "#ffffff").map(str::to_owned)
        }));
    }
    assert_eq!(colours.len(), counts.len(), "{colours:?}");
    assert!(colours.iter().all(|colour| *colour == colours[0]), "{colours:?}");
}

#[test]
fn hostile_names_are_text() {
    let plots = plots(&trained(&[HOSTILE], &[]));
    for name in plots.keys().filter(|name| name.ends_with(".svg")) {
        let text = text(&plots, name);
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(document.descendants().all(|node| node.tag_name().name() != "script"), "{name}");
    }
    let text = text(&plots, "gaps.svg");
    let document = Document::parse(&text).unwrap();
    let titles = document.descendants().filter(|node| node.tag_name().name() == "title");
    assert!(titles.filter_map(|title| title.text()).any(|title| title == HOSTILE), "the whole name is there");
}

#[test]
fn a_second_run_gives_the_same_bytes() {
    let workplace = trained(&["dropout"], &[]);
    let first = plots(&workplace);
    workplace.overfit(&["report", "results/drawn", "--quiet"]).success();
    assert_eq!(first, plots(&workplace));
    assert_eq!(first, plots(&trained(&["dropout"], &["--jobs", "1"])));
}

#[test]
fn plots_that_a_plan_has_no_more_go_and_what_others_put_there_stays() {
    let workplace = trained(&["dropout"], &[]);
    assert!(plots(&workplace).contains_key("differences.svg"));
    workplace.write("results/drawn/plots/mine.svg", "mine");
    // Of a single variant there are no differences.
    workplace.experiment("drawn", &config(&[]), &[]);
    let left = plots(&workplace);
    assert!(!left.contains_key("differences.svg") && left.contains_key("gaps.svg"), "{:?}", left.keys());
    workplace.overfit(&["report", "results/drawn", "--quiet", "--plots", "none"]).success();
    assert_eq!(plots(&workplace).keys().collect::<Vec<_>>(), ["mine.svg"]);
}

#[test]
fn without_plots_there_is_no_folder_and_another_word_is_an_error() {
    let workplace = trained(&["dropout"], &["--plots", "none"]);
    assert!(!workplace.path().join("results/drawn/plots").exists());
    let error = workplace.overfit(&["report", "results/drawn", "--plots", "gif"]).code(2).stderr;
    assert!(error.contains("svg, png, none"), "{error}");
}

#[test]
#[cfg(not(feature = "png"))]
fn png_that_was_not_built_in_is_an_error_that_says_how_to_get_it() {
    let workplace = Workplace::new();
    workplace.write("blobs.csv", blobs(60)).write("drawn.toml", config(&[]));
    let error = workplace.overfit(&["run", "drawn.toml", "--plots", "png"]).code(2).stderr;
    assert!(error.contains("cargo build --release --features png"), "{error}");
    assert!(!workplace.path().join("results").exists(), "nothing was trained");
}

#[test]
#[cfg(feature = "png")]
fn png_stands_beside_each_svg_and_goes_with_the_flag() {
    let workplace = trained(&["dropout"], &["--plots", "png"]);
    let drawn = plots(&workplace);
    let count = |ending: &str| drawn.keys().filter(|name| name.ends_with(ending)).count();
    assert!(count(".png") >= 5 && count(".png") == count(".svg"), "{:?}", drawn.keys());
    assert!(drawn["gaps.png"].starts_with(b"\x89PNG\r\n"));
    workplace.overfit(&["report", "results/drawn", "--quiet"]).success();
    assert!(plots(&workplace).keys().all(|name| !name.ends_with(".png")));
}

#[test]
fn compare_draws_curves_where_they_are_asked_for_and_a_pipe_has_none_otherwise() {
    let workplace = trained(&["dropout"], &[]);
    let plain = workplace.overfit(&["compare", "results/drawn"]).success().stdout;
    let drawn = workplace.overfit(&["compare", "results/drawn", "--plot"]).success().stdout;
    let plot = drawn.strip_prefix(plain.as_str()).expect("the plot follows the comparison");
    assert!(plot.starts_with("\naccuracy on the test rows, means; dotted: train\n"), "{plot}");
    assert!(plot.ends_with("A none  B dropout\n") && !plot.contains('\u{1b}'), "{plot}");
    assert!(plot.contains(" epoch\n") && plot.contains("% ┤"), "{plot}");
    let loss = workplace.overfit(&["compare", "results/drawn", "--plot", "--metric", "loss"]).success().stdout;
    assert!(loss.contains("\nloss on the test rows, means; dotted: train\n"), "{loss}");
}

#[test]
fn curves_are_for_the_screen_and_for_one_folder() {
    let workplace = trained(&["dropout"], &[]);
    let error = workplace.overfit(&["compare", "results/drawn", "--plot", "--format", "json"]).code(2).stderr;
    assert!(error.contains("--format"), "{error}");
    let table = Path::new("results/drawn/trials.csv").to_str().unwrap();
    let error = workplace.overfit(&["compare", table, "--plot"]).code(2).stderr;
    assert!(error.contains("one folder"), "{error}");
}
