//! Steps whose gradient is taken uphill of the weights.

mod norms;

use std::sync::atomic::AtomicBool;

use ndarray::array;

use super::*;
use crate::data::fixtures::{trial, trial_with};
use crate::data::{Scaling, TaskChoice};
use crate::nn::{Activation, Initialization, InitializationRule, Loss, ModelSettings};
use crate::recipe::{Dropout, DropoutKind, DropoutSchedule, MaskScope, Rescale, TrainSettings};
use crate::train::{Control, Outcome, train};

fn recipe(loss: Loss, ascent: f64) -> Recipe {
    let train: TrainSettings = serde_json::from_value(serde_json::json!({
        "epochs": 1, "batch_size": "full", "optimizer": { "kind": "sgd" }, "learning_rate": 0.5,
        "schedule": { "kind": "constant", "warmup": 0.0 }, "shuffle": true,
    }))
    .unwrap();
    Recipe { ascent, ..Recipe::new(train, loss) }
}

fn trained(data: &TrialData, network: Network, recipe: &Recipe) -> Outcome {
    let cancelled = AtomicBool::new(false);
    let control = Control { cancelled: &[&cancelled], on_epoch: &|_| (), profile: None };
    train(&Team::default(), data, network.into(), recipe, 3, control).unwrap()
}

/// Weight and bias behind a step on J = ½(w + b − ½)²: ten rows with x = 1 and y = ½.
fn on_a_parabola(weight: f32, bias: f32, ascent: f64) -> [f32; 2] {
    let data = trial_with(&format!("x,y\n{}", "1,0.5\n".repeat(10)), 0, |settings| {
        settings.scaling = Scaling::None;
        settings.task = TaskChoice::Regression;
    });
    let network = Network::new(vec![Layer::new(array![[weight]], array![bias])], Activation::Relu);
    let network = &trained(&data, network, &recipe(Loss::HalfMse, ascent)).ensemble.members[0];
    [network.layers[0].weights[[0, 0]], network.layers[0].bias[0]]
}

#[test]
fn a_step_on_a_parabola_has_the_worked_length() {
    // r = w + b − ½ = 1.5, g = (r, r), g/‖g‖ = (1, 1)/√2; at w + 0.1·g/‖g‖ is r + 0.2/√2; both move by half of that.
    let moved = 0.5 * (1.5 + 0.2 / 2f64.sqrt());
    let [weight, bias] = on_a_parabola(2.0, 0.0, 0.1);
    assert!((f64::from(weight) - (2.0 - moved)).abs() < 1e-6, "{weight}");
    assert!((f64::from(bias) + moved).abs() < 1e-6, "{bias}");
}

#[test]
fn at_a_minimum_nothing_moves() {
    assert_eq!(on_a_parabola(0.5, 0.0, 0.1), [0.5, 0.0]);
}

#[test]
fn a_tiny_climb_is_almost_none() {
    let [plain, tiny, large] = [0.0, 1e-4, 0.3].map(|ascent| on_a_parabola(2.0, 0.0, ascent)[0]);
    assert!((plain - tiny).abs() < 1e-4 && plain != tiny, "{plain} {tiny}");
    assert!((plain - large).abs() > 0.1, "{plain} {large}");
}

#[test]
fn both_passes_see_the_same_dropout_which_is_counted_once() {
    let line = |row: usize| format!("{},{},{}\n", row % 7, row * 5 % 11, ["a", "b", "c"][row % 3]);
    let data = trial(&("x,y,class\n".to_owned() + &(0..60).map(line).collect::<String>()), 1);
    let init = Initialization::Rule(InitializationRule::KaimingUniform);
    let settings = ModelSettings { hidden: vec![12, 9], activation: Activation::Tanh, init };
    let start = Network::initialized(&settings, data.inputs(), data.outputs(), 3).unwrap();
    for mask in [MaskScope::Batch, MaskScope::Row] {
        let [plain, climbed] = [0.0, 0.2].map(|ascent| {
            let mut recipe = recipe(Loss::CrossEntropy, ascent);
            recipe.dropout = Some(Dropout {
                rates: vec![0.0, 0.5, 0.5],
                kind: DropoutKind::Bernoulli,
                rescale: Rescale::Train,
                mask,
                schedule: DropoutSchedule::Constant,
                connections: start.layers.iter().map(|layer| layer.weights.len()).collect(),
            });
            trained(&data, start.clone(), &recipe)
        });
        assert_eq!(plain.dropped, climbed.dropped, "{mask:?}");
        assert_ne!(plain.ensemble, climbed.ensemble, "{mask:?}");
        let still = |outcome: &Outcome| {
            let (before, after) = (start.parts().flatten(), outcome.ensemble.members[0].parts().flatten());
            before.zip(after).map(|(before, after)| before == after).collect::<Vec<_>>()
        };
        assert_eq!(still(&plain), still(&climbed), "{mask:?}: what is dropped moves in neither");
        assert_eq!(still(&plain).contains(&true), mask == MaskScope::Batch, "{mask:?}");
    }
}
