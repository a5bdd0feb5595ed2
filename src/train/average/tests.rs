//! The averages by hand, from the networks of shorter trainings: without a schedule these go the same way.

use std::sync::atomic::AtomicBool;

use super::*;
use crate::data::TrialData;
use crate::data::fixtures::trial;
use crate::nn::{Activation, Initialization, InitializationRule, Loss, ModelSettings, Team};
use crate::recipe::{Operation, Stopping, Surgery, TrainSettings};
use crate::stopping::Criterion;
use crate::train::{Control, Outcome, train};

/// A recipe that trains for `epochs` epochs of one step each.
fn recipe(epochs: usize, average: Option<Average>) -> Recipe {
    let train: TrainSettings = serde_json::from_value(serde_json::json!({
        "epochs": epochs, "batch_size": "full", "optimizer": { "kind": "momentum", "momentum": 0.9 },
        "learning_rate": 0.5, "schedule": { "kind": "constant", "warmup": 0.0 }, "shuffle": true,
    }))
    .unwrap();
    Recipe { average, ..Recipe::new(train, Loss::CrossEntropy) }
}

fn data() -> TrialData {
    let line = |row: usize| format!("{},{},{}\n", row % 7, row * 5 % 11, ["a", "b", "c"][row % 3]);
    trial(&("x,y,class\n".to_owned() + &(0..60).map(line).collect::<String>()), 1)
}

fn trained_by(threads: usize, hidden: Vec<usize>, recipe: &Recipe) -> Outcome {
    let (data, init) = (data(), Initialization::Rule(InitializationRule::KaimingUniform));
    let settings = ModelSettings { hidden, activation: Activation::Tanh, init };
    let network = Network::initialized(&settings, data.inputs(), data.outputs(), 3).unwrap();
    let cancelled = AtomicBool::new(false);
    let control = Control { cancelled: &[&cancelled], on_epoch: &|_| (), profile: None };
    train(&Team::new(threads), &data, network.into(), recipe, 3, control).unwrap()
}

fn trained(recipe: &Recipe) -> Outcome {
    trained_by(1, vec![5], recipe)
}

/// The numbers of the network behind each of these epochs, where training goes as this recipe of so many epochs says.
fn behind(epochs: impl IntoIterator<Item = usize>, recipe: impl Fn(usize) -> Recipe) -> Vec<Vec<f32>> {
    epochs.into_iter().map(|epochs| flat(&trained(&recipe(epochs)).ensemble.members[0])).collect()
}

fn flat(network: &Network) -> Vec<f32> {
    network.parts().flatten().copied().collect()
}

/// Fails unless the numbers of the network are Σ share · numbers of these.
#[track_caller]
fn is_mixture(network: &Network, of: &[Vec<f32>], shares: &[f64]) {
    for (place, found) in flat(network).into_iter().enumerate() {
        let wanted: f64 = of.iter().zip(shares).map(|(values, share)| share * f64::from(values[place])).sum();
        assert!((f64::from(found) - wanted).abs() <= 1e-7 * wanted.abs().max(1e-2), "{place}: {found} {wanted}");
    }
}

const QUARTER: Average = Average::OfEpochs { start: 0.75 };
const HALF_LIFE: Average = Average::OfSteps { decay: 0.5 };

#[test]
fn swa_is_the_mean_of_the_networks_behind_the_last_quarter_of_the_epochs() {
    let networks = behind(10..=12, |epochs| recipe(epochs, None));
    assert_ne!(networks[0], networks[1]);
    is_mixture(&trained(&recipe(12, Some(QUARTER))).ensemble.members[0], &networks, &[1.0 / 3.0; 3]);
}

#[test]
fn ema_is_the_worked_mixture_of_the_networks_behind_all_steps() {
    // a0 = w0; a1 = (w0 + w1)/2; a2 = (w0 + w1)/4 + w2/2; a3 = (w0 + w1)/8 + w2/4 + w3/2
    let mut networks = behind(1..=3, |epochs| recipe(epochs, None));
    let still = Recipe { train: TrainSettings { learning_rate: 1e-30, ..recipe(1, None).train }, ..recipe(1, None) };
    networks.insert(0, flat(&trained(&still).ensemble.members[0]));
    is_mixture(&trained(&recipe(3, Some(HALF_LIFE))).ensemble.members[0], &networks, &[0.125, 0.125, 0.25, 0.5]);
}

#[test]
fn a_row_is_that_of_the_network_before_the_average_begins_and_of_the_average_behind() {
    let (plain, averaged) = (trained(&recipe(12, None)).history.rows, trained(&recipe(12, Some(QUARTER))).history.rows);
    assert_eq!(plain[..11], averaged[..11], "the mean of one network is that network");
    assert_ne!(plain[11].train, averaged[11].train);
    let running = trained(&recipe(12, Some(HALF_LIFE))).history.rows;
    assert_eq!(plain[0], running[0]);
    assert_ne!(plain[1].train, running[1].train);
}

#[test]
fn a_short_training_that_leaves_no_epoch_hands_out_its_last_network() {
    let average = Some(Average::OfEpochs { start: 0.95 });
    assert_eq!(trained(&recipe(4, average)).ensemble, trained(&recipe(4, None)).ensemble);
}

#[test]
fn early_stopping_restores_the_average_of_the_best_epoch() {
    let stopping = Stopping {
        criterion: Criterion::Patience { patience: 100, min_delta: 0.0 },
        monitor: crate::recipe::Monitor::ValidationLoss,
        start_epoch: 1,
        restore_best: true,
    };
    let outcome = trained(&Recipe { stopping: Some(stopping), ..recipe(40, Some(HALF_LIFE)) });
    let chosen = outcome.chosen_epoch;
    assert!(chosen > 0 && chosen < 40, "validation turns within the training: {chosen}");
    assert_eq!(
        flat(&outcome.ensemble.members[0]),
        flat(&trained(&recipe(chosen, Some(HALF_LIFE))).ensemble.members[0])
    );
}

/// Prunes the first weight behind an epoch, or takes a unit out, or goes back to the start.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    Weight,
    Unit,
    Rewind,
}

#[derive(Debug)]
struct Operating(Change);

/// The epoch of the change.
const CHANGED: usize = 4;

impl Surgery for Operating {
    fn is_due(&self, epoch: usize) -> bool {
        epoch == CHANGED
    }

    fn last_epoch(&self) -> usize {
        CHANGED
    }

    fn restarts(&self) -> &[usize] {
        if self.0 == Change::Rewind { &[CHANGED] } else { &[] }
    }

    fn operate(&self, operation: &mut Operation<'_>) {
        match self.0 {
            Change::Weight => operation.network.layers[0].prune_weights(&[0]),
            Change::Unit => operation.remove_units(0, &[2]),
            Change::Rewind => operation.rewind(),
        }
    }
}

#[test]
fn an_average_begins_anew_behind_every_change_of_structure_and_every_rewind() {
    for change in [Change::Weight, Change::Unit, Change::Rewind] {
        let changed =
            |average| move |epochs| Recipe { surgeries: vec![Box::new(Operating(change))], ..recipe(epochs, average) };
        let networks = behind(4..=7, changed(None));
        let running = trained(&changed(Some(HALF_LIFE))(7));
        is_mixture(&running.ensemble.members[0], &networks, &[0.125, 0.125, 0.25, 0.5]);
        let plain = trained(&changed(None)(7)).history.rows;
        assert_eq!(running.history.rows[CHANGED], plain[CHANGED], "{change:?}: the row is that of the changed network");
        assert!(
            running.ensemble.members[0].has_structure_of(&trained(&changed(None)(7)).ensemble.members[0]),
            "{change:?}"
        );
        // The epochs of the mean: those behind the change, of its stretch where that begins anew.
        let of_epochs = trained(&changed(Some(Average::OfEpochs { start: 0.01 }))(7));
        is_mixture(&of_epochs.ensemble.members[0], &networks[1..], &[1.0 / 3.0; 3]);
        assert_eq!(of_epochs.history.rows[CHANGED], plain[CHANGED], "{change:?}");
    }
}

#[test]
fn a_pruned_weight_is_zero_in_the_average_too() {
    let pruned = Recipe { surgeries: vec![Box::new(Operating(Change::Weight))], ..recipe(8, Some(HALF_LIFE)) };
    let outcome = trained(&pruned);
    assert_eq!(outcome.ensemble.members[0].layers[0].weights[[0, 0]], 0.0);
    assert!(outcome.history.last().sparsity > 0.0);
}

#[test]
fn two_threads_give_the_bits_of_one() {
    for average in [QUARTER, HALF_LIFE] {
        let mut recipe = recipe(8, Some(average));
        recipe.ascent = 0.1;
        let [one, two] = [1, 2].map(|threads| trained_by(threads, vec![300, 200], &recipe));
        assert_eq!(one.history, two.history);
        assert_eq!(one.ensemble, two.ensemble);
    }
}
