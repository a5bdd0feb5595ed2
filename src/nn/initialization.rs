//! Initial weights.
//!
//! In: the model's settings, the number of inputs and outputs, the seed. Out: a network. Each layer draws from a stream of
//! its own, so that layer 2 starts alike whatever the width of layer 1's inputs.

use ndarray::{Array1, Array2};
use thiserror::Error;

use super::weights_file::{self, WeightsFileError};
use super::{Activation, Initialization, InitializationRule, Layer, ModelSettings, Network, NormKind};
use crate::random::{Purpose, Stream, StreamKey};

/// Why a network could not be made.
#[derive(Debug, Error)]
pub enum InitializationError {
    /// The file of initial weights does not do.
    #[error("model.init: {0}")]
    File(#[from] WeightsFileError),
    /// The network in the file is normalised in another way than the one that is to be trained.
    #[error(
        "model.init.file: the network in the file has {found}, which must go with remedies.{found}, found {}",
        wanted.map_or("no such remedy".to_owned(), |wanted| format!("remedies.{wanted}"))
    )]
    Norm {
        /// What the file has.
        found: &'static str,
        /// What is to be trained.
        wanted: Option<&'static str>,
    },
}

impl Network {
    /// Refuses a network out of a file that is normalised, where training normalises it otherwise or not at all.
    ///
    /// # Errors
    /// If it is so.
    pub fn check_norm(&self, wanted: Option<NormKind>) -> Result<(), InitializationError> {
        let wanted = wanted.map(NormKind::name);
        match self.norm().map(NormKind::name) {
            Some(found) if Some(found) != wanted => Err(InitializationError::Norm { found, wanted }),
            _ => Ok(()),
        }
    }

    /// The network that `settings` describe, as training finds it at epoch 0.
    pub fn initialized(
        settings: &ModelSettings,
        inputs: usize,
        outputs: usize,
        seed: u64,
    ) -> Result<Network, InitializationError> {
        Self::member_initialized(settings, inputs, outputs, seed, 0)
    }

    /// As [`Self::initialized`], for a member of an ensemble, which draws from streams of its own; 0 is the single network.
    pub(super) fn member_initialized(
        settings: &ModelSettings,
        inputs: usize,
        outputs: usize,
        seed: u64,
        member: u32,
    ) -> Result<Network, InitializationError> {
        let sizes = settings.sizes(inputs, outputs);
        let shapes: Vec<(usize, usize)> = sizes.windows(2).map(|pair| (pair[1], pair[0])).collect();
        if let Initialization::File { file } = &settings.init {
            return Ok(Network::new(weights_file::read_layers(file, &shapes)?, settings.activation));
        }
        let layers = shapes.iter().enumerate().map(|(index, &(outputs, inputs))| {
            let stream = StreamKey::new(seed, Purpose::Initialization).member(member).layer(index).open();
            let last = index + 1 == shapes.len();
            let activation = if last { Activation::Identity } else { settings.activation };
            draw_layer(&settings.init, stream, outputs, inputs, activation)
        });
        Ok(Network::new(layers.collect(), settings.activation))
    }
}

/// One layer, drawn from its stream.
fn draw_layer(
    init: &Initialization,
    mut stream: Stream,
    outputs: usize,
    inputs: usize,
    activation: Activation,
) -> Layer {
    let (fan_in, fan_out) = (inputs as f64, outputs as f64);
    let mut draw: Box<dyn FnMut() -> f64> = match init {
        Initialization::Rule(InitializationRule::Zeros) => Box::new(|| 0.0),
        Initialization::Rule(InitializationRule::KaimingUniform) => {
            uniform(&mut stream, activation.gain() * libm::sqrt(3.0 / fan_in))
        }
        Initialization::Rule(InitializationRule::KaimingNormal) => {
            normal(&mut stream, activation.gain() / libm::sqrt(fan_in))
        }
        Initialization::Rule(InitializationRule::XavierUniform) => {
            uniform(&mut stream, libm::sqrt(6.0 / (fan_in + fan_out)))
        }
        Initialization::Rule(InitializationRule::XavierNormal) => {
            normal(&mut stream, libm::sqrt(2.0 / (fan_in + fan_out)))
        }
        Initialization::Normal { normal: deviation, .. } => normal(&mut stream, *deviation),
        Initialization::File { .. } => unreachable!("a file's layers are read, not drawn"),
    };
    let weights = Array2::from_shape_simple_fn((outputs, inputs), || draw() as f32);
    let bias = match init {
        Initialization::Normal { biases: true, .. } => Array1::from_shape_simple_fn(outputs, || draw() as f32),
        _ => Array1::zeros(outputs),
    };
    drop(draw);
    Layer::new(weights, bias)
}

fn uniform(stream: &mut Stream, bound: f64) -> Box<dyn FnMut() -> f64 + '_> {
    Box::new(move || bound * (2.0 * stream.uniform() - 1.0))
}

fn normal(stream: &mut Stream, deviation: f64) -> Box<dyn FnMut() -> f64 + '_> {
    Box::new(move || deviation * stream.normal())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(init: Initialization, activation: Activation) -> Network {
        let settings = ModelSettings { hidden: vec![300, 200], activation, init };
        Network::initialized(&settings, 100, 10, 1).expect("no file is read")
    }

    /// (largest magnitude, standard deviation) of the weights of a layer.
    fn spread(layer: &Layer) -> (f64, f64) {
        let weights: Vec<f64> = layer.weights.iter().map(|&w| f64::from(w)).collect();
        let square = weights.iter().map(|w| w * w).sum::<f64>() / weights.len() as f64;
        (weights.iter().fold(0.0, |largest, w| f64::max(largest, w.abs())), square.sqrt())
    }

    #[test]
    fn kaiming_uniform_fills_its_bound_by_fan_in_and_gain() {
        let network = network(Initialization::Rule(InitializationRule::KaimingUniform), Activation::Relu);
        for (layer, bound) in network.layers.iter().zip([(6.0f64 / 100.0).sqrt(), (6.0f64 / 300.0).sqrt()]) {
            let (largest, deviation) = spread(layer);
            assert!(largest <= bound && largest > 0.99 * bound, "{largest} of {bound}");
            assert!((deviation - bound / 3f64.sqrt()).abs() < 0.02 * bound);
        }
        // The last layer has no activation: gain 1.
        assert!(spread(&network.layers[2]).0 <= (3.0f64 / 200.0).sqrt());
        assert!(network.layers.iter().all(|layer| layer.bias.iter().all(|&b| b == 0.0)));
    }

    #[test]
    fn the_other_rules_have_their_deviations() {
        for (rule, wanted) in [
            (InitializationRule::KaimingNormal, 5.0 / 3.0 / 10.0),
            (InitializationRule::XavierUniform, (2.0f64 / 400.0).sqrt()),
            (InitializationRule::XavierNormal, (2.0f64 / 400.0).sqrt()),
            (InitializationRule::Zeros, 0.0),
        ] {
            let (_, deviation) = spread(&network(Initialization::Rule(rule), Activation::Tanh).layers[0]);
            assert!((deviation - wanted).abs() <= 0.02 * wanted, "{rule:?}: {deviation}, wanted {wanted}");
        }
    }

    #[test]
    fn normal_draws_biases_only_where_asked() {
        let with = network(Initialization::Normal { normal: 1.0, biases: true }, Activation::Sigmoid);
        let without = network(Initialization::Normal { normal: 1.0, biases: false }, Activation::Sigmoid);
        assert_eq!(with.layers[0].weights, without.layers[0].weights, "the biases are drawn after the weights");
        assert!(with.layers[0].bias.iter().all(|&b| b != 0.0));
        assert!(without.layers[0].bias.iter().all(|&b| b == 0.0));
    }

    #[test]
    fn a_seed_gives_the_same_network_and_another_seed_another() {
        let settings = ModelSettings {
            hidden: vec![4],
            activation: Activation::Relu,
            init: Initialization::Rule(InitializationRule::KaimingUniform),
        };
        let make = |seed| Network::initialized(&settings, 3, 2, seed).expect("no file is read");
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
    }
}
