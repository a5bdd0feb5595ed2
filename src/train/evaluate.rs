//! Metrics of a network on all rows of a part, in evaluation mode.
//!
//! In: a network, the rows of a part. Out: [`Scores`]. Training, validation and test are measured with the same weights,
//! without dropout, noise or augmentation, so that the gap compares like with like. Sums run in f64 in the order of the rows.

use super::activity_sums::ActivitySums;
use super::gating;
use super::history::{EpochRow, Scores};
use super::rows::MOST_KEPT;
use crate::data::{Part, Targets, Task, TrialData};
use crate::nn::{Gate, KeptBatch, Loss, Network, PANEL, Pass, Sampling, Team};
use crate::random::{Purpose, StreamKey};
use crate::recipe::{DropoutKind, Recipe, Rescale};

/// Rows that go through the network at once: so few that what the layers hand on stays in the nearest caches. More where
/// threads share the work.
const ROWS: usize = 2 * PANEL;

/// The gates of evaluation: open, but for dropout that rescales at test time, and for DropConnect whose hidden units are drawn
/// then. The draws are the same for every trial, like the points of a quadrature.
pub fn evaluation_gates(recipe: &Recipe, network: &Network) -> Vec<Gate> {
    let Some(dropout) = &recipe.dropout else { return vec![Gate::Open; network.layers.len()] };
    let gate = |(index, rate): (usize, f64)| {
        let mean = if dropout.rescale == Rescale::Test { (1.0 - rate) as f32 } else { 1.0 };
        let hidden = index + 1 < network.layers.len();
        match dropout.kind {
            _ if rate == 0.0 => Gate::Open,
            DropoutKind::Connect { samples: Some(samples) } if hidden => {
                let key = StreamKey::new(0, Purpose::ConnectInference).layer(index);
                Gate::Sampled(Sampling { key, mean, deviation: libm::sqrt(rate / (1.0 - rate)) as f32, samples })
            }
            _ if dropout.rescale == Rescale::Test => Gate::Scale(mean),
            _ => Gate::Open,
        }
    };
    recipe.dropout_rates(network).into_iter().enumerate().map(gate).collect()
}

/// Measures networks of one trial.
pub(super) struct Evaluator<'a> {
    team: &'a Team,
    data: &'a TrialData,
    recipe: &'a Recipe,
    pass: Pass,
    gates: Vec<Gate>,
    /// Training, validation and test.
    parts: [Measured<'a>; 3],
    /// Rows of a batch.
    rows: usize,
    initial_weights: usize,
}

/// Places of the parts in [`Evaluator::parts`].
const TRAIN: usize = 0;
const VALIDATION: usize = 1;
const TEST: usize = 2;

/// A part of the data, as the evaluator sees it.
struct Measured<'a> {
    part: &'a Part,
    /// Its batches, where they are small enough to be kept.
    kept: Vec<KeptBatch>,
}

impl<'a> Evaluator<'a> {
    pub fn new(team: &'a Team, data: &'a TrialData, recipe: &'a Recipe, network: &Network) -> Self {
        let rows = ROWS * team.threads();
        let mut pass = Pass::new(network, rows);
        let parts = [&data.train, &data.validation, &data.test].map(|part| {
            let is_small = part.rows.len() * data.inputs() <= MOST_KEPT;
            let batches = part.rows.chunks(rows).filter(|_| is_small);
            Measured { part, kept: batches.map(|rows| load(team, data, rows, &mut pass).keep(team)).collect() }
        });
        Self { team, data, recipe, pass, gates: Vec::new(), parts, rows, initial_weights: network.weights() }
    }

    /// The row of `epoch`. `folded` is the network with its learnt gates in its weights, where it has such: that one is
    /// measured then. Penalties are on the weights as they are trained, in front of the gates.
    pub fn measure(
        &mut self,
        trained: &Network,
        folded: Option<&Network>,
        epoch: usize,
        learning_rate: f64,
    ) -> EpochRow {
        let network = folded.unwrap_or(trained);
        if !self.pass.fits(network) {
            self.pass = Pass::new(network, self.rows);
        }
        // Anew for every network: rates may follow pruning.
        self.gates = evaluation_gates(self.recipe, network);
        let data = self.data;
        let mut activities = ActivitySums::new(&self.recipe.activities, network);
        let train = self.scores(network, TRAIN, |pass| activities.add(pass));
        let [validation, test] = [VALIDATION, TEST].map(|part| self.scores(network, part, |_| ()));
        EpochRow {
            epoch,
            train,
            validation: (!data.validation.rows.is_empty()).then_some(validation),
            test: (!data.test.rows.is_empty()).then_some(test),
            learning_rate,
            penalty: penalty(self.recipe, trained) + activities.value(data.train.rows.len()),
            sparsity: (self.initial_weights - network.nonzero_weights()) as f64 / self.initial_weights as f64,
            parameters: network.parameters(),
            nonzero_parameters: network.nonzero_parameters(),
        }
    }

    /// The scores of a part, by its place in `parts`; not numbers where it has no rows. `see` sees every pass over its rows.
    fn scores(&mut self, network: &Network, part: usize, see: impl FnMut(&Pass)) -> Scores {
        let (loss, score) = self.sums(network, part, self.recipe.loss, see);
        let part = self.parts[part].part;
        let rows = part.rows.len() as f64;
        match self.data.task() {
            Task::Classification => Scores(vec![loss / rows, score / rows]),
            Task::Regression => {
                let r2 = match spread(&part.targets) {
                    spread if spread > 0.0 => 1.0 - score / spread,
                    _ => f64::NAN,
                };
                Scores(vec![loss / rows, r2, libm::sqrt(score / rows) * self.data.target_scale()])
            }
        }
    }

    /// Σ of the losses and of the scores over the rows of a part.
    fn sums(&mut self, network: &Network, part: usize, loss: Loss, mut see: impl FnMut(&Pass)) -> (f64, f64) {
        let mut sums = (0.0, 0.0);
        let Measured { part, kept } = &self.parts[part];
        for (index, rows) in part.rows.chunks(self.rows).enumerate() {
            match kept.get(index) {
                Some(batch) => self.pass.forward_kept(self.team, network, &self.gates, batch),
                None => load(self.team, self.data, rows, &mut self.pass).forward(self.team, network, &self.gates),
            }
            see(&self.pass);
            self.pass.scores(loss, &part.targets, index * self.rows, |row| {
                sums = (sums.0 + row.loss, sums.1 + row.score);
            });
        }
        sums
    }
}

/// Loads these rows of the data set.
fn load<'p>(team: &Team, data: &TrialData, rows: &[usize], pass: &'p mut Pass) -> &'p mut Pass {
    pass.load(team, rows.len(), |row, values| data.encode(rows[row], values));
    pass
}

/// Σ(y − ȳ)² of a regression's targets.
pub(super) fn spread(targets: &Targets) -> f64 {
    let Targets::Values(values) = targets else { return f64::NAN };
    let mean = values.iter().map(|&y| f64::from(y)).sum::<f64>() / values.len() as f64;
    values.iter().map(|&y| (f64::from(y) - mean) * (f64::from(y) - mean)).sum()
}

/// Σ of all penalties on the weights and their gates in the objective.
fn penalty(recipe: &Recipe, network: &Network) -> f64 {
    let by_gradient =
        recipe.penalties.iter().map(|term| network.sum_over_units(term.biases(), |weights| term.value(weights)));
    let proximal = recipe.proximals.iter().map(|rule| rule.value(network));
    // From 0, since the sum of no numbers is -0.
    by_gradient.chain(proximal).fold(0.0, |sum, value| sum + value) + gating::penalty(recipe, network)
}
