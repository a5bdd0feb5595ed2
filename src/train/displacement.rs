//! The point beside the weights at which a gradient is taken.
//!
//! In: the weights; noise, or a gradient to climb. Out: a network of its own, which only the passes of a step see. What was
//! pruned is 0 there too.

use super::slice_mut;
use crate::nn::{Gradient, Network, add_normal};
use crate::random::Purpose;
use crate::recipe::{Moment, Recipe};

/// A point beside the weights.
pub(super) struct Displacement {
    network: Network,
}

impl Displacement {
    /// `None` where the recipe takes every gradient at the weights.
    pub fn new(recipe: &Recipe, network: &Network) -> Option<Self> {
        (recipe.weight_noise > 0.0 || recipe.ascent > 0.0).then(|| Self { network: network.bare() })
    }

    /// The network at this point.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Goes to the weights, and from there by fresh Gaussian noise of this standard deviation on each of them, not on biases.
    pub fn set(&mut self, network: &Network, deviation: f64, moment: Moment) {
        for (index, (point, layer)) in self.network.layers.iter_mut().zip(&network.layers).enumerate() {
            point.weights.clone_from(&layer.weights);
            point.bias.clone_from(&layer.bias);
            point.mask.clone_from(&layer.mask);
            point.norm.clone_from(&layer.norm);
            if deviation > 0.0 {
                let key = moment.key(Purpose::WeightNoise).layer(index);
                add_normal(key, deviation, slice_mut(&mut point.weights));
                point.apply_mask();
            }
        }
    }

    /// Goes on by `distance` · g / ‖g‖, with the norm over all weights that were not pruned, all biases, γ and β; nowhere if
    /// that is 0 or not finite. The gradient of what was pruned is set to 0.
    pub fn climb(&mut self, distance: f64, gradients: &mut [Gradient]) {
        for (gradient, point) in gradients.iter_mut().zip(&self.network.layers) {
            if let Some(mask) = &point.mask {
                gradient.weights.zip_mut_with(mask, |g, &kept| *g = if kept == 0.0 { 0.0 } else { *g });
            }
        }
        let norm = libm::sqrt(gradients.iter().map(Gradient::squared_norm).sum());
        if !(norm > 0.0 && norm.is_finite()) {
            return;
        }
        // In f64: the quotient may be too large for single precision where the product is not.
        let scale = distance / norm;
        for (point, gradient) in self.network.layers.iter_mut().zip(gradients) {
            for (point, gradient) in point.parts_mut().zip(gradient.parts_mut()) {
                point.iter_mut().zip(gradient).for_each(|(w, g)| *w += (scale * f64::from(*g)) as f32);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::nn::{Activation, Layer, Loss};
    use crate::recipe::TrainSettings;

    fn recipe(weight_noise: f64, ascent: f64) -> Recipe {
        let train: TrainSettings = serde_json::from_value(serde_json::json!({
            "epochs": 1, "batch_size": 1, "optimizer": { "kind": "sgd" }, "learning_rate": 1.0,
            "schedule": { "kind": "constant", "warmup": 0.0 }, "shuffle": true,
        }))
        .unwrap();
        Recipe { weight_noise, ascent, ..Recipe::new(train, Loss::HalfMse) }
    }

    fn network() -> Network {
        Network::new(vec![Layer::new(array![[1.0, 2.0]], array![3.0])], Activation::Relu)
    }

    /// The weights and bias behind a climb of 0.1 up this gradient.
    fn climbed(network: &Network, weights: [f32; 2], bias: f32) -> Vec<f32> {
        let mut point = Displacement::new(&recipe(0.0, 0.1), network).unwrap();
        point.set(network, 0.0, Moment { seed: 0, member: 0, step: 0 });
        point.climb(0.1, &mut [Gradient { weights: array![weights], bias: array![bias], norm: None }]);
        point.network().parts().flatten().copied().collect()
    }

    #[test]
    fn the_climb_has_its_length_and_the_direction_of_the_gradient() {
        // ‖(2, 3, 6)‖ = 7
        let found = climbed(&network(), [2.0, 3.0], 6.0);
        for (found, wanted) in found.iter().zip([1.0 + 0.2 / 7.0, 2.0 + 0.3 / 7.0, 3.0 + 0.6 / 7.0]) {
            assert!((f64::from(*found) - wanted).abs() < 1e-6, "{found} {wanted}");
        }
    }

    #[test]
    fn without_a_gradient_there_is_no_uphill() {
        assert_eq!(climbed(&network(), [0.0, 0.0], 0.0), [1.0, 2.0, 3.0]);
        assert_eq!(climbed(&network(), [f32::NAN, 0.0], 0.0), [1.0, 2.0, 3.0]);
        assert_eq!(climbed(&network(), [1e-44, 0.0], 0.0), [1.1, 2.0, 3.0], "the least gradient has a direction");
    }

    #[test]
    fn a_pruned_weight_stays_zero_and_takes_no_share_of_the_length() {
        let mut network = network();
        network.layers[0].prune_weights(&[1]);
        assert_eq!(climbed(&network, [2.0, 100.0], 0.0), [1.1, 0.0, 3.0]);
    }

    #[test]
    fn the_climb_begins_where_the_noise_has_led() {
        let (network, moment) = (network(), Moment { seed: 5, member: 0, step: 2 });
        let mut point = Displacement::new(&recipe(0.5, 0.1), &network).unwrap();
        point.set(&network, 0.5, moment);
        let noisy: Vec<f32> = point.network().parts().flatten().copied().collect();
        assert!(noisy[0] != 1.0 && noisy[1] != 2.0 && noisy[2] == 3.0, "{noisy:?}");
        point.climb(0.1, &mut [Gradient { weights: array![[0.0, -2.0]], bias: array![0.0], norm: None }]);
        let found: Vec<f32> = point.network().parts().flatten().copied().collect();
        assert_eq!(found, [noisy[0], noisy[1] - 0.1, noisy[2]]);
        assert!(Displacement::new(&recipe(0.0, 0.0), &network).is_none());
    }
}
