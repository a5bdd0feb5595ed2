//! Steps of networks that are normalised.

use super::*;
use crate::nn::{NormKind, PANEL};

const BATCH: NormKind = NormKind::BatchNorm { momentum: 0.5, epsilon: 1e-5 };
const LAYER: NormKind = NormKind::LayerNorm { epsilon: 1e-5 };

/// Rows with x = 1 to 10, all of which train.
fn line() -> TrialData {
    let rows: String = (1..=10).map(|x| format!("{x},{}\n", x % 3)).collect();
    trial_with(&format!("x,y\n{rows}"), 0, |settings| {
        settings.scaling = Scaling::None;
        settings.task = TaskChoice::Regression;
    })
}

fn network() -> Network {
    let hidden = Layer::new(array![[2.0], [-1.0], [0.5]], array![0.5, 0.0, 0.0]);
    Network::new(vec![hidden, Layer::new(array![[1.0, 0.5, -1.0]], array![0.0])], Activation::Tanh)
}

/// The network behind one step, not folded, and the gates of the step.
fn stepped(data: &TrialData, recipe: &Recipe) -> (Network, Vec<Gate>) {
    let (team, mut network) = (Team::default(), network());
    let mut stepper = Stepper::new(&team, data, recipe, Moment { seed: 3, member: 0, step: 0 }, &mut network);
    let order: Vec<usize> = (0..stepper.rows()).collect();
    stepper.step(&mut network, &order, 1, 0, &mut Stopwatch::start(None));
    (network, stepper.gates)
}

/// Running mean and variance of the first unit behind a step.
fn figures(data: &TrialData, recipe: &Recipe) -> [f32; 2] {
    let (network, _) = stepped(data, recipe);
    let norm = network.layers[0].norm.as_ref().expect("the recipe normalises");
    [norm.running_mean[0], norm.running_variance[0]]
}

#[test]
fn running_figures_follow_the_weights_once_a_step_whatever_the_gradient_is_taken_at() {
    let data = line();
    let xs: Vec<f64> = data
        .train
        .rows
        .iter()
        .map(|&row| {
            let mut x = [0.0];
            data.encode(row, &mut x);
            f64::from(x[0])
        })
        .collect();
    let count = xs.len() as f64;
    let mean = xs.iter().sum::<f64>() / count;
    let variance = xs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let plain = figures(&data, &Recipe { norm: Some(BATCH), ..recipe(Loss::HalfMse, 0.0) });
    // z = 2x + ½, half way from 0 and 1.
    for (found, wanted) in plain.into_iter().zip([0.5 * (2.0 * mean + 0.5), 0.5 + 0.5 * 4.0 * variance]) {
        assert!((f64::from(found) - wanted).abs() < 1e-5, "{found} {wanted}");
    }
    let uphill = figures(&data, &Recipe { norm: Some(BATCH), ..recipe(Loss::HalfMse, 0.7) });
    assert_eq!(plain, uphill, "the second gradient leaves them");
    let noisy = figures(&data, &Recipe { norm: Some(BATCH), weight_noise: 0.1, ..recipe(Loss::HalfMse, 0.0) });
    assert_ne!(plain, noisy, "with noise on the weights they are those of the batch as it was seen");
    assert!(noisy.iter().all(|figure| figure.is_finite() && *figure != 0.0));
}

#[test]
fn gain_and_shift_are_displaced_and_moved_with_the_weights() {
    let data = line();
    for kind in [BATCH, LAYER] {
        let moved = |ascent: f64| {
            let (network, _) = stepped(&data, &Recipe { norm: Some(kind), ..recipe(Loss::HalfMse, ascent) });
            let norm = network.layers[0].norm.clone().expect("the recipe normalises");
            (norm.gain[0], norm.shift[0])
        };
        let (plain, uphill) = (moved(0.0), moved(0.5));
        assert!(plain.0 != 1.0 && plain.1 != 0.0 && plain != uphill, "{kind:?}: {plain:?} {uphill:?}");
    }
}

#[test]
fn units_dropped_for_a_whole_batch_stay_in_the_computation() {
    let data = line();
    for kind in [BATCH, LAYER] {
        let mut recipe = Recipe { norm: Some(kind), ..recipe(Loss::HalfMse, 0.0) };
        recipe.dropout = Some(Dropout {
            rates: vec![0.0, 0.5],
            kind: DropoutKind::Bernoulli,
            rescale: Rescale::Train,
            mask: MaskScope::Batch,
            schedule: DropoutSchedule::Constant,
            connections: vec![3, 3],
        });
        let (network, gates) = stepped(&data, &recipe);
        let Gate::Mask(factors) = &gates[1] else { panic!("a mask, found {:?}", gates[1]) };
        assert!(factors.chunks(PANEL).all(|unit| unit.iter().all(|&factor| factor == unit[0])), "alike for all rows");
        assert!(network.layers[0].norm.as_ref().unwrap().gain.iter().all(|gain| gain.is_finite()));
    }
}

#[test]
fn what_is_handed_out_has_batch_norm_in_its_weights_and_layer_norm_beside_them() {
    let data = line();
    let of = |kind| trained(&data, network(), &Recipe { norm: kind, ..recipe(Loss::HalfMse, 0.0) });
    let [plain, batch, layer] = [None, Some(BATCH), Some(LAYER)].map(of);
    assert_eq!((batch.ensemble.members[0].norm(), layer.ensemble.members[0].norm()), (None, Some(LAYER)));
    let parameters = |outcome: &Outcome| outcome.chosen().parameters;
    assert_eq!(parameters(&batch), parameters(&plain));
    assert_eq!(parameters(&layer), parameters(&plain) + 6, "a gain and a shift for each of three units");
}
