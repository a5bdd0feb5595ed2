//! The transforms of a batch, several at once.

use serde_json::json;

use crate::data::fixtures;
use crate::nn::{Activation, Initialization, Loss, ModelSettings};
use crate::recipe::{Recipe, TrainSettings, TrainingRows};
use crate::remedies::{Context, REGISTRY};

#[test]
fn images_are_moved_before_noise_before_masks_before_mixtures() {
    let rows: String = (0..20).map(|row| format!("{row},{},{}\n", row * row % 7, ["p", "q"][row % 2])).collect();
    let data = fixtures::trial_with(&format!("a,b,class\n{rows}"), 0, |settings| settings.image = Some(vec![1, 2]));
    let settings = json!({
        "mixup": { "alpha": 0.2 },
        "feature_mask": { "share": 0.1, "fill": "mean" },
        "noise": { "input": 0.1, "weight": 0.0, "gradient": 0.0, "features": {} },
        "image": { "shift": 1, "rotate": 0.0 },
    });
    let train: TrainSettings = serde_json::from_value(json!({
        "epochs": 1, "batch_size": 8, "optimizer": { "kind": "sgd" }, "learning_rate": 0.1,
        "schedule": { "kind": "constant", "warmup": 0 }, "loss": null, "shuffle": true, "gradient_clip": null,
    }))
    .unwrap();
    let init = Initialization::Normal { normal: 1.0, biases: false };
    let model = ModelSettings { hidden: vec![], activation: Activation::Relu, init };
    let rows = TrainingRows::of(&data);
    let remedies = &["image", "noise", "feature_mask", "mixup"];
    let context = Context { model: &model, train: &train, rows, has_validation: true, remedies };
    let mut recipe = Recipe::new(train.clone(), Loss::CrossEntropy);
    for entry in REGISTRY {
        if let Some(settings) = settings.get(entry.name) {
            let remedy = (entry.make)(settings);
            assert_eq!(remedy.check(&context), Ok(()));
            remedy.contribute(&context, &mut recipe);
        }
    }
    let names: Vec<String> = recipe
        .batch_transforms
        .iter()
        .map(|transform| format!("{transform:?}").split(' ').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(names, ["Mover", "InputNoise", "Mask", "Mix"]);
}
