//! How the learning rate changes in training.
//!
//! In: the epoch (from 1), the share of the epoch that is done, the number of epochs. Out: the factor on
//! `train.learning_rate`. step, exponential and cosine change from epoch to epoch, one_cycle from step to step, as
//! PyTorch's `torch.optim.lr_scheduler` does; warmup rises linearly from step to step.

use serde::{Deserialize, Serialize};

use crate::schema::{Default, Field, Interval, Kind};

/// Every schedule and its parameters.
pub const SCHEDULES: &[(&str, &[Field])] = &[
    ("constant", &[]),
    (
        "step",
        &[
            Field {
                name: "step_size",
                kind: Kind::Integer { least: 1, most: i64::MAX },
                default: Default::Toml("30"),
                doc: "epochs between two drops",
            },
            Field {
                name: "gamma",
                kind: Kind::Number(Interval::POSITIVE),
                default: Default::Toml("0.1"),
                doc: "factor of each drop",
            },
        ],
    ),
    (
        "exponential",
        &[Field {
            name: "gamma",
            kind: Kind::Number(Interval::POSITIVE),
            default: Default::Toml("0.95"),
            doc: "factor of each epoch",
        }],
    ),
    (
        "cosine",
        &[Field {
            name: "minimum",
            kind: Kind::Number(Interval::SHARE),
            default: Default::Toml("0.0"),
            doc: "share of the learning rate that is left at the end",
        }],
    ),
    (
        "one_cycle",
        &[
            Field {
                name: "pct_start",
                kind: Kind::Number(Interval::open(0.0, 1.0)),
                default: Default::Toml("0.3"),
                doc: "share of the steps in which the rate rises to train.learning_rate, its peak",
            },
            Field {
                name: "div_factor",
                kind: Kind::Number(Interval::POSITIVE),
                default: Default::Toml("25.0"),
                doc: "the peak divided by this is the rate at the start",
            },
            Field {
                name: "final_div_factor",
                kind: Kind::Number(Interval::POSITIVE),
                default: Default::Toml("1e4"),
                doc: "the start divided by this is the rate at the end",
            },
        ],
    ),
];

/// The key that goes with every schedule.
pub const WARMUP: &[Field] = &[Field {
    name: "warmup",
    kind: Kind::Number(Interval::NOT_NEGATIVE),
    default: Default::Toml("0.0"),
    doc: "epochs in which the rate rises from 0 linearly, on top of the schedule",
}];

/// `train.schedule`
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "SCHEDULES documents the parameters")]
pub enum Schedule {
    /// Always the same.
    Constant { warmup: f64 },
    /// Drops by a factor every so many epochs.
    Step { step_size: u64, gamma: f64, warmup: f64 },
    /// Drops by a factor every epoch.
    Exponential { gamma: f64, warmup: f64 },
    /// Half a cosine from 1 down to the minimum.
    Cosine { minimum: f64, warmup: f64 },
    /// Up to the peak and down to nearly nothing (Smith 2018), both by half a cosine.
    OneCycle { pct_start: f64, div_factor: f64, final_div_factor: f64, warmup: f64 },
}

impl Schedule {
    /// The factor on the learning rate at step `step` (from 0) of `steps_per_epoch` steps in epoch `epoch` (from 1) of
    /// `epochs`.
    pub fn factor(&self, epoch: usize, epochs: usize, step: usize, steps_per_epoch: usize) -> f64 {
        let passed = (epoch - 1) as f64;
        let steps_before = ((epoch - 1) * steps_per_epoch + step) as f64;
        let (factor, warmup) = match *self {
            Schedule::Constant { warmup } => (1.0, warmup),
            Schedule::Step { step_size, gamma, warmup } => {
                (libm::pow(gamma, ((epoch as u64 - 1) / step_size) as f64), warmup)
            }
            Schedule::Exponential { gamma, warmup } => (libm::pow(gamma, passed), warmup),
            Schedule::Cosine { minimum, warmup } => (between(1.0, minimum, passed / epochs as f64), warmup),
            Schedule::OneCycle { pct_start, div_factor, final_div_factor, warmup } => {
                let last = ((epochs * steps_per_epoch) as f64 - 1.0).max(1.0);
                let peak = (pct_start * (last + 1.0) - 1.0).max(0.0);
                let start = 1.0 / div_factor;
                let factor = if steps_before <= peak && peak > 0.0 {
                    between(start, 1.0, steps_before / peak)
                } else {
                    between(1.0, start / final_div_factor, (steps_before - peak) / (last - peak).max(1.0))
                };
                (factor, warmup)
            }
        };
        let warm_steps = warmup * steps_per_epoch as f64;
        let rise = if steps_before + 1.0 < warm_steps { (steps_before + 1.0) / warm_steps } else { 1.0 };
        factor * rise
    }
}

/// From `start` to `end` along half a cosine, `share` of the way.
fn between(start: f64, end: f64, share: f64) -> f64 {
    end + (start - end) * 0.5 * (1.0 + libm::cos(core::f64::consts::PI * share.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
    }

    #[test]
    fn step_drops_after_every_step_size_epochs() {
        let schedule = Schedule::Step { step_size: 2, gamma: 0.1, warmup: 0.0 };
        let factors: Vec<f64> = (1..=5).map(|epoch| schedule.factor(epoch, 5, 0, 1)).collect();
        for (found, wanted) in factors.into_iter().zip([1.0, 1.0, 0.1, 0.1, 0.01]) {
            close(found, wanted);
        }
    }

    #[test]
    fn cosine_is_half_way_in_the_middle() {
        let schedule = Schedule::Cosine { minimum: 0.0, warmup: 0.0 };
        close(schedule.factor(1, 10, 0, 7), 1.0);
        close(schedule.factor(6, 10, 3, 7), 0.5);
    }

    #[test]
    fn one_cycle_passes_pytorchs_points() {
        // torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=10): 0.04, ..., 1 at step 2, ..., 4e-06
        let schedule = Schedule::OneCycle { pct_start: 0.3, div_factor: 25.0, final_div_factor: 1e4, warmup: 0.0 };
        close(schedule.factor(1, 10, 0, 1), 0.04);
        close(schedule.factor(2, 10, 0, 1), 0.52);
        close(schedule.factor(3, 10, 0, 1), 1.0);
        close(schedule.factor(10, 10, 0, 1), 4e-6);
    }

    #[test]
    fn warmup_rises_linearly_over_its_epochs() {
        let schedule = Schedule::Constant { warmup: 2.0 };
        let factors: Vec<f64> = (0..6).map(|i| schedule.factor(1 + i / 2, 3, i % 2, 2)).collect();
        assert_eq!(factors, [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]);
    }
}
