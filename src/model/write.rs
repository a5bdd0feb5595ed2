//! A network, or several that vote, as the bytes of a file.

use std::borrow::Cow;

use safetensors::Dtype;
use safetensors::tensor::TensorView;

use super::description::{Description, KEY, Note};
use crate::nn::{Ensemble, Gate, Network, NormKind};

/// What is said of a network whose hidden units are drawn at test time.
const SAMPLED: &str =
    "this file holds the network of dropout.inference = \"mean\"; the figures of its trial come from \"sampled\"";

/// The file of `ensemble`: `0.weight`, ... for a single network, `0.0.weight`, ..., `1.0.weight`, ... for several, the names of
/// an `nn.ModuleList` of them. `gates` are those of each network; constant ones in front of its layers (dropout that rescales
/// at test time) are multiplied into the weights, so that the file needs to know nothing of them. Units that are drawn at test
/// time (DropConnect with sampled inference) cannot be told to a file of weights: it holds the network of the mean, and its
/// metadata say so.
///
/// # Panics
/// If batch norm was not folded: see [`Network::folded`].
pub fn to_safetensors(ensemble: &Ensemble, gates: &[Vec<Gate>], description: &Description) -> Vec<u8> {
    let mut tensors = Vec::new();
    for (number, (network, gates)) in ensemble.members.iter().zip(gates).enumerate() {
        let prefix = if ensemble.members.len() == 1 { String::new() } else { format!("{number}.") };
        add_tensors(network, gates, &prefix, &mut tensors);
    }
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("shape and bytes come from one array");
        (name.clone(), view)
    });
    let sampled = gates.iter().flatten().any(|gate| matches!(gate, Gate::Sampled(_)));
    let note = Note { description: Cow::Borrowed(description), inference: sampled.then(|| SAMPLED.to_owned()) };
    let text = serde_json::to_string(&note).expect("a description has text keys only");
    // One key only: those of a map would come in another order each time.
    let metadata = [(KEY.to_owned(), text)].into();
    safetensors::serialize(views, Some(metadata)).expect("names are unique and sizes small")
}

/// A tensor's name, shape and bytes.
type NamedTensor = (String, Vec<usize>, Vec<u8>);

/// Adds the tensors of a network, whose names begin with `prefix`.
fn add_tensors(network: &Network, gates: &[Gate], prefix: &str, tensors: &mut Vec<NamedTensor>) {
    assert!(!network.norm().is_some_and(NormKind::is_batch), "batch norm is folded before a network is saved");
    let mut place = 0;
    for (index, layer) in network.layers.iter().enumerate() {
        let factor = match gates.get(index) {
            Some(Gate::Scale(factor)) => *factor,
            Some(Gate::Sampled(sampling)) => sampling.mean,
            _ => 1.0,
        };
        let bytes = |values: &mut dyn Iterator<Item = f32>| values.flat_map(f32::to_le_bytes).collect();
        let weights = bytes(&mut layer.weights.iter().map(|&weight| weight * factor));
        let bias = bytes(&mut layer.bias.iter().copied());
        tensors.push((format!("{prefix}{place}.weight"), vec![layer.outputs(), layer.inputs()], weights));
        tensors.push((format!("{prefix}{place}.bias"), vec![layer.outputs()], bias));
        if let Some(norm) = &layer.norm {
            place += 1;
            for (name, values) in [("weight", &norm.gain), ("bias", &norm.shift)] {
                let values = bytes(&mut values.iter().copied());
                tensors.push((format!("{prefix}{place}.{name}"), vec![layer.outputs()], values));
            }
        }
        // The layer, and its activation.
        place += 2;
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use safetensors::SafeTensors;

    use serde_json::Value;

    use super::super::description::Normalization;
    use super::*;
    use crate::data::{Preprocessing, Task};
    use crate::nn::{Activation, Layer, LossChoice};

    fn preprocessing() -> Preprocessing {
        let reading = serde_json::json!({
            "missing": [""], "delimiter": "auto", "encoding": "auto", "header": true, "comment": "auto", "decimal": "auto",
            "thousands": "auto",
        });
        let target = serde_json::json!({ "name": "y", "shift": 0.0, "scale": 1.0 });
        serde_json::from_value(serde_json::json!({ "reading": reading, "columns": [], "target": target })).unwrap()
    }

    fn description() -> Description {
        Description {
            version: "1.0.0".into(),
            trial: "abc".into(),
            task: Task::Classification,
            activation: Activation::Relu,
            loss: LossChoice::CrossEntropy,
            members: None,
            norm: None,
            classes: vec!["yes".into(), "no".into()],
            preprocessing: preprocessing(),
        }
    }

    #[test]
    fn a_file_holds_the_tensors_under_pytorchs_names() {
        let network = Network::new(
            vec![Layer::new(array![[1.0, 2.0]], array![3.0]), Layer::new(array![[4.0], [5.0]], array![6.0, 7.0])],
            Activation::Relu,
        );
        let bytes = to_safetensors(&network.into(), &[vec![Gate::Open, Gate::Scale(0.5)]], &description());
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
        let bytes = to_safetensors(&network.clone().into(), &[vec![sampled(0.5), Gate::Open]], &description());
        assert_eq!(
            SafeTensors::deserialize(&bytes).expect("it was just written").tensor("0.weight").unwrap().data(),
            1f32.to_le_bytes()
        );
        let note = |bytes: &[u8]| {
            let (_, metadata) = SafeTensors::read_metadata(bytes).expect("it was just written");
            let text = metadata.metadata().as_ref().expect("there is one")[KEY].clone();
            serde_json::from_str::<Value>(&text).unwrap().get("inference").cloned()
        };
        assert_eq!(note(&bytes), Some(SAMPLED.into()));
        assert_eq!(note(&to_safetensors(&network.into(), &[vec![]], &description())), None);
    }

    #[test]
    fn layer_norm_stands_behind_its_layer_as_in_a_sequential_of_pytorchs() {
        let layer = || Layer::new(array![[1.0, 2.0], [3.0, 4.0]], array![5.0, 6.0]);
        let mut network = Network::new(vec![layer(), layer(), layer()], Activation::Relu);
        let kind = NormKind::LayerNorm { epsilon: 0.001 };
        network.normalize(kind);
        network.layers[1].norm.as_mut().expect("it was just normalised").gain = array![7.0, 8.0];
        let bytes = to_safetensors(
            &network.clone().into(),
            &[vec![]],
            &Description { norm: Some(Normalization::of(kind)), ..description() },
        );
        let file = SafeTensors::deserialize(&bytes).expect("it was just written");
        let mut names = file.names();
        names.sort_unstable();
        let wanted = ["0", "1", "3", "4", "6"].map(|place| [format!("{place}.bias"), format!("{place}.weight")]);
        assert_eq!(names, wanted.concat());
        let gain = file.tensor("4.weight").unwrap();
        assert_eq!((gain.shape(), gain.data()), (&[2][..], [7f32, 8.0].map(f32::to_le_bytes).concat().as_slice()));
        let (_, metadata) = SafeTensors::read_metadata(&bytes).expect("it was just written");
        let text = &metadata.metadata().as_ref().expect("there is one")[KEY];
        assert!(text.contains(r#""norm":{"kind":"layer_norm","epsilon":0.001,"folded":false}"#), "{text}");
        assert!(
            !String::from_utf8_lossy(&to_safetensors(&network.into(), &[vec![]], &description())).contains("folded")
        );
    }

    #[test]
    fn the_same_network_gives_the_same_bytes() {
        let network = Network::new(vec![Layer::new(array![[1.0]], array![0.0])], Activation::Relu);
        let bytes = || to_safetensors(&network.clone().into(), &[vec![]], &description());
        assert_eq!(bytes(), bytes());
    }

    #[test]
    fn several_networks_have_the_names_of_a_list_of_them() {
        let network = |weight| Network::new(vec![Layer::new(array![[weight]], array![0.5])], Activation::Relu);
        let ensemble = Ensemble { members: vec![network(1.0), network(2.0)] };
        let several = Description { members: Some(2), ..description() };
        let bytes = to_safetensors(&ensemble, &[vec![Gate::Open], vec![Gate::Scale(0.5)]], &several);
        let file = SafeTensors::deserialize(&bytes).expect("it was just written");
        let mut names = file.names();
        names.sort_unstable();
        assert_eq!(names, ["0.0.bias", "0.0.weight", "1.0.bias", "1.0.weight"]);
        assert_eq!(file.tensor("0.0.weight").unwrap().data(), 1f32.to_le_bytes());
        assert_eq!(file.tensor("1.0.weight").unwrap().data(), 1f32.to_le_bytes(), "its own gate is multiplied in");
        let described = |bytes: &[u8]| SafeTensors::read_metadata(bytes).expect("it was just written").1;
        let text = described(&bytes).metadata().as_ref().unwrap()[KEY].clone();
        assert!(text.contains("\"members\":2"), "{text}");
        let single = to_safetensors(&network(1.0).into(), &[vec![]], &description());
        assert!(!described(&single).metadata().as_ref().unwrap()[KEY].contains("members"));
    }
}
