//! Finished trials whose networks can be worked out by hand.

use std::sync::atomic::AtomicBool;

use ndarray::array;

use super::super::{Ending, History, Outcome};
use super::Subject;
use crate::data::fixtures::trial_with;
use crate::data::{Scaling, TrialData};
use crate::nn::{Activation, Initialization, InitializationRule, Layer, Loss, ModelSettings, Network, Team};
use crate::recipe::{
    Dropout, DropoutKind, DropoutSchedule, MaskScope, MeasureSettings, Recipe, Rescale, TrainSettings,
};

/// Everything that a [`Subject`] refers to.
pub(super) struct Case {
    pub team: Team,
    pub data: TrialData,
    pub model: ModelSettings,
    pub recipe: Recipe,
    pub outcome: Outcome,
    pub settings: MeasureSettings,
    pub cancelled: AtomicBool,
}

/// Rows `x0,x1,class` of two classes that a sign tells apart: x0 − x1 is about 1 for the first and about −1 for the second.
pub(super) fn points(rows: usize) -> String {
    let row = |i: usize| {
        let (near, far) = (1.0 + i as f64 / 100.0, i as f64 / 200.0);
        if i.is_multiple_of(2) { format!("{near},{far},a\n") } else { format!("{far},{near},b\n") }
    };
    format!("x0,x1,class\n{}", (0..rows).map(row).collect::<String>())
}

impl Case {
    /// A network 2-4-2 of relu that makes no mistake on 20 of the [`points`], 4 of which are test rows, two of each class.
    pub fn classification() -> Self {
        let layers = vec![
            Layer::new(array![[1.0, -0.5], [-0.5, 1.0], [0.5, -0.25], [-0.25, 0.5]], array![0.0, 0.0, 0.0, 0.0]),
            Layer::new(array![[1.0, -1.0, 0.5, -0.5], [-1.0, 1.0, -0.5, 0.5]], array![0.0, 0.0]),
        ];
        let data = trial_with(&points(20), 1, |settings| settings.scaling = Scaling::None);
        Self::of(data, layers, Loss::CrossEntropy)
    }

    /// A network 1-1 that gives 2x + 1, on 20 rows of that line.
    pub fn regression() -> Self {
        let rows: String = (0..20).map(|x| format!("{},{}\n", f64::from(x) / 4.0, f64::from(x) / 2.0 + 1.0)).collect();
        let data = trial_with(&format!("x,y\n{rows}"), 1, |settings| {
            settings.scaling = Scaling::None;
            settings.task = crate::data::TaskChoice::Regression;
        });
        Self::of(data, vec![Layer::new(array![[2.0]], array![1.0])], Loss::HalfMse)
    }

    /// A finished trial with this data and network.
    pub fn of(data: TrialData, layers: Vec<Layer>, loss: Loss) -> Self {
        let hidden = layers[..layers.len() - 1].iter().map(Layer::outputs).collect();
        let init = Initialization::Rule(InitializationRule::KaimingUniform);
        let network = Network::new(layers, Activation::Relu);
        let outcome = Outcome {
            ending: Ending::Completed,
            history: History::new(data.task()),
            chosen_epoch: 1,
            best_epoch: None,
            onset_epoch: None,
            dropped: vec![None; network.layers.len()],
            epoch_seconds: vec![0.5],
            finals: None,
            ensemble: network.into(),
        };
        Self {
            team: Team::default(),
            data,
            model: ModelSettings { hidden, activation: Activation::Relu, init },
            recipe: Recipe::new(train_settings(), loss),
            outcome,
            settings: MeasureSettings::default(),
            cancelled: AtomicBool::new(false),
        }
    }

    pub fn subject(&self) -> Subject<'_> {
        Subject {
            team: &self.team,
            data: &self.data,
            model: &self.model,
            recipe: &self.recipe,
            outcome: &self.outcome,
            seed: 7,
            settings: &self.settings,
            cancelled: Box::leak(Box::new([&self.cancelled])),
        }
    }

    /// Dropout of these rates was part of the training.
    pub fn with_dropout(mut self, rates: &[f64], rescale: Rescale) -> Self {
        self.recipe.dropout = Some(Dropout {
            rates: rates.to_vec(),
            kind: DropoutKind::Bernoulli,
            rescale,
            mask: MaskScope::Row,
            schedule: DropoutSchedule::Constant,
            connections: self.outcome.ensemble.members[0].layers.iter().map(|layer| layer.weights.len()).collect(),
        });
        self
    }
}

fn train_settings() -> TrainSettings {
    serde_json::from_str(
        r#"{"epochs": 1, "batch_size": 32, "optimizer": {"kind": "sgd"}, "learning_rate": 0.1,
            "schedule": {"kind": "constant", "warmup": 0}, "loss": null, "shuffle": true, "gradient_clip": null}"#,
    )
    .expect("settings as they are resolved")
}
