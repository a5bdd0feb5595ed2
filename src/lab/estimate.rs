//! What a sweep will cost, before it is run.
//!
//! In: the jobs of a plan. Out: expected time and memory. The time of preparing the rows is measured, that of training on
//! a few hundred of them through the real network, whose results are thrown away, and scaled up; stopping early and pruning make
//! it less.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::trial::{Job, initial, recipe};
use crate::data::{Part, TrialData, prepare};
use crate::nn::{Ensemble, Team};
use crate::recipe::{Recipe, Voting};
use crate::train::{Control, train};

/// What a trial is expected to cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Seconds on one core.
    pub seconds: f64,
    /// Bytes beside the data set, which all trials share.
    pub bytes: usize,
    /// Inputs of the network.
    pub inputs: usize,
    /// Outputs of the network.
    pub outputs: usize,
    /// Weights, biases and what layer norm has beside them, at epoch 0, of one network.
    pub parameters: usize,
    /// Networks that are trained beside each other.
    pub members: usize,
    /// Rows of training (kept), validation, test, and those that are not used.
    pub rows: [usize; 4],
}

/// Multiplications in double precision that one core does in a second of surgery, as found on ordinary machines.
const OPERATIONS: f64 = 5e9;
/// Rows of each part that the time is measured on.
const SAMPLE: usize = 512;
/// Epochs that the time is measured on.
const EPOCHS: usize = 2;

/// Estimates one trial; nothing where its data or its network cannot be made.
pub fn estimate(job: &Job) -> Option<Estimate> {
    let start = Instant::now();
    let mut data = prepare(&job.dataset, &job.settings.data, job.seed, job.fold).ok()?.data;
    let preparing = start.elapsed().as_secs_f64();
    let whole = recipe(&job.settings, &data);
    let mut initial = initial(&job.settings, &data, &whole, job.seed).ok()?;
    if let Some(kind) = whole.norm {
        initial.members.iter_mut().for_each(|network| network.normalize(kind));
    }
    let (network, members) = (&initial.members[0], initial.members.len());
    let rows = [data.train.rows.len(), data.validation.rows.len(), data.test.rows.len()];
    let unused = data.rows_outside_test() - rows[0] - rows[1];
    let parameters = network.folded().as_ref().unwrap_or(network).parameters();
    let (inputs, outputs) = (data.inputs(), data.outputs());
    let batch = job.settings.train.batch_size.of(rows[0]);
    let operating = whole.surgeries.iter().map(|surgery| surgery.bytes(network)).max().unwrap_or(0);
    let work_of_one: f64 = whole.surgeries.iter().map(|surgery| surgery.work(network, rows[0])).sum();
    let operations = members as f64 * work_of_one;
    let snapshots = snapshot_bytes(&whole, parameters);
    let of_training = training_bytes(&network.sizes(), batch).saturating_mul(members);
    let of_rows = row_bytes(job.dataset.rows(), outputs);
    let bytes = of_training.saturating_add(snapshots).saturating_add(operating).saturating_add(of_rows);

    for part in [&mut data.train, &mut data.validation, &mut data.test] {
        cut(part);
    }
    let sampled = [data.train.rows.len(), data.validation.rows.len(), data.test.rows.len()];
    let measured = EPOCHS as f64 * work(sampled) + sampled.iter().sum::<usize>() as f64;
    let per_unit = seconds(job, &data, initial) / measured;
    let training = per_unit * work(rows) * job.settings.train.epochs as f64;
    let seconds = preparing + training + operations / OPERATIONS;
    Some(Estimate { seconds, bytes, inputs, outputs, parameters, members, rows: [rows[0], rows[1], rows[2], unused] })
}

/// The work of an epoch in forward passes of a row: a step is about three, evaluation one. (Epoch 0 is evaluated only.)
fn work([train, validation, test]: [usize; 3]) -> f64 {
    (4 * train + validation + test) as f64
}

fn cut(part: &mut Part) {
    part.rows.truncate(SAMPLE);
    let positions: Vec<usize> = (0..part.rows.len()).collect();
    let mut targets = part.targets.none_of();
    part.targets.choose(&positions, &mut targets);
    part.targets = targets;
}

/// Seconds that [`EPOCHS`] epochs take: the least of several measurements where they are short, since whatever else the machine
/// does makes them longer, never shorter.
fn seconds(job: &Job, data: &TrialData, initial: Ensemble) -> f64 {
    const MOST: usize = 5;
    /// Seconds of measuring after which there is no further one.
    const ENOUGH: f64 = 0.02;
    let mut recipe = recipe(&job.settings, data);
    recipe.train.epochs = EPOCHS;
    let never = AtomicBool::new(false);
    let control = Control { cancelled: &[&never], on_epoch: &|_| {}, profile: None };
    let (mut least, mut all) = (f64::INFINITY, 0.0);
    for _ in 0..MOST {
        let network = initial.clone();
        let start = Instant::now();
        // Not called off, so it ends; what it learns is of no use.
        let _ = train(&Team::default(), data, network, &recipe, job.seed, control);
        let seconds = start.elapsed().as_secs_f64();
        (least, all) = (least.min(seconds), all + seconds);
        if all > ENOUGH {
            break;
        }
    }
    least
}

/// Bytes of the snapshots of a network with so many parameters, and of the best copy of them.
fn snapshot_bytes(recipe: &Recipe, parameters: usize) -> usize {
    const COPIES: usize = 2;
    match recipe.voting {
        Some(Voting::Snapshots { cycles }) => COPIES * cycles * parameters * size_of::<f32>(),
        Some(Voting::Bagging { .. }) | None => 0,
    }
}

/// Bytes that the rows of a data set take in each trial beside those that all trials share: which part they are in, in which
/// order they are trained on, their targets, and what the network says of them when they are judged.
pub fn row_bytes(rows: usize, outputs: usize) -> usize {
    /// Places in six lists (its part, those that parts are drawn from, the order of an epoch), a target, and room to sort a
    /// column in while its median is sought.
    const EACH: usize = 6 * size_of::<usize>() + size_of::<f64>() + size_of::<f32>();
    rows.saturating_mul(EACH.saturating_add(outputs.saturating_mul(size_of::<f32>())))
}

/// Bytes of a network in training, for its sizes from inputs to outputs: weights, gradient, two moments and the best copy of
/// them; and what flows through it, for a batch of training and for the rows that are evaluated at once. As large as can be
/// where it would be larger than that.
pub fn training_bytes(sizes: &[usize], batch: usize) -> usize {
    const COPIES: usize = 7;
    const EVALUATED: usize = 256;
    const BUFFERS: usize = 4;
    let parameters =
        sizes.windows(2).map(|pair| pair[0].saturating_add(1).saturating_mul(pair[1])).fold(0, usize::saturating_add);
    let units = sizes.iter().copied().fold(0, usize::saturating_add).saturating_mul(2);
    let flowing = BUFFERS.saturating_mul(units).saturating_mul(batch.saturating_add(EVALUATED));
    COPIES.saturating_mul(parameters).saturating_add(flowing).saturating_mul(size_of::<f32>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_a_million_units_a_layer_takes_terabytes() {
        assert!(training_bytes(&[2, 1_000_000, 1_000_000, 3], 32) > 28_000_000_000_000);
        assert!(training_bytes(&[64, 64, 64, 10], 32) < 3_000_000);
        assert_eq!(training_bytes(&[usize::MAX, usize::MAX], 32), usize::MAX);
    }
}
