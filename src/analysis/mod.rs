//! What the results say, in numbers.
//!
//! In: [`Results`](crate::lab::Results), the plan with its stored records. Out: a [`Summary`] with the mean figures of every
//! variant at every point, its paired difference from the baseline, and what that difference comes to; and where points were
//! swept, the figures of those that validation chooses. Of several experiments, or of scores made elsewhere: the same per
//! experiment ([`ExperimentScores`]), and what all say together ([`Study`]). Nothing is chosen here by a test figure, unless an
//! oracle is asked for, and that is [called one](ChosenBy::Oracle). Of each curve: whether the network underfits, fits or
//! overfits ([`Diagnosis`]). Of recorded curves: where stopping criteria would have ended them ([`Replay`]).

mod across;
mod diagnosis;
mod dial;
mod figures;
mod holm;
mod mean_curves;
mod measured;
mod needed;
mod outcomes;
mod pairing;
mod partitions;
mod ranks;
mod replay;
mod scores;
mod selection;
mod statistics;
mod student;
mod study;
mod summary;
mod tuned;
mod verdict;

pub use across::{
    Across, AcrossVariant, Against, Friedman, SignedRank, across, critical_difference, friedman, groups, least_p_value,
    signed_rank,
};
pub use diagnosis::{Diagnosis, FEWEST, Finding, Held, MajorityDiagnosis, Reference, Scores, Series, diagnose};
pub use dial::Dial;
pub use figures::{Figures, chosen_names, generalization_loss, lower_is_better, measure_names};
pub use holm::{Adjusted, holm};
pub use mean_curves::{CellCurves, MeanCurves, MeasuredSeries, Spread};
pub use measured::{Columns, MeasuredTable, measured};
pub use needed::{Needed, needed};
pub use pairing::{Difference, Score, differences, paired_difference};
pub use partitions::share_folds;
pub use ranks::{average_ranks, ranks};
pub use replay::{MeanReplay, RecordedCurve, Replay, by_variant};
pub use scores::{ComparedVariant, ExperimentScores, VariantScores};
pub use selection::{ChosenBy, Selected, Winner};
pub use statistics::{CONFIDENCE, Estimate, Interval, Overlap, mean, standard_deviation};
pub use student::{StudentMean, student_t_quantile};
pub use study::{StudiedExperiment, Study};
pub use summary::{CellSummary, Summary, Terms, trial_diagnoses};
pub use tuned::{Tuned, tuned};
pub use verdict::{Case, Doubt, Judgement, LEVEL, Probabilities, ROPE, SMALLER, SURE, Verdict, judge};
