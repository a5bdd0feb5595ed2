//! What successive halving spent, and what it saved: a sentence below the comparison.

use super::screen::wrapped;
use super::{Format, Style};
use crate::lab::{Results, Spent};

/// The sentence, where halving chose what was run and the format is for people; otherwise nothing.
pub fn spent(results: &Results, format: Format, style: Style) -> String {
    let (Some(halving), Some(Spent { epochs, in_full })) = (&results.halving, results.spent) else {
        return String::new();
    };
    let longest = halving.rungs().iter().max_by_key(|rungs| rungs.len());
    let rungs: Vec<String> =
        longest.into_iter().flatten().map(|rung| format!("{} of {} epochs", rung.points, rung.epochs)).collect();
    let balance = match in_full.checked_sub(epochs) {
        Some(saved) => format!("{:.0}% saved", 100.0 * saved as f64 / in_full.max(1) as f64),
        None => format!("{:.0}% more", 100.0 * (epochs - in_full) as f64 / in_full.max(1) as f64),
    };
    let to_come = match results.to_come {
        0 => String::new(),
        more => format!(" {more} more trials are to come, once the results of these are known."),
    };
    let text = format!(
        "halving: the best by validation went on, in each seed and fold by itself (points: {}); compared are those of the last \
         rung. Spent: {epochs} epochs, all points in full would be {in_full}: {balance}.{to_come}",
        rungs.join(", ")
    );
    match format {
        Format::Table => wrapped(&text, style),
        Format::Markdown => format!("\n{text}\n"),
        Format::Csv | Format::Json => String::new(),
    }
}
