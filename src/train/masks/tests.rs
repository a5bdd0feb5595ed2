//! Dropout against the enumeration of all masks, and what training makes of the rule.

use ndarray::array;

use super::*;
use crate::data::fixtures::trial;
use crate::data::{Targets, TrialData};
use crate::nn::{Activation, Initialization, InitializationRule, Loss, ModelSettings, Pass, Team};
use crate::recipe::{DropoutSchedule, TrainSettings};
use crate::train::{Control, Outcome, evaluation_gates, train};

/// A recipe that trains for `epochs` epochs in batches of 8 rows, with dropout at these rates.
fn recipe(epochs: usize, rates: &[f64], change: impl FnOnce(&mut Dropout)) -> Recipe {
    let settings = serde_json::json!({
        "epochs": epochs, "batch_size": 8, "optimizer": { "kind": "sgd" }, "learning_rate": 0.1,
        "schedule": { "kind": "constant", "warmup": 0 }, "shuffle": true,
    });
    let train: TrainSettings = serde_json::from_value(settings).expect("these are the settings of a training");
    let mut rule = Dropout {
        rates: rates.to_vec(),
        kind: DropoutKind::Bernoulli,
        rescale: Rescale::Train,
        mask: MaskScope::Row,
        schedule: DropoutSchedule::Constant,
        connections: vec![15; rates.len()],
    };
    change(&mut rule);
    let mut recipe = Recipe::new(train, Loss::CrossEntropy);
    recipe.dropout = Some(rule);
    recipe
}

/// 60 rows of two inputs and three classes, 36 of which train.
fn data() -> TrialData {
    let line = |row: usize| format!("{},{},{}\n", row % 7, row * 5 % 11, ["a", "b", "c"][row % 3]);
    trial(&("x,y,class\n".to_owned() + &(0..60).map(line).collect::<String>()), 1)
}

fn network(hidden: &[usize]) -> Network {
    let init = Initialization::Rule(InitializationRule::KaimingUniform);
    let settings = ModelSettings { hidden: hidden.to_vec(), activation: Activation::Tanh, init };
    Network::initialized(&settings, 2, 3, 1).expect("no file is read")
}

fn trained(recipe: &Recipe, hidden: &[usize]) -> Outcome {
    let control = Control { cancelled: &[], on_epoch: &|_| {}, profile: None };
    train(&Team::default(), &data(), network(hidden).into(), recipe, 5, control).expect("nothing interrupts it")
}

/// The outputs for the same inputs in every row, [rows, outputs].
fn outputs(network: &Network, gates: &[Gate], x: &[f32], rows: usize) -> Vec<Vec<f64>> {
    let mut pass = Pass::new(network, rows);
    pass.load(&Team::default(), rows, |_, values| values.copy_from_slice(x));
    pass.forward(&Team::default(), network, gates);
    (0..rows).map(|row| pass.output(row).iter().map(|&z| f64::from(z)).collect()).collect()
}

/// The gate of all masks of so many units, each a row: unit i stays in row r where bit i of r is 1.
fn all_masks(units: usize) -> Gate {
    let mut factors = vec![0.0; (1usize << units).div_ceil(PANEL) * units * PANEL];
    for row in 0..1 << units {
        for unit in (0..units).filter(|unit| row >> unit & 1 == 1) {
            factors[(row / PANEL * units + unit) * PANEL + row % PANEL] = 1.0;
        }
    }
    Gate::Mask(factors)
}

/// The probability of the mask of row `row`.
fn probability(row: usize, units: usize, rate: f64) -> f64 {
    (0..units).map(|unit| if row >> unit & 1 == 1 { 1.0 - rate } else { rate }).product()
}

fn softmax(z: &[f64]) -> Vec<f64> {
    let sum: f64 = z.iter().map(|&z| libm::exp(z)).sum();
    z.iter().map(|&z| libm::exp(z) / sum).collect()
}

#[test]
fn a_linear_regression_with_dropped_inputs_is_one_with_a_penalty() {
    // E‖y − (R∘X)w‖² = ‖y − pXw‖² + p(1−p)‖Γw‖², Γ = diag(XᵀX)^½, by enumeration of all masks of each row.
    let (w, rate) = ([0.5f32, -1.25, 2.0, 0.75], 0.3);
    let network = Network::new(vec![Layer::new(array![[w[0], w[1], w[2], w[3]]], array![0.0])], Activation::Identity);
    let rows = [([1.0f32, 2.0, -1.0, 0.5], 1.5f32), ([-0.5, 0.25, 2.0, 1.0], -0.75), ([3.0, -1.0, 0.5, 0.0], 0.25)];
    let mut expected_loss = 0.0;
    for (x, y) in &rows {
        let mut pass = Pass::new(&network, 16);
        pass.load(&Team::default(), 16, |_, values| values.copy_from_slice(x));
        pass.forward(&Team::default(), &network, &[all_masks(4)]);
        let mut row = 0;
        pass.scores(Loss::Mse, &Targets::Values(vec![*y; 16]), 0, |score| {
            expected_loss += probability(row, 4, rate) * score.loss;
            row += 1;
        });
    }
    let p = 1.0 - rate;
    let products = |x: &[f32; 4]| x.iter().zip(&w).map(|(&x, &w)| f64::from(x) * f64::from(w)).collect::<Vec<f64>>();
    let wanted: f64 = rows
        .iter()
        .map(|(x, y)| {
            let error = f64::from(*y) - p * products(x).iter().sum::<f64>();
            error * error + p * (1.0 - p) * products(x).iter().map(|product| product * product).sum::<f64>()
        })
        .sum();
    assert!((expected_loss - wanted).abs() < 1e-5 * wanted, "{expected_loss} {wanted}");
}

#[test]
fn the_mean_network_is_the_normalised_geometric_mean_of_all_thinned_ones() {
    // 10 hidden units: 1024 thinned networks, weighted by the probability of their masks. In f32, whose sums of 10 products
    // round at 1e-7.
    let units = 10;
    for rate in [0.5, 0.2] {
        let mut recipe = recipe(1, &[0.0, rate], |_| {});
        let network = network(&[units]);
        let x = [0.7, -1.3];
        let thinned = |factor: f32| {
            let Gate::Mask(factors) = all_masks(units) else { panic!("it is a mask") };
            let gate = Gate::Mask(factors.iter().map(|one| one * factor).collect());
            outputs(&network, &[Gate::Open, gate], &x, 1 << units)
        };
        for (rescale, factor) in [(Rescale::Train, 1.0 / (1.0 - rate)), (Rescale::Test, 1.0)] {
            let mut logarithms = [0.0; 3];
            for (row, z) in thinned(factor as f32).iter().enumerate() {
                let weight = probability(row, units, rate);
                logarithms.iter_mut().zip(softmax(z)).for_each(|(sum, share)| *sum += weight * libm::log(share));
            }
            let geometric = softmax(&logarithms);
            recipe.dropout.as_mut().expect("it was made with dropout").rescale = rescale;
            let mean = softmax(&outputs(&network, &evaluation_gates(&recipe, &network), &x, 1)[0]);
            for (found, wanted) in mean.iter().zip(geometric) {
                assert!((found - wanted).abs() < 3e-7, "{rescale:?}, rate {rate}: {found} {wanted}");
            }
        }
    }
}

#[test]
fn the_share_that_is_dropped_is_counted_row_by_row() {
    // 36 rows in batches of 8, the last of 4: 5 steps of an epoch; 3 epochs.
    let masks_of = |recipe: &Recipe| {
        let network = network(&[5, 4]);
        let mut masks = Masks::new(recipe, 5).expect("there is dropout");
        let (mut gates, mut closed, mut all) = (vec![Gate::Open; 3], [0; 3], [0; 3]);
        for step in 0..15 {
            let place = Place { epoch: step / 5 + 1, batch: step % 5, rows: if step % 5 == 4 { 4 } else { 8 } };
            masks.draw(&network, place, Moment { seed: 5, member: 0, step: step as u64 }, &mut gates);
            for (index, gate) in gates.iter().enumerate() {
                all[index] += place.rows * network.layers[index].inputs();
                if let Gate::Mask(factors) = gate {
                    let lanes = factors.chunks_exact(PANEL).flat_map(|lanes| &lanes[..place.rows]);
                    closed[index] += lanes.filter(|&&factor| factor == 0.0).count();
                }
            }
        }
        let shares: Vec<f64> = closed.iter().zip(all).map(|(&closed, all)| closed as f64 / all as f64).collect();
        (masks.dropped(), shares)
    };
    let (dropped, shares) = masks_of(&recipe(3, &[0.2, 0.5, 0.0], |_| {}));
    assert_eq!(dropped, [Some(shares[0]), Some(shares[1]), None]);
    assert!((shares[0] - 0.2).abs() < 0.1 && (shares[1] - 0.5).abs() < 0.1, "{shares:?}");
}

#[test]
fn every_kind_reports_the_share_that_it_drops() {
    let connect = DropoutKind::Connect { samples: None };
    for (kind, mask) in [
        (DropoutKind::Bernoulli, MaskScope::Row),
        (DropoutKind::Bernoulli, MaskScope::Batch),
        (connect, MaskScope::Row),
        (DropoutKind::Gaussian, MaskScope::Row),
    ] {
        let recipe = recipe(20, &[0.3, 0.5, 0.0], |rule| (rule.kind, rule.mask) = (kind, mask));
        let dropped = trained(&recipe, &[20, 12]).dropped;
        assert_eq!(dropped[2], None, "{kind:?}");
        match kind {
            DropoutKind::Gaussian => assert_eq!(dropped, [None; 3]),
            _ => {
                let close = |layer: usize, rate: f64| (dropped[layer].expect("it drops") - rate).abs() < 0.06;
                assert!(close(0, 0.3) && close(1, 0.5), "{kind:?}, {mask:?}: {dropped:?}");
            }
        }
    }
    let mut plain = recipe(1, &[], |_| {});
    plain.dropout = None;
    assert_eq!(trained(&plain, &[4]).dropped, [None, None]);
}

#[test]
fn an_annealed_rate_drops_half_of_it_on_average_and_nothing_in_the_end() {
    let recipe = recipe(200, &[0.0, 0.6], |rule| rule.schedule = DropoutSchedule::Annealed { epochs: Some(100) });
    let dropped = trained(&recipe, &[40]).dropped[1].expect("it drops");
    // Mean of 1 − t/100 over t = 0..99, and 100 epochs without.
    assert!((dropped - 0.6 * 0.505 * 0.5).abs() < 0.01, "{dropped}");
    let network = network(&[40]);
    let mut masks = Masks::new(&recipe, 5).expect("there is dropout");
    let mut gates = vec![Gate::Open; 2];
    for (epoch, open) in [(1, false), (100, false), (101, true)] {
        masks.draw(&network, Place { epoch, batch: 0, rows: 8 }, Moment { seed: 5, member: 0, step: 0 }, &mut gates);
        assert_eq!(gates[1] == Gate::Open, open, "epoch {epoch}");
    }
}

#[test]
fn rates_follow_pruning_with_the_root_of_the_connections() {
    // Layers of 2·5 and 5·3 connections. 4 of the 15 stay: 0.6·√(4/15) = 0.309839.
    let mut recipe = recipe(1, &[0.2, 0.6], |rule| rule.connections = vec![10, 15]);
    let mut pruned = network(&[5]);
    pruned.layers[1].prune_weights(&(4..15).collect::<Vec<usize>>());
    assert_eq!(recipe.dropout_rates(&pruned), [0.2, 0.6]);
    recipe.dropout_follows_pruning = true;
    let rates = recipe.dropout_rates(&pruned);
    assert!(rates[0] == 0.2 && (rates[1] - 0.309_838_668).abs() < 1e-8, "{rates:?}");
    // Two of five units leave: 2·3 of 10 and 3·3 of 15 connections, 0.2·√0.6 and 0.6·√0.6.
    let mut smaller = network(&[5]);
    smaller.remove_units(0, &[1, 4]);
    let rates = recipe.dropout_rates(&smaller);
    assert!((rates[0] - 0.154_919_334).abs() < 1e-8 && (rates[1] - 0.464_758_002).abs() < 1e-8, "{rates:?}");
    // What rescales at the test follows too.
    recipe.dropout.as_mut().expect("it was made with dropout").rescale = Rescale::Test;
    let scale = |rate: f64| Gate::Scale((1.0 - rate) as f32);
    assert_eq!(evaluation_gates(&recipe, &smaller), [scale(rates[0]), scale(rates[1])]);
}

#[test]
fn a_thinned_step_is_taken_at_the_displaced_weights() {
    // A rate that never drops: what is thinned is the whole network.
    let mut thinned = recipe(3, &[0.0, 1e-12], |rule| rule.mask = MaskScope::Batch);
    thinned.weight_noise = 0.3;
    let mut whole = recipe(3, &[], |_| {});
    (whole.dropout, whole.weight_noise) = (None, 0.3);
    assert_eq!(trained(&thinned, &[6]).ensemble, trained(&whole, &[6]).ensemble);
    whole.weight_noise = 0.0;
    assert_ne!(trained(&thinned, &[6]).ensemble, trained(&whole, &[6]).ensemble, "the noise is there");
}

#[test]
fn sub_models_are_thinned_networks_that_treat_every_row_alike() {
    let connect = DropoutKind::Connect { samples: None };
    for kind in [DropoutKind::Bernoulli, DropoutKind::Gaussian, connect] {
        let recipe = recipe(1, &[0.2, 0.5], |rule| rule.kind = kind);
        let network = network(&[20]);
        let of = |rows, seed, number| {
            let gates = submodel_gates(&recipe, &network, rows, seed, number).expect("there is dropout");
            outputs(&network, &gates, &[0.7, -1.3], rows)
        };
        let first = of(70, 3, 0);
        assert!(first.iter().all(|row| *row == first[0]), "{kind:?}: all rows alike");
        assert_eq!(of(5, 3, 0)[0], first[0], "{kind:?}: however many rows");
        assert_ne!(of(1, 3, 1)[0], first[0], "{kind:?}: another number");
        assert_ne!(of(1, 4, 0)[0], first[0], "{kind:?}: another seed");
        // Sums of the last layer are linear in what is dropped in front of it: on average those of the whole network.
        let recipe = self::recipe(1, &[0.0, 0.5], |rule| rule.kind = kind);
        let whole = outputs(&network, &[Gate::Open, Gate::Open], &[0.7, -1.3], 1)[0][0];
        let sums = (0..4000).map(|number| {
            let gates = submodel_gates(&recipe, &network, 1, 3, number).expect("there is dropout");
            outputs(&network, &gates, &[0.7, -1.3], 1)[0][0]
        });
        let mean = sums.sum::<f64>() / 4000.0;
        assert!((mean - whole).abs() < 0.05, "{kind:?}: {mean} {whole}");
    }
    let mut plain = recipe(1, &[], |_| {});
    plain.dropout = None;
    assert!(submodel_gates(&plain, &network(&[4]), 8, 1, 0).is_none());
}
