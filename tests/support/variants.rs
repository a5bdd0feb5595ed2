//! Configs of named variants on two small data sets, for tests of remedies.

use std::fmt::Write;

use super::{Results, Row, Workplace, blobs, waves};

/// A folder with a small classification and a small regression.
pub fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(90)).write("waves.csv", waves(120));
    place
}

/// A config of named variants; `train` holds lines of `[train]`.
pub fn config(data: &str, seeds: &str, train: &str, variants: &[(String, String)]) -> String {
    let image = if data == "blobs" { "[1, 5]" } else { "[2, 2]" };
    let mut text = format!(
        "seeds = {seeds}\n[data]\npath = \"{data}.csv\"\nimage = {image}\n[model]\nhidden = [12, 8]\n[train]\n{train}\n[save]\nmodels = \
         \"final\"\n"
    );
    for (name, overrides) in variants {
        writeln!(text, "[[variants]]\nname = \"{name}\"\n{overrides}").expect("a String takes all");
    }
    text
}

/// A variant of a config.
pub fn variant(name: &str, overrides: &str) -> (String, String) {
    (name.to_owned(), overrides.to_owned())
}

/// A variant's curves without its name.
pub fn history(results: &Results, variant: &str) -> Vec<Vec<(String, String)>> {
    let cells = |mut row: Row| {
        row.remove("variant");
        let mut cells: Vec<_> = row.into_iter().collect();
        cells.sort();
        cells
    };
    results.curves_of(variant).into_iter().map(cells).collect()
}
