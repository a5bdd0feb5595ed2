//! What successive halving spent, and what it saved: a sentence below the comparison, and a key of its JSON.
//!
//! In: [`Results`] under halving. Out: [`Spent`], counted once, and the sentence.

use serde::Serialize;

use super::screen::wrapped;
use super::{Format, Style};
use crate::experiment::Rung;
use crate::lab::{Results, StoreError};

/// What was spent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spent {
    /// The longest row of rungs that a variant has, the first one first.
    rungs: Vec<Rung>,
    /// Epochs of the stored trials; equal ones were trained once.
    spent_epochs: u64,
    /// Epochs that all points in full would take as planned.
    full_epochs: u64,
    /// The share of these that was saved, negative where more was spent; `None` before the end.
    saved: Option<f64>,
    /// Trials in all.
    trials: usize,
    /// Trials that are not stored yet.
    missing: usize,
    /// Whether figures of the last rung can be compared.
    is_on_last_rung: bool,
}

impl Spent {
    /// What was spent on these results; nothing where halving did not choose what was run.
    ///
    /// # Errors
    /// If a record cannot be read.
    pub fn of(results: &Results) -> Result<Option<Self>, StoreError> {
        let Some(halving) = &results.halving else { return Ok(None) };
        let (spent_epochs, full_epochs) = (results.epochs_spent()?, halving.epochs_in_full());
        let missing = results.missing();
        let saved = 1.0 - spent_epochs as f64 / full_epochs.max(1) as f64;
        Ok(Some(Self {
            rungs: halving.rungs().iter().max_by_key(|rungs| rungs.len()).cloned().unwrap_or_default(),
            spent_epochs,
            full_epochs,
            saved: (missing == 0).then_some(saved),
            trials: results.trials.len() + results.to_come,
            missing,
            is_on_last_rung: results.trials.iter().any(|trial| halving.is_last_rung(trial.cell)),
        }))
    }

    /// Why there is no comparison yet; nothing where there is one.
    pub fn nothing_yet(&self, format: Format, style: Style) -> Option<String> {
        let text = format!(
            "no point has reached the last rung yet: {} of {} trials done",
            self.trials - self.missing,
            self.trials
        );
        match format {
            Format::Table if !self.is_on_last_rung => Some(wrapped(&text, style)),
            Format::Markdown if !self.is_on_last_rung => Some(format!("{text}\n")),
            _ => None,
        }
    }

    /// The sentence below the comparison, where the format is for people; otherwise nothing.
    pub fn sentence(&self, format: Format, style: Style) -> String {
        let rungs: Vec<String> = self.rungs.iter().map(Rung::to_string).collect();
        let text = format!(
            "halving: the best by validation went on, in each seed and fold by itself ({}); compared are those of the last \
             rung. {}",
            rungs.join(", then "),
            self.balance()
        );
        match format {
            Format::Csv | Format::Json => String::new(),
            Format::Markdown => format!("\n{text}\n"),
            Format::Table => wrapped(&text, style),
        }
    }

    /// What was spent, and once nothing is missing any more, what that saved.
    fn balance(&self) -> String {
        let Self { spent_epochs, full_epochs, missing, .. } = self;
        let percent = |share: f64| format!("{:.0}%", 100.0 * share);
        match self.saved {
            None => format!("Spent so far: {spent_epochs} epochs; trials still to come: {missing}."),
            Some(saved) => {
                let balance = match saved {
                    saved if saved < 0.0 => format!("{} more", percent(-saved)),
                    saved => format!("{} saved", percent(saved)),
                };
                format!("Spent: {spent_epochs} epochs, all points in full would be {full_epochs}: {balance}.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spent(spent_epochs: u64, missing: usize) -> Spent {
        let saved = (missing == 0).then_some(1.0 - spent_epochs as f64 / 400.0);
        let rungs = vec![Rung { epochs: 1, points: 12 }, Rung { epochs: 9, points: 1 }];
        Spent { rungs, spent_epochs, full_epochs: 400, saved, trials: 13, missing, is_on_last_rung: missing == 0 }
    }

    #[test]
    fn nothing_is_saved_before_the_end() {
        assert_eq!(spent(100, 0).balance(), "Spent: 100 epochs, all points in full would be 400: 75% saved.");
        assert_eq!(spent(500, 0).balance(), "Spent: 500 epochs, all points in full would be 400: 25% more.");
        assert_eq!(spent(100, 7).balance(), "Spent so far: 100 epochs; trials still to come: 7.");
    }

    #[test]
    fn rungs_are_told_in_words() {
        let text = spent(100, 0).sentence(Format::Markdown, Style::default());
        assert!(text.contains("(12 points for 1 epoch, then 1 point for 9 epochs)"), "{text}");
    }

    #[test]
    fn before_the_last_rung_there_is_nothing_to_compare() {
        let text = |missing, format| spent(100, missing).nothing_yet(format, Style::default());
        let expected = "no point has reached the last rung yet: 6 of 13 trials done\n";
        assert_eq!(text(7, Format::Table).as_deref(), Some(expected));
        assert_eq!((text(0, Format::Table), text(7, Format::Json)), (None, None));
    }

    #[test]
    fn scripts_read_what_was_spent_and_saved() {
        let json = serde_json::to_value(spent(100, 0)).unwrap();
        assert_eq!(
            (&json["spent_epochs"], &json["full_epochs"], &json["saved"]),
            (&100.into(), &400.into(), &0.75.into())
        );
        assert_eq!(json["rungs"][0], serde_json::json!({ "epochs": 1, "points": 12 }));
        assert!(serde_json::to_value(spent(100, 7)).unwrap()["saved"].is_null());
    }
}
