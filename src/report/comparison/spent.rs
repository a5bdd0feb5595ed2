//! What successive halving spent, and what it saved: a sentence below the comparison.

use super::screen::wrapped;
use super::{Format, Style};
use crate::lab::{Results, StoreError};

/// The sentence, where halving chose what was run and the format is for people; otherwise nothing.
///
/// # Errors
/// If a record cannot be read.
pub fn spent(results: &Results, format: Format, style: Style) -> Result<String, StoreError> {
    let Some(halving) = &results.halving else { return Ok(String::new()) };
    if matches!(format, Format::Csv | Format::Json) {
        return Ok(String::new());
    }
    let longest = halving.rungs().iter().max_by_key(|rungs| rungs.len());
    let rungs: Vec<String> =
        longest.into_iter().flatten().map(|rung| format!("{} of {} epochs", rung.points, rung.epochs)).collect();
    let text = format!(
        "halving: the best by validation went on, in each seed and fold by itself (points: {}); compared are those of the last \
         rung. {}",
        rungs.join(", "),
        balance(results.epochs_spent()?, halving.epochs_in_full(), results.missing())
    );
    Ok(match format {
        Format::Markdown => format!("\n{text}\n"),
        _ => wrapped(&text, style),
    })
}

/// What was spent, and once nothing is missing any more, what that saved.
fn balance(epochs: u64, in_full: u64, missing: usize) -> String {
    if missing > 0 {
        return format!("Spent so far: {epochs} epochs; {missing} more trials are to come.");
    }
    let share = |difference: u64| format!("{:.0}%", 100.0 * difference as f64 / in_full.max(1) as f64);
    let balance = match in_full.checked_sub(epochs) {
        Some(saved) => format!("{} saved", share(saved)),
        None => format!("{} more", share(epochs - in_full)),
    };
    format!("Spent: {epochs} epochs, all points in full would be {in_full}: {balance}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_saved_before_the_end() {
        assert_eq!(balance(100, 400, 0), "Spent: 100 epochs, all points in full would be 400: 75% saved.");
        assert_eq!(balance(500, 400, 0), "Spent: 500 epochs, all points in full would be 400: 25% more.");
        assert_eq!(balance(100, 400, 7), "Spent so far: 100 epochs; 7 more trials are to come.");
    }
}
