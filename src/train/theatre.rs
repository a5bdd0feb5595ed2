//! Where surgeries operate.
//!
//! In: a network behind the updates of an epoch. Out: the network changed by the surgeries that are due. They see training
//! rows only.

use crate::data::TrialData;
use crate::nn::{Network, Team};
use crate::recipe::{Moment, Operation, Recipe, TrainingRows};

/// What surgeries need beside the network.
pub(super) struct Theatre<'a> {
    team: &'a Team,
    rows: TrainingRows<'a>,
    recipe: &'a Recipe,
    /// Trial and member.
    origin: Moment,
    /// The network before training, where the recipe goes back to it.
    initial: Option<Network>,
}

impl<'a> Theatre<'a> {
    /// `network` is not trained yet.
    pub fn new(team: &'a Team, data: &'a TrialData, recipe: &'a Recipe, origin: Moment, network: &Network) -> Self {
        let goes_back = recipe.surgeries.iter().any(|surgery| !surgery.restarts().is_empty());
        let initial = goes_back.then(|| network.clone());
        Self { team, rows: TrainingRows::of(data), recipe, origin, initial }
    }

    /// Lets the surgeries operate that are due after the updates of `epoch`; where training begins anew behind it, the
    /// optimizer forgets.
    pub fn operate(&mut self, network: &mut Network, epoch: usize) {
        for surgery in self.recipe.surgeries.iter().filter(|surgery| surgery.is_due(epoch)) {
            surgery.operate(&mut Operation {
                network,
                initial: self.initial.as_mut(),
                rows: self.rows,
                loss: self.recipe.loss,
                team: self.team,
                moment: self.origin.at(epoch as u64),
            });
            if surgery.restarts().contains(&epoch) {
                network.forget();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::fixtures::trial;
    use crate::nn::{Activation, Gradient, Initialization, LearnedGates, Loss, ModelSettings, NormKind};
    use crate::recipe::{Surgery, TrainSettings};

    /// Goes back to the start behind epoch 3 without removing anything.
    #[derive(Debug)]
    struct Rewinding;

    impl Surgery for Rewinding {
        fn is_due(&self, epoch: usize) -> bool {
            epoch == 3
        }

        fn last_epoch(&self) -> usize {
            3
        }

        fn restarts(&self) -> &[usize] {
            &[3]
        }

        fn operate(&self, operation: &mut Operation<'_>) {
            assert_eq!(operation.epoch(), 3);
            operation.rewind();
        }
    }

    #[test]
    fn behind_a_restart_the_network_and_its_optimizer_are_what_they_were_before_training() {
        let data = trial("x,y\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n", 0);
        for (kind, parameters) in
            [("adam", "\"beta1\": 0.9, \"beta2\": 0.999, \"epsilon\": 1e-8"), ("momentum", "\"momentum\": 0.9")]
        {
            let train: TrainSettings = serde_json::from_str(&format!(
                r#"{{ "epochs": 9, "batch_size": 1, "optimizer": {{ "kind": "{kind}", {parameters} }}, "learning_rate": 0.1,
                      "schedule": {{ "kind": "constant", "warmup": 0.0 }}, "shuffle": true }}"#
            ))
            .unwrap();
            let mut recipe = Recipe::new(train, Loss::CrossEntropy);
            recipe.surgeries.push(Box::new(Rewinding));
            let init = Initialization::Normal { normal: 0.5, biases: true };
            let settings = ModelSettings { hidden: vec![3], activation: Activation::Relu, init };
            let mut network = Network::initialized(&settings, 1, 2, 0).unwrap();
            network.layers[0].gates = Some(LearnedGates::new(vec![0.5]));
            network.normalize(NormKind::BatchNorm { momentum: 0.1, epsilon: 1e-5 });
            network.prepare(&recipe.train.optimizer);
            let start = network.clone();
            let team = Team::default();
            let mut theatre = Theatre::new(&team, &data, &recipe, Moment { seed: 0, member: 0, step: 0 }, &network);
            theatre.operate(&mut network, 0);
            let mut gradients: Vec<Gradient> = network.layers.iter().map(Gradient::zeros).collect();
            gradients.iter_mut().flat_map(Gradient::parts_mut).for_each(|part| part.fill(0.3));
            network.update(&recipe.train.optimizer, 0.1, &gradients);
            let clock = network.clock;
            network.layers[0].update_gates(&recipe.train.optimizer, &clock, 0.1, &[0.3]);
            assert_ne!(network.layers[0].gates, start.layers[0].gates);
            let norm = network.layers[0].norm.as_mut().expect("it was normalised");
            norm.running_mean.fill(0.7);
            assert_ne!(norm.gain[0], 1.0, "{kind}: what is learnt of the normalisation moves too");
            theatre.operate(&mut network, 2);
            assert_ne!(network, start, "{kind}: two epochs later it has learnt");
            theatre.operate(&mut network, 3);
            assert_eq!(network, start, "{kind}");
        }
    }
}
