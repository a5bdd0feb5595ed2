//! Ensembles as trainings hand them out: members that know nothing of each other, snapshots at the ends of cycles.

use std::sync::atomic::AtomicBool;

use super::super::bootstrap::bag;
use super::super::evaluate::Evaluator;
use super::*;
use crate::data::fixtures::trial;
use crate::nn::{Activation, Ensemble, Initialization, InitializationRule, Loss, ModelSettings};
use crate::recipe::{
    Dropout, DropoutKind, DropoutSchedule, MaskScope, Monitor, Rescale, Stopping, TrainSettings, Voting,
};
use crate::stopping::Criterion;
use crate::train::{Outcome, train};

const SEED: u64 = 3;

/// Momentum, shuffled batches, dropout and noise on the weights: all that a member draws.
fn recipe(epochs: usize, voting: Option<Voting>) -> Recipe {
    let train: TrainSettings = serde_json::from_value(serde_json::json!({
        "epochs": epochs, "batch_size": 16, "optimizer": { "kind": "momentum", "momentum": 0.9 },
        "learning_rate": 0.2, "schedule": { "kind": "constant", "warmup": 0.0 }, "shuffle": true,
    }))
    .unwrap();
    let dropout = Dropout {
        rates: vec![0.1, 0.3],
        kind: DropoutKind::Bernoulli,
        rescale: Rescale::Train,
        mask: MaskScope::Row,
        schedule: DropoutSchedule::Constant,
        connections: vec![10, 15],
    };
    Recipe { voting, dropout: Some(dropout), weight_noise: 0.01, ..Recipe::new(train, Loss::CrossEntropy) }
}

fn bagging(networks: usize) -> Option<Voting> {
    Some(Voting::Bagging { networks })
}

fn data() -> TrialData {
    let line = |row: usize| format!("{},{},{}\n", row % 7, row * 5 % 11, ["a", "b", "c"][row * row % 3]);
    trial(&("x,y,class\n".to_owned() + &(0..80).map(line).collect::<String>()), 1)
}

fn initial(data: &TrialData, members: usize) -> Ensemble {
    let init = Initialization::Rule(InitializationRule::KaimingUniform);
    let settings = ModelSettings { hidden: vec![5], activation: Activation::Tanh, init };
    Ensemble::initialized(&settings, data.inputs(), data.outputs(), SEED, members).unwrap()
}

fn trained_on(data: &TrialData, recipe: &Recipe, threads: usize) -> Outcome {
    let cancelled = AtomicBool::new(false);
    let control = Control { cancelled: &[&cancelled], on_epoch: &|_| (), profile: None };
    train(&Team::new(threads), data, initial(data, recipe.members()), recipe, SEED, control).unwrap()
}

fn trained(recipe: &Recipe) -> Outcome {
    trained_on(&data(), recipe, 1)
}

#[test]
fn a_member_is_the_same_in_a_larger_company() {
    let [three, five] = [3, 5].map(|networks| trained(&recipe(4, bagging(networks))).ensemble.members);
    assert_eq!(three, five[..3]);
    assert!((1..5).all(|member| five[..member].iter().all(|other| *other != five[member])));
}

#[test]
fn one_bagged_network_differs_from_none_by_its_sample_only() {
    let all = data();
    let bag = all.resampled(&bag(SEED, 0, all.train.rows.len()));
    let bagged = trained_on(&all, &recipe(4, bagging(1)), 1);
    // The rows of the bag have no validation and test part, and so other figures; the network is the same.
    assert_eq!(bagged.ensemble, trained_on(&bag, &recipe(4, None), 1).ensemble);
    let single = trained_on(&all, &recipe(4, None), 1);
    assert_ne!(bagged.ensemble, single.ensemble);
    assert_eq!(bagged.history.rows[0], single.history.rows[0], "they begin alike");
}

#[test]
fn a_row_of_the_curve_is_the_vote_of_all_members() {
    let (data, recipe) = (data(), recipe(4, bagging(3)));
    let outcome = trained_on(&data, &recipe, 1);
    let team = Team::default();
    let networks = outcome.ensemble.members.iter();
    let members: Vec<_> = networks.map(|network| Candidate { network, penalty: 0.0 }).collect();
    let mut evaluator = Evaluator::new(&team, &data, &recipe, members[0].network);
    let single: Vec<_> = members.iter().map(|member| evaluator.measure(&[*member], 4, 0.2)).collect();
    let vote = outcome.history.last();
    let mean = |of: &dyn Fn(usize) -> f64| (0..3).map(of).sum::<f64>() / 3.0;
    assert!(vote.train.loss() < mean(&|i| single[i].train.loss()));
    let test = |row: &crate::train::EpochRow| row.test.as_ref().unwrap().loss();
    assert!(test(vote) < mean(&|i| test(&single[i])));
    assert_eq!(vote.parameters, single.iter().map(|row| row.parameters).sum::<usize>());
    assert_eq!(vote.nonzero_parameters, single.iter().map(|row| row.nonzero_parameters).sum::<usize>());
    assert_eq!(evaluator.measure(&members, 4, 0.2), *vote);
}

#[test]
fn the_vote_does_not_depend_on_threads() {
    for voting in [bagging(3), Some(Voting::Snapshots { cycles: 2 })] {
        let [one, three] = [1, 3].map(|threads| trained_on(&data(), &recipe(4, voting), threads));
        assert_eq!(one.history, three.history);
        assert_eq!(one.ensemble, three.ensemble);
    }
}

#[test]
fn early_stopping_takes_all_members_back_to_the_best_vote() {
    let stopped = |patience| {
        let criterion = Criterion::Patience { patience, min_delta: 0.0 };
        let stopping = Stopping { criterion, monitor: Monitor::ValidationLoss, start_epoch: 1, restore_best: true };
        trained(&Recipe { stopping: Some(stopping), ..recipe(25, bagging(3)) })
    };
    let outcome = stopped(100);
    let losses = outcome.history.rows[1..].iter().map(|row| row.validation.as_ref().unwrap().loss());
    let best = losses.enumerate().fold((0, f64::INFINITY), |a, b| if b.1 < a.1 { b } else { a }).0 + 1;
    assert!(outcome.chosen_epoch == best && best < 25, "{best}");
    let behind = trained(&recipe(best, bagging(3))).ensemble.members;
    assert_eq!(outcome.ensemble.members.len(), 3);
    assert_eq!(outcome.ensemble.members, behind);
}

#[test]
fn the_members_of_snapshots_are_the_networks_behind_the_cycles() {
    let recipe = recipe(6, Some(Voting::Snapshots { cycles: 3 }));
    let outcome = trained(&recipe);
    let rates: Vec<f64> = outcome.history.rows.iter().map(|row| row.learning_rate).collect();
    // 48 rows are 3 steps of an epoch, 6 of a cycle: the last step of an epoch is number 2 or 5 of them.
    let wanted = [1.0, 0.75, 0.066_987_298_108, 0.75, 0.066_987_298_108, 0.75, 0.066_987_298_108];
    assert!(rates.iter().zip(wanted).all(|(rate, wanted)| (rate - 0.2 * wanted).abs() < 1e-12), "{rates:?}");
    let snapshots = &outcome.ensemble.members;
    assert_eq!(snapshots.len(), 3);
    let parameters: Vec<usize> = outcome.history.rows.iter().map(|row| row.parameters).collect();
    let one = snapshots[0].parameters();
    assert_eq!(parameters, [one, one, one, one, 2 * one, 2 * one, 3 * one]);
    // Between two snapshots nothing new is handed out.
    let scores = |epoch: usize| &outcome.history.rows[epoch].test;
    assert!(scores(0) != scores(1) && scores(1) != scores(2) && scores(2) == scores(3) && scores(3) != scores(4));
    // The first one is the only network of a training of one cycle, the last the one that training ends with.
    let first = trained(&Recipe { voting: Some(Voting::Snapshots { cycles: 1 }), ..self::recipe(2, None) });
    assert_eq!(first.ensemble.members[..], snapshots[..1]);
}

#[test]
fn snapshots_before_the_last_planned_surgery_do_not_vote() {
    #[derive(Debug)]
    struct Cut;
    impl crate::recipe::Surgery for Cut {
        fn is_due(&self, epoch: usize) -> bool {
            epoch == 3
        }
        fn last_epoch(&self) -> usize {
            3
        }
        fn operate(&self, operation: &mut crate::recipe::Operation<'_>) {
            operation.remove_units(0, &[0, 1]);
        }
    }
    let mut recipe = recipe(6, Some(Voting::Snapshots { cycles: 3 }));
    recipe.surgeries.push(Box::new(Cut));
    let outcome = trained(&recipe);
    assert_eq!(outcome.ensemble.members.len(), 2, "behind epochs 4 and 6");
    assert!(outcome.ensemble.members.iter().all(|network| network.layers[0].outputs() == 3));
    let last = outcome.history.last();
    // 5 of 10 + 15 weights are left of each.
    assert_eq!(last.sparsity, 1.0 - 15.0 / 25.0);
}
