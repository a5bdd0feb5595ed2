//! The columns of a sheet: how their numbers are shown, and how wide they are.
//!
//! In: the titles of the CSV files. Out: [`Column`]s. A format changes what is seen, never the number.

use crate::data::Task;
use crate::lab::Results;

/// How the cells of a column are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Format {
    /// As text, whatever it begins with.
    Text,
    /// Whole numbers without separators: seeds, epochs.
    Whole,
    /// Whole numbers with separators of thousands.
    Count,
    /// Shares.
    Percent,
    /// Figures between about 0 and 10.
    Figure,
    /// Figures of any size.
    General,
}

impl Format {
    /// The format's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Text => "@",
            Self::Whole => "0",
            Self::Count => "#,##0",
            Self::Percent => "0.0%",
            Self::Figure => "0.0000",
            Self::General => "General",
        }
    }
}

/// A column of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// What stands above it.
    pub title: String,
    /// How its numbers are shown.
    pub format: Format,
    /// Its width in characters.
    pub width: f64,
}

/// The narrowest and the widest column, in characters.
const WIDTHS: (usize, usize) = (9, 40);
/// What the arrow of the filter takes of a title's width.
const ARROW: usize = 3;
/// How wide columns of text are that are not named for something of the experiment.
const TEXT_WIDTH: usize = 18;

impl Column {
    /// A column of a table of these results.
    pub fn of(title: String, results: &Results) -> Self {
        let format = format(&title, results);
        let content = match title.as_str() {
            "experiment" => results.experiment.chars().count(),
            "variant" => results.variants.iter().map(|name| name.chars().count()).max().unwrap_or(0),
            "verdict" | "diagnosis" => 30,
            _ if format == Format::Text => TEXT_WIDTH,
            _ => 0,
        };
        Self::wide(title, format, content)
    }

    /// A column of figures of a known kind.
    pub fn of_figure(title: String, figure: &str, results: &Results) -> Self {
        Self::wide(title, format(figure, results), 0)
    }

    fn wide(title: String, format: Format, content: usize) -> Self {
        let width = (title.chars().count() + ARROW).max(content + 1).clamp(WIDTHS.0, WIDTHS.1);
        Self { title, format, width: width as f64 }
    }
}

/// The format of a column by its title.
fn format(title: &str, results: &Results) -> Format {
    let figure = title.strip_prefix("final_").unwrap_or(title);
    let figure = ["_mean", "_sd", "_low", "_high"].iter().find_map(|end| figure.strip_suffix(end)).unwrap_or(figure);
    match figure {
        "experiment" | "variant" | "status" | "trial" | "verdict" | "metric" | "diagnosis" => Format::Text,
        "seed" | "fold" | "n" | "epoch" | "epochs" => Format::Whole,
        "gap" if results.task == Task::Classification => Format::Percent,
        "difference" if is_share(results.metric()) => Format::Percent,
        "gap" | "difference" | "p_value" | "p_adjusted" | "rank" => Format::Figure,
        // A swept key.
        _ if figure.contains('.') => Format::General,
        _ if is_share(figure) => Format::Percent,
        _ if figure.ends_with("_epoch") => Format::Whole,
        _ if figure.ends_with("parameters") || figure.starts_with("n_") || figure == "train_rows" => Format::Count,
        _ if ["loss", "loss_gap", "auc", "r2"].iter().any(|name| figure.ends_with(name)) => Format::Figure,
        _ => Format::General,
    }
}

/// Whether a figure is a share, to be shown in percent.
fn is_share(figure: &str) -> bool {
    ["accuracy", "f1", "sparsity"].iter().any(|share| figure.ends_with(share))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::example_results;

    #[test]
    fn shares_are_percent_counts_have_separators_and_names_are_text() {
        let (_folder, results) = example_results(|_, _| None);
        let of = |title: &str| format(title, &results);
        for title in
            ["test_accuracy", "final_train_accuracy", "gap", "gap_sd", "difference_low", "test_f1_mean", "sparsity"]
        {
            assert_eq!(of(title), Format::Percent, "{title}");
        }
        assert_eq!(["variant", "verdict", "trial"].map(of), [Format::Text; 3]);
        assert_eq!(["seed", "best_epoch", "n"].map(of), [Format::Whole; 3]);
        assert_eq!(["parameters", "n_train", "train_rows"].map(of), [Format::Count; 3]);
        assert_eq!(["test_loss", "loss_gap", "p_adjusted"].map(of), [Format::Figure; 3]);
        assert_eq!(["remedies.dropout.hidden", "learning_rate"].map(of), [Format::General; 2]);
    }

    #[test]
    fn of_a_regression_gaps_and_differences_are_no_shares() {
        let (_folder, mut results) = example_results(|_, _| None);
        results.task = Task::Regression;
        results.compare_by("r2");
        assert_eq!(["gap", "difference"].map(|title| format(title, &results)), [Format::Figure; 2]);
    }

    #[test]
    fn a_column_is_as_wide_as_its_title_or_names_up_to_a_limit() {
        let (_folder, mut results) = example_results(|_, _| None);
        results.variants = vec!["x".repeat(300)];
        let width = |title: &str| Column::of(title.to_owned(), &results).width;
        assert_eq!((width("n"), width("parameters"), width("variant")), (9.0, 13.0, 40.0));
    }
}
