//! Networks in files: safetensors with the names and layout of PyTorch's `nn.Sequential`.
//!
//! In: a network, and what one has to know to use it. Out: the bytes of a file that `load_state_dict` takes: `0.weight`
//! [outputs, inputs], `0.bias`, `2.weight`, ... (the odd places are the activations, which have no weights). Everything else
//! stands as JSON under the metadata key `overfit`.
//!
//! [`compression`] measures in how few bytes a pruned network could be kept.

pub mod compression;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde::Serialize;
use serde_json::Value;

use crate::data::Task;
use crate::nn::{Activation, Gate, Network};

/// The metadata key of [`Description`].
const KEY: &str = "overfit";

/// The metadata key, and what stands there, of a network whose hidden units are drawn at test time.
const SAMPLED: (&str, &str) = (
    "inference",
    "this file holds the network of dropout.inference = \"mean\"; the figures of its trial come from \"sampled\"",
);

/// What one has to know of a saved network to use it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description {
    /// The version of the program that trained it.
    pub version: String,
    /// The trial that it is the network of.
    pub trial: String,
    /// What it predicts.
    pub task: Task,
    /// The activation of its hidden layers.
    pub activation: Activation,
    /// The classes, in the order of the outputs; empty for a regression.
    pub classes: Vec<String>,
    /// How a row of the table becomes inputs, and an output a prediction.
    pub preprocessing: Value,
}

/// The file of `network`. Constant gates in front of its layers (dropout that rescales at test time) are multiplied into the
/// weights, so that the file needs to know nothing of them. Units that are drawn at test time (DropConnect with sampled
/// inference) cannot be told to a file of weights: it holds the network of the mean, and its metadata say so.
pub fn to_safetensors(network: &Network, gates: &[Gate], description: &Description) -> Vec<u8> {
    let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    for (index, layer) in network.layers.iter().enumerate() {
        let factor = match gates.get(index) {
            Some(Gate::Scale(factor)) => *factor,
            Some(Gate::Sampled(sampling)) => sampling.mean,
            _ => 1.0,
        };
        let bytes = |values: &mut dyn Iterator<Item = f32>| values.flat_map(f32::to_le_bytes).collect();
        let weights = bytes(&mut layer.weights.iter().map(|&weight| weight * factor));
        tensors.push((format!("{}.weight", 2 * index), vec![layer.outputs(), layer.inputs()], weights));
        tensors.push((format!("{}.bias", 2 * index), vec![layer.outputs()], bytes(&mut layer.bias.iter().copied())));
    }
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("shape and bytes come from one array");
        (name.clone(), view)
    });
    let text = serde_json::to_string(description).expect("a description has text keys only");
    let sampled = gates.iter().any(|gate| matches!(gate, Gate::Sampled(_)));
    let note = sampled.then(|| (SAMPLED.0.to_owned(), SAMPLED.1.to_owned()));
    let metadata = std::iter::once((KEY.to_owned(), text)).chain(note).collect();
    safetensors::serialize(views, Some(metadata)).expect("names are unique and sizes small")
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use safetensors::SafeTensors;

    use super::*;
    use crate::nn::Layer;

    fn description() -> Description {
        Description {
            version: "1.0.0".into(),
            trial: "abc".into(),
            task: Task::Classification,
            activation: Activation::Relu,
            classes: vec!["yes".into(), "no".into()],
            preprocessing: Value::Null,
        }
    }

    #[test]
    fn a_file_holds_the_tensors_under_pytorchs_names() {
        let network = Network::new(
            vec![Layer::new(array![[1.0, 2.0]], array![3.0]), Layer::new(array![[4.0], [5.0]], array![6.0, 7.0])],
            Activation::Relu,
        );
        let bytes = to_safetensors(&network, &[Gate::Open, Gate::Scale(0.5)], &description());
        let file = SafeTensors::deserialize(&bytes).expect("it was just written");
        let tensor = |name: &str| {
            let tensor = file.tensor(name).expect("it was written");
            let values: Vec<f32> =
                tensor.data().chunks(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
            (tensor.shape().to_vec(), values)
        };
        assert_eq!(tensor("0.weight"), (vec![1, 2], vec![1.0, 2.0]));
        assert_eq!(tensor("0.bias"), (vec![1], vec![3.0]));
        assert_eq!(tensor("2.weight"), (vec![2, 1], vec![2.0, 2.5]), "the gate is multiplied in");
        assert_eq!(tensor("2.bias"), (vec![2], vec![6.0, 7.0]));
    }

    #[test]
    fn a_network_that_was_sampled_is_kept_as_its_mean_and_says_so() {
        let network = Network::new(
            vec![Layer::new(array![[2.0]], array![3.0]), Layer::new(array![[4.0]], array![5.0])],
            Activation::Relu,
        );
        let key = crate::random::StreamKey::new(0, crate::random::Purpose::ConnectInference);
        let sampled = |mean| Gate::Sampled(crate::nn::Sampling { key, mean, deviation: 1.0, samples: 10 });
        let bytes = to_safetensors(&network, &[sampled(0.5), Gate::Open], &description());
        assert_eq!(
            SafeTensors::deserialize(&bytes).expect("it was just written").tensor("0.weight").unwrap().data(),
            1f32.to_le_bytes()
        );
        let note = |bytes: &[u8]| {
            let (_, metadata) = SafeTensors::read_metadata(bytes).expect("it was just written");
            metadata.metadata().as_ref().and_then(|metadata| metadata.get(SAMPLED.0).cloned())
        };
        assert_eq!(note(&bytes), Some(SAMPLED.1.to_owned()));
        assert_eq!(note(&to_safetensors(&network, &[], &description())), None);
    }

    #[test]
    fn the_same_network_gives_the_same_bytes() {
        let network = Network::new(vec![Layer::new(array![[1.0]], array![0.0])], Activation::Relu);
        let bytes = || to_safetensors(&network, &[], &description());
        assert_eq!(bytes(), bytes());
    }
}
