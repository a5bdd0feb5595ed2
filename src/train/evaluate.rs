//! Metrics of a network on all rows of a part, in evaluation mode.
//!
//! In: a network, the rows of a part. Out: [`Scores`]. Training, validation and test are measured with the same weights,
//! without dropout, noise or augmentation, so that the gap compares like with like. Sums run in f64 in the order of the rows.

use super::history::{EpochRow, Scores};
use crate::data::{Part, Targets, Task, TrialData};
use crate::nn::{Gate, Loss, Network, PANEL, Pass, Team};
use crate::recipe::{Recipe, Rescale};

/// Rows that go through the network at once: enough to use the weights well while they are in the cache.
const ROWS: usize = 8 * PANEL;

/// The gates of evaluation: open, but for dropout that rescales at test time.
pub fn evaluation_gates(recipe: &Recipe, network: &Network) -> Vec<Gate> {
    match &recipe.dropout {
        Some(dropout) if dropout.rescale == Rescale::Test => dropout
            .rates
            .iter()
            .map(|&rate| if rate > 0.0 { Gate::Scale((1.0 - rate) as f32) } else { Gate::Open })
            .collect(),
        _ => vec![Gate::Open; network.layers.len()],
    }
}

/// Measures networks of one trial.
pub(super) struct Evaluator<'a> {
    team: &'a Team,
    data: &'a TrialData,
    recipe: &'a Recipe,
    pass: Pass,
    gates: Vec<Gate>,
    initial_weights: usize,
}

impl<'a> Evaluator<'a> {
    pub fn new(team: &'a Team, data: &'a TrialData, recipe: &'a Recipe, network: &Network) -> Self {
        let gates = evaluation_gates(recipe, network);
        Self { team, data, recipe, pass: Pass::new(network, ROWS), gates, initial_weights: network.weights() }
    }

    /// The row of `epoch`.
    pub fn measure(&mut self, network: &Network, epoch: usize, learning_rate: f64) -> EpochRow {
        if !self.pass.fits(network) {
            self.pass = Pass::new(network, ROWS);
        }
        let data = self.data;
        EpochRow {
            epoch,
            train: self.scores(network, &data.train),
            validation: (!data.validation.rows.is_empty()).then(|| self.scores(network, &data.validation)),
            test: (!data.test.rows.is_empty()).then(|| self.scores(network, &data.test)),
            learning_rate,
            penalty: penalty(self.recipe, network),
            sparsity: (self.initial_weights - network.nonzero_weights()) as f64 / self.initial_weights as f64,
            parameters: network.parameters(),
            nonzero_parameters: network.nonzero_parameters(),
        }
    }

    fn scores(&mut self, network: &Network, part: &Part) -> Scores {
        let (loss, score) = self.sums(network, part, self.recipe.loss);
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
    fn sums(&mut self, network: &Network, part: &Part, loss: Loss) -> (f64, f64) {
        let mut sums = (0.0, 0.0);
        for (index, rows) in part.rows.chunks(ROWS).enumerate() {
            self.pass.load(self.team, rows.len(), |row, values| self.data.encode(rows[row], values));
            self.pass.forward(self.team, network, &self.gates);
            self.pass.scores(loss, &part.targets, index * ROWS, |row| {
                sums = (sums.0 + row.loss, sums.1 + row.score);
            });
        }
        sums
    }
}

/// Σ(y − ȳ)² of a regression's targets.
fn spread(targets: &Targets) -> f64 {
    let Targets::Values(values) = targets else { return f64::NAN };
    let mean = values.iter().map(|&y| f64::from(y)).sum::<f64>() / values.len() as f64;
    values.iter().map(|&y| (f64::from(y) - mean) * (f64::from(y) - mean)).sum()
}

/// Σ of all penalties on the weights in the objective.
fn penalty(recipe: &Recipe, network: &Network) -> f64 {
    let by_gradient =
        recipe.penalties.iter().map(|term| network.sum_over_units(term.biases(), |weights| term.value(weights)));
    let proximal = recipe.proximals.iter().map(|rule| rule.value(network));
    // From 0, since the sum of no numbers is -0.
    by_gradient.chain(proximal).fold(0.0, |sum, value| sum + value)
}
