//! What the curve of a trial says: does the network underfit, fit, overfit, or was training at fault?
//!
//! In: the [`Series`] of one trial, the losses and scores of its epochs, and what another variant of the experiment reached
//! ([`Reference`]). Out: a [`Finding`]: the [`Diagnosis`] with the figures behind it. Nothing is chosen by it.
//!
//! A loss is *held out* if it is of the validation rows; of the test rows where there are none of validation. Only epochs
//! count that other figures count as well: not epoch 0, none before the last change of structure. All thresholds are ratios
//! of losses, so that a loss in another unit is diagnosed alike. *Level* is a median of neighbouring epochs; what is lower
//! or higher must be so by more than [`SURE`] times what the scatter of single epochs explains. The first rule that holds
//! decides:
//!
//! 1. **diverges**: a loss is no longer finite, or the training loss ends above the untrained network's and that of the first
//!    epoch, and at twice its lowest level: training made things worse;
//! 2. **too short**: fewer than [`FEWEST`] epochs count;
//! 3. **overfits**: the held-out loss ends [`RISE`] above its lowest level (the middle of Prechelt's GL criteria), while the
//!    training loss goes on falling. It does so from the epoch of the lowest loss on;
//! 4. **unstable**: from epoch to epoch the held-out loss scatters by more than [`SCATTER`] of its size;
//! 5. **still improving**: a line through the last fifth of the held-out loss falls by [`FALL`], and its lowest value is
//!    there: more epochs are needed before anything else can be said;
//! 6. **underfits**: little of the *training* rows is learnt. Without a known best that can be said in two cases only. Either
//!    next to nothing is learnt: less than [`LITTLE`] of the way from the score of a guess (the most frequent class; the mean
//!    of the target) to a perfect one; where that is not known, of the way from the untrained network's loss to 0. Or
//!    another variant on the same rows shows that more can be learnt: it is better on the training rows by
//!    [`MORE_TRAINED`], and on the held-out rows by [`MORE_HELD_OUT`] too. On the training rows alone would not do: that is
//!    what remedies are for;
//! 7. **fits**: none of these. The gap may be large all the same: then rote does no harm to the held-out loss.
//!
//! Changes below [`NOTHING`] of what training achieved since the first epoch are none: a loss near 0 may double and be as good.

mod majority;
mod numbers;
mod series;

pub use majority::MajorityDiagnosis;
pub(super) use majority::{Diagnosed, beside_each_other};
pub use series::{Curve, Held};

pub(super) use self::numbers::median;
use self::numbers::{Line, level_at, level_at_end, scatter};
use crate::stopping::lowest;

/// The fewest epochs of which a curve can be made.
pub const FEWEST: usize = 5;
/// The least rise of the held-out loss above its lowest level that is overfitting, as a share of that level.
pub const RISE: f64 = 0.05;
/// The least scatter of the held-out loss from epoch to epoch that is instability, as a share of its level: as a rule a
/// learning rate that is too high.
pub const SCATTER: f64 = 0.1;
/// The least fall of the held-out loss within the last fifth that is progress, as a share of its level.
pub const FALL: f64 = 0.02;
/// The share of the way from a guess to perfection below which next to nothing is learnt.
pub const LITTLE: f64 = 0.1;
/// By how much more accuracy (r2) on the training rows another variant shows that more can be learnt.
pub const MORE_TRAINED: f64 = 0.05;
/// By how much more accuracy (r2) on the held-out rows it must be worth it.
pub const MORE_HELD_OUT: f64 = 0.03;
/// The share of the whole fall of a loss below which a change is none.
pub const NOTHING: f64 = 0.01;
/// How many standard errors of the scatter a change must exceed.
pub const SURE: f64 = 3.0;

/// What a curve says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the module's documentation has the rules")]
pub enum Diagnosis {
    Diverges,
    Unstable,
    Overfits,
    Underfits,
    StillImproving,
    TooShort,
    Fits,
}

impl Diagnosis {
    /// The word in every table.
    pub fn name(self) -> &'static str {
        match self {
            Diagnosis::Diverges => "diverges",
            Diagnosis::Unstable => "unstable",
            Diagnosis::Overfits => "overfits",
            Diagnosis::Underfits => "underfits",
            Diagnosis::StillImproving => "still improving",
            Diagnosis::TooShort => "too short",
            Diagnosis::Fits => "fits",
        }
    }
}

/// The epochs of a trial that count: as many of each figure as there are epochs.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// Their numbers, increasing.
    pub epochs: &'a [u32],
    /// Loss on the training rows.
    pub train_loss: &'a [f64],
    /// Loss on the rows that are held out.
    pub held_out_loss: &'a [f64],
    /// Loss of the network before training on the training rows, where it is known.
    pub untrained_loss: Option<f64>,
    /// Accuracy (r2) on the training rows.
    pub train_score: &'a [f64],
    /// Accuracy (r2) on the rows that are held out.
    pub held_out_score: &'a [f64],
    /// The epoch whose network is handed out, where that is not the last.
    pub kept_epoch: Option<u32>,
    /// The score on the training rows of who does not look at the features: the share of the most frequent class; 0 of an
    /// r2, for the mean of the target.
    pub guess: Option<f64>,
}

/// Accuracies, or r2: 1 is perfect.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scores {
    /// On the training rows.
    pub train: Option<f64>,
    /// On the rows that are held out.
    pub held_out: Option<f64>,
}

/// What another variant reached on the same rows.
pub type Reference = Scores;

/// A diagnosis, and what it rests on. Losses are levels; shares are of the loss that they are about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    /// What it is.
    pub diagnosis: Diagnosis,
    /// How many epochs count.
    pub epochs: usize,
    /// The epoch of the lowest held-out loss.
    pub onset_epoch: Option<u32>,
    /// The lowest level of the held-out loss.
    pub lowest_loss: Option<f64>,
    /// Its level at the end.
    pub final_loss: Option<f64>,
    /// The rise from the one to the other.
    pub rise: Option<f64>,
    /// The change within the last fifth; falling is below 0.
    pub trend: Option<f64>,
    /// The standard error of that.
    pub trend_error: Option<f64>,
    /// The standard deviation from epoch to epoch in the second half.
    pub scatter: Option<f64>,
    /// The training loss at the end, as a share of the untrained network's.
    pub train_loss_left: Option<f64>,
    /// The held-out score at the epoch of the lowest held-out loss.
    pub onset_score: Option<f64>,
    /// The scores at the end.
    pub end: Scores,
    /// The score of a guess on the training rows.
    pub guess: Option<f64>,
    /// The epoch whose network is handed out, where that is not the last.
    pub kept_epoch: Option<u32>,
    /// What the best variant on the same rows has, where that decided.
    pub reference: Option<Reference>,
}

impl Series<'_> {
    /// The scores of the last epoch.
    fn end(&self) -> Scores {
        let last = |scores: &[f64]| scores.last().copied().filter(|score| score.is_finite());
        Scores { train: last(self.train_score), held_out: last(self.held_out_score) }
    }
}

impl Finding {
    fn bare(diagnosis: Diagnosis, series: &Series<'_>) -> Self {
        Self {
            diagnosis,
            epochs: series.epochs.len(),
            onset_epoch: None,
            lowest_loss: None,
            final_loss: None,
            rise: None,
            trend: None,
            trend_error: None,
            scatter: None,
            train_loss_left: None,
            onset_score: None,
            end: series.end(),
            guess: series.guess,
            kept_epoch: series.kept_epoch,
            reference: None,
        }
    }

    /// The same in the light of another variant: what fits by itself may be little beside what others learn.
    pub fn beside(self, best: Reference) -> Self {
        let is_better = |other: Option<f64>, own: Option<f64>, by: f64| {
            other.zip(own).is_some_and(|(other, own)| other - own >= by)
        };
        let learns_less = is_better(best.train, self.end.train, MORE_TRAINED)
            && is_better(best.held_out, self.end.held_out, MORE_HELD_OUT);
        match self.diagnosis {
            Diagnosis::Fits if learns_less => Self { diagnosis: Diagnosis::Underfits, reference: Some(best), ..self },
            _ => self,
        }
    }
}

/// Diagnoses a curve by itself; see [`Finding::beside`] for what others make of it. `diverged`: whether the trial ended for
/// a loss that was no longer finite. `None` where no loss is held out.
pub fn diagnose(series: &Series<'_>, diverged: bool) -> Option<Finding> {
    let all_finite = |losses: &[f64]| losses.iter().all(|loss| loss.is_finite());
    if diverged || !all_finite(series.train_loss) {
        return Some(Finding::bare(Diagnosis::Diverges, series));
    }
    if !all_finite(series.held_out_loss) {
        return None;
    }
    if series.epochs.len() < FEWEST {
        return Some(Finding::bare(Diagnosis::TooShort, series));
    }
    Some(Measured::of(series)?.finding())
}

/// What the rules ask for.
struct Measured<'a> {
    series: &'a Series<'a>,
    /// The place of the lowest held-out loss.
    onset: usize,
    lowest: f64,
    end: f64,
    /// By how much the held-out loss fell in all.
    whole_fall: f64,
    /// Standard deviation from epoch to epoch in the second half.
    scatter: f64,
    /// Through the last fifth.
    line: Line,
    /// The first place of the last fifth.
    last_fifth: usize,
}

impl<'a> Measured<'a> {
    fn of(series: &'a Series<'a>) -> Option<Self> {
        let loss = series.held_out_loss;
        let onset = lowest(loss)?;
        let lowest = level_at(loss, onset);
        let fifth = (loss.len() / 5).max(FEWEST);
        let last_fifth = loss.len() - fifth;
        Some(Self {
            series,
            onset,
            lowest,
            end: level_at_end(loss),
            whole_fall: loss[0] - loss[onset],
            scatter: scatter(&loss[(loss.len() / 2).min(last_fifth)..]),
            line: Line::through(&loss[last_fifth..]),
            last_fifth,
        })
    }

    fn finding(&self) -> Finding {
        let share = |value: f64| Some(value / self.lowest).filter(|share| share.is_finite());
        Finding {
            onset_epoch: Some(self.series.epochs[self.onset]),
            lowest_loss: Some(self.lowest),
            final_loss: Some(self.end),
            rise: share(self.end - self.lowest),
            trend: Some(self.line.change() / self.end).filter(|share| share.is_finite()),
            trend_error: Some(self.line.change_error() / self.end).filter(|share| share.is_finite()),
            scatter: Some(self.scatter / self.end).filter(|share| share.is_finite()),
            train_loss_left: self.train_loss_left(),
            onset_score: Some(self.series.held_out_score[self.onset]).filter(|score| score.is_finite()),
            ..Finding::bare(self.diagnosis(), self.series)
        }
    }

    fn diagnosis(&self) -> Diagnosis {
        if self.trained_for_the_worse() {
            Diagnosis::Diverges
        } else if self.rises() && self.training_goes_on() {
            Diagnosis::Overfits
        } else if self.matters(self.scatter) && self.scatter >= SCATTER * self.end {
            Diagnosis::Unstable
        } else if self.falls() {
            Diagnosis::StillImproving
        } else if self.learnt_next_to_nothing() {
            Diagnosis::Underfits
        } else {
            Diagnosis::Fits
        }
    }

    fn matters(&self, change: f64) -> bool {
        change > 0.0 && change >= NOTHING * self.whole_fall
    }

    fn trained_for_the_worse(&self) -> bool {
        let loss = self.series.train_loss;
        let end = level_at_end(loss);
        let least = lowest(loss).map_or(end, |at| level_at(loss, at));
        let start = self.series.untrained_loss.unwrap_or(loss[0]).max(loss[0]);
        end > start && end >= 2.0 * least
    }

    fn rises(&self) -> bool {
        let rise = self.end - self.lowest;
        // Two levels of a few epochs each: their difference scatters less than one epoch.
        self.matters(rise) && rise >= RISE * self.lowest && rise > SURE * self.scatter
    }

    fn training_goes_on(&self) -> bool {
        let loss = self.series.train_loss;
        level_at_end(loss) < level_at(loss, self.onset)
    }

    fn falls(&self) -> bool {
        let fall = -self.line.change();
        self.onset >= self.last_fifth
            && self.matters(fall)
            && fall >= FALL * self.end
            && fall > SURE * self.line.change_error()
    }

    fn train_loss_left(&self) -> Option<f64> {
        let left = level_at_end(self.series.train_loss) / self.series.untrained_loss?;
        Some(left).filter(|left| left.is_finite())
    }

    fn learnt_next_to_nothing(&self) -> bool {
        match self.series.end().train.zip(self.series.guess) {
            Some((score, guess)) => score - guess < LITTLE * (1.0 - guess),
            None => self.train_loss_left().is_some_and(|left| left > 1.0 - LITTLE),
        }
    }
}

#[cfg(test)]
mod tests;
