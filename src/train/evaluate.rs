//! Metrics of the networks that are handed out on all rows of a part, in evaluation mode.
//!
//! In: a network, or several that vote, the rows of a part. Out: [`Scores`]. Training, validation and test are measured with the same weights,
//! without dropout, noise or augmentation, so that the gap compares like with like. Sums run in f64 in the order of the rows.

use super::activity_sums::ActivitySums;
use super::committee::Committee;
use super::gating;
use super::history::{EpochRow, Finals, Scores};
use super::member::Candidate;
use super::predictions::Predictions;
use super::rows::MOST_KEPT;
use crate::data::{Part, Targets, Task, TrialData};
use crate::nn::{Gate, KeptBatch, Network, PANEL, Pass, RowScore, Sampling, Team};
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
    committee: Committee,
    /// Training, validation and test.
    parts: [Measured<'a>; 3],
    /// Rows of a batch.
    rows: usize,
    initial_weights: usize,
    /// What is predicted of each part, where it is kept.
    predictions: Option<[Predictions; 3]>,
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
        let mut committee = Committee::new(rows);
        committee.seat(recipe, &[network]);
        let parts = [&data.train, &data.validation, &data.test].map(|part| {
            let is_small = part.rows.len() * data.inputs() <= MOST_KEPT;
            let batches = part.rows.chunks(rows).filter(|_| is_small);
            let mut keep = |rows: &[usize]| {
                load(team, data, rows, &mut committee);
                committee.keep(team)
            };
            Measured { part, kept: batches.map(&mut keep).collect() }
        });
        let initial_weights = network.weights();
        Self { team, data, recipe, committee, parts, rows, initial_weights, predictions: None }
    }

    /// Keeps what is predicted from now on, for [`finals`](Self::finals), or forgets it.
    pub fn keep_predictions(&mut self, keep: bool) {
        let keep = keep && self.data.task() == Task::Classification;
        self.predictions = keep.then(|| [(); 3].map(|()| Predictions::new(self.recipe.loss, self.data.outputs())));
    }

    /// What a curve does not hold of `networks`, which are measured unless what they predict was kept; nothing of a regression.
    pub fn finals(&mut self, networks: &[&Network], are_kept: bool) -> Option<Finals> {
        let is_complete = |kept: &[Predictions; 3]| kept[TRAIN].rows() == self.data.train.rows.len();
        if !(are_kept && self.predictions.as_ref().is_some_and(is_complete)) {
            self.predict(networks);
        }
        let [train, validation, test] = self.predictions.as_ref()?;
        let judged = |predictions: &Predictions, part: &Part| match &part.targets {
            Targets::Classes(classes) if !classes.is_empty() => Some(predictions.judged(classes)),
            _ => None,
        };
        Some(Finals {
            train: judged(train, &self.data.train)?,
            validation: judged(validation, &self.data.validation),
            test: judged(test, &self.data.test),
        })
    }

    fn predict(&mut self, networks: &[&Network]) {
        self.keep_predictions(true);
        if self.predictions.is_some() {
            self.committee.seat(self.recipe, networks);
            for part in [TRAIN, VALIDATION, TEST] {
                self.sums(networks, part, |_, _| ());
            }
        }
    }

    /// The row of `epoch`, behind which these networks would be handed out: scores of their vote, their mean penalty, and the
    /// parameters of all of them.
    pub fn measure(&mut self, handed_out: &[Candidate<'_>], epoch: usize, learning_rate: f64) -> EpochRow {
        let networks: Vec<&Network> = handed_out.iter().map(|candidate| candidate.network).collect();
        let networks = &networks[..];
        self.committee.seat(self.recipe, networks);
        let data = self.data;
        let terms = &self.recipe.activities;
        let mut activities: Vec<_> = networks.iter().map(|network| ActivitySums::new(terms, network)).collect();
        let train = self.scores(networks, TRAIN, |member, pass| activities[member].add(pass));
        let [validation, test] = [VALIDATION, TEST].map(|part| self.scores(networks, part, |_, _| ()));
        let rows = data.train.rows.len();
        let penalty =
            |(candidate, activities): (&Candidate<'_>, &ActivitySums<'_>)| candidate.penalty + activities.value(rows);
        let count = |of: fn(&Network) -> usize| networks.iter().map(|network| of(network)).sum::<usize>();
        let initial_weights = networks.len() * self.initial_weights;
        EpochRow {
            epoch,
            train,
            validation: (!data.validation.rows.is_empty()).then_some(validation),
            test: (!data.test.rows.is_empty()).then_some(test),
            learning_rate,
            penalty: handed_out.iter().zip(&activities).map(penalty).sum::<f64>() / networks.len() as f64,
            sparsity: (initial_weights - count(Network::nonzero_weights)) as f64 / initial_weights as f64,
            parameters: count(Network::parameters),
            nonzero_parameters: count(Network::nonzero_parameters),
        }
    }

    /// The scores of a part, by its place in `parts`; not numbers where it has no rows. `see` sees every pass over its rows, with
    /// the number of the network.
    fn scores(&mut self, networks: &[&Network], part: usize, see: impl FnMut(usize, &Pass)) -> Scores {
        let (loss, score) = self.sums(networks, part, see);
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
    fn sums(&mut self, networks: &[&Network], part: usize, mut see: impl FnMut(usize, &Pass)) -> (f64, f64) {
        let (loss, mut sums) = (self.recipe.loss, (0.0, 0.0));
        let mut add = |row: RowScore| sums = (sums.0 + row.loss, sums.1 + row.score);
        let mut joint = vec![0.0; self.data.outputs()];
        let mut predictions = self.predictions.as_mut().map(|parts| &mut parts[part]);
        let Measured { part, kept } = &self.parts[part];
        for (index, rows) in part.rows.chunks(self.rows).enumerate() {
            match kept.get(index) {
                Some(batch) => self.committee.forward_kept(self.team, networks, batch),
                None => {
                    load(self.team, self.data, rows, &mut self.committee);
                    self.committee.forward(self.team, networks);
                }
            }
            self.committee.seats().iter().enumerate().for_each(|(member, seat)| see(member, &seat.pass));
            if let Some(predictions) = &mut predictions {
                for row in 0..rows.len() {
                    self.committee.outputs(loss, row, &mut joint);
                    predictions.add(&joint);
                }
            }
            let first = index * self.rows;
            // A single network is scored panel by panel.
            if let [only] = self.committee.seats() {
                only.pass.scores(loss, &part.targets, first, &mut add);
                continue;
            }
            for row in 0..rows.len() {
                self.committee.outputs(loss, row, &mut joint);
                add(loss.score_of_vote(&joint, &part.targets, first + row));
            }
        }
        sums
    }
}

/// Loads these rows of the data set.
fn load(team: &Team, data: &TrialData, rows: &[usize], committee: &mut Committee) {
    committee.load(team, rows.len(), |row, values| data.encode(rows[row], values));
}

/// Σ(y − ȳ)² of a regression's targets.
pub(super) fn spread(targets: &Targets) -> f64 {
    let Targets::Values(values) = targets else { return f64::NAN };
    let mean = values.iter().map(|&y| f64::from(y)).sum::<f64>() / values.len() as f64;
    values.iter().map(|&y| (f64::from(y) - mean) * (f64::from(y) - mean)).sum()
}

/// Σ of all penalties on the weights and their gates in the objective.
pub(super) fn penalty(recipe: &Recipe, network: &Network) -> f64 {
    let by_gradient =
        recipe.penalties.iter().map(|term| network.sum_over_units(term.biases(), |weights| term.value(weights)));
    let proximal = recipe.proximals.iter().map(|rule| rule.value(network));
    // From 0, since the sum of no numbers is -0.
    by_gradient.chain(proximal).fold(0.0, |sum, value| sum + value) + gating::penalty(recipe, network)
}
