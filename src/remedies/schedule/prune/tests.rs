mod second_order;

use ndarray::{Array2, array, s};

use super::choice::{Ratio, Scope};
use super::plan::Stage;
use super::*;
use crate::data::TrialData;
use crate::data::fixtures::trial;
use crate::nn::{Activation, Gate, Initialization, Layer, LearnedGates, Loss, ModelSettings, Network, Pass, Team};
use crate::recipe::{Moment, Operation, Surgery, TrainingRows};

const MAGNITUDE: Saliency =
    Saliency { method: Method::Magnitude, structure: Structure::Weight, norm: Norm::L2, batch_size: 1000 };

/// Thirty rows of two inputs, of two classes.
fn rows() -> TrialData {
    let rows = (0..30).map(|row| format!("{},{},{}\n", row % 7, (row * row) % 11, ["a", "b"][row / 3 % 2]));
    trial(&format!("u,v,y\n{}", rows.collect::<String>()), 0)
}

/// Cuts `ratio` in one shot.
fn cut(network: &mut Network, saliency: Saliency, ratio: Ratio, scope: Scope) {
    let originals = originals(saliency.structure, &network.sizes());
    cut_of(network, None, originals, saliency, ratio, scope);
}

/// Cuts `ratio` of the original numbers, and rewinds where there is an initial network.
fn cut_of(
    network: &mut Network,
    initial: Option<&mut Network>,
    originals: Vec<usize>,
    saliency: Saliency,
    ratio: Ratio,
    scope: Scope,
) {
    let data = rows();
    let cuts = vec![Cut { epoch: 1, stage: Stage::Geometric(1.0) }];
    let restarts = if initial.is_some() { vec![1] } else { Vec::new() };
    Pruning { cuts, saliency, originals, ratio, scope, restarts }.operate(&mut Operation {
        network,
        initial,
        rows: TrainingRows::of(&data),
        loss: Loss::CrossEntropy,
        team: &Team::default(),
        moment: Moment { seed: 0, member: 0, step: 1 },
    });
}

/// A drawn network.
fn drawn(sizes: &[usize], activation: Activation, seed: u64) -> Network {
    let init = Initialization::Normal { normal: 0.7, biases: true };
    let settings = ModelSettings { hidden: sizes[1..sizes.len() - 1].to_vec(), activation, init };
    Network::initialized(&settings, sizes[0], sizes[sizes.len() - 1], seed).expect("no file is read")
}

/// The places of the weights of a layer that are 0.
fn zeros(layer: &Layer) -> Vec<usize> {
    layer.weights.iter().enumerate().filter(|&(_, &w)| w == 0.0).map(|(place, _)| place).collect()
}

fn neurons(method: Method) -> Saliency {
    Saliency { method, structure: Structure::Neuron, ..MAGNITUDE }
}

#[test]
fn the_worked_matrix_loses_its_smallest_weights_ties_by_index() {
    let layer = Layer::new(array![[1.0, 2.0, 3.0, 4.0], [-4.0, -3.0, -2.0, -1.0]], array![0.0, 0.0]);
    let mut network = Network::new(vec![layer], Activation::Relu);
    cut(&mut network, MAGNITUDE, Ratio::Same(0.25), Scope::Layer);
    assert_eq!(network.layers[0].weights, array![[0.0, 2.0, 3.0, 4.0], [-4.0, -3.0, -2.0, 0.0]]);
    cut(&mut network, MAGNITUDE, Ratio::Same(0.5), Scope::Layer);
    assert_eq!(network.layers[0].weights, array![[0.0, 0.0, 3.0, 4.0], [-4.0, -3.0, 0.0, 0.0]]);
}

#[test]
fn what_stands_behind_closed_gates_goes_first_and_the_weights_stay_in_front_of_theirs() {
    let gates = |log_alpha| Some(LearnedGates::new(log_alpha));
    let layer = Layer::new(array![[9.0, 1.0, 3.0], [8.0, 2.0, -4.0]], array![0.0, 0.0]);
    let mut network = Network::new(vec![layer], Activation::Relu);
    // The test gates are 0, 1 and 0.5.
    network.layers[0].gates = gates(vec![-3.0, 3.0, 0.0]);
    cut(&mut network, MAGNITUDE, Ratio::Same(0.5), Scope::Layer);
    assert_eq!(network.layers[0].weights, array![[0.0, 0.0, 3.0], [0.0, 2.0, -4.0]]);
    assert_eq!(network.layers[0].gates, gates(vec![-3.0, 3.0, 0.0]));
}

/// Two layers, whose masks PyTorch (2.x) has made with `torch.nn.utils.prune`.
fn example() -> Network {
    let first = array![[0.9, -0.11, 0.3], [-0.25, 0.62, 0.05], [0.41, -0.77, -0.18], [0.13, 0.54, -0.36]];
    let second = array![[0.62, -1.64, 0.14, 0.90], [-1.32, 0.32, -1.04, 0.42]];
    let layers = vec![Layer::new(first, array![0.1, -0.2, 0.05, 0.3]), Layer::new(second, array![0.02, -0.04])];
    Network::new(layers, Activation::Tanh)
}

#[test]
fn masks_by_magnitude_are_those_of_pytorch() {
    // prune.l1_unstructured(layer, "weight", amount=0.4)
    let mut network = example();
    cut(&mut network, MAGNITUDE, Ratio::Same(0.4), Scope::Layer);
    assert_eq!((zeros(&network.layers[0]), zeros(&network.layers[1])), (vec![1, 3, 5, 8, 9], vec![2, 5, 7]));
    // prune.global_unstructured([...], pruning_method=prune.L1Unstructured, amount=0.4)
    let mut network = example();
    cut(&mut network, MAGNITUDE, Ratio::Same(0.4), Scope::Global);
    assert_eq!((zeros(&network.layers[0]), zeros(&network.layers[1])), (vec![1, 2, 3, 5, 8, 9], vec![2, 5]));
    // prune.ln_structured(layer, "weight", amount=0.25, n=1 or 2, dim=0)
    for (norm, wanted) in [(Norm::L1, 1), (Norm::L2, 3)] {
        let mut network = example();
        let lost = network.layers[0].bias[wanted];
        cut(&mut network, Saliency { norm, ..neurons(Method::Magnitude) }, Ratio::Same(0.25), Scope::Layer);
        assert!(network.layers[0].outputs() == 3 && !network.layers[0].bias.iter().any(|&b| b == lost), "{norm:?}");
    }
}

#[test]
fn the_neurons_with_the_shortest_incoming_weights_leave() {
    let mut network = Network::new(
        vec![
            Layer::new(array![[3.0, 4.0], [1.0, 0.0], [0.0, 2.0], [6.0, 6.0]], array![0.0, 9.0, 0.0, 0.0]),
            Layer::new(array![[1.0, 2.0, 3.0, 4.0]], array![0.0]),
        ],
        Activation::Relu,
    );
    cut(&mut network, neurons(Method::Magnitude), Ratio::PerLayer(vec![0.5]), Scope::Global);
    assert_eq!(network.layers[0].weights, array![[3.0, 4.0], [6.0, 6.0]]);
    assert_eq!(network.layers[1].weights, array![[1.0, 4.0]]);
}

#[test]
fn the_neurons_that_say_least_leave_and_what_they_said_to_all_stays_in_the_next_bias() {
    // Three neurons say 3, -1 and 0.2 to every row; the inputs are standardised, so that the fourth says 0.4 on average.
    let mut network = Network::new(
        vec![
            Layer::new(array![[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.5, 0.0]], array![3.0, -1.0, 0.2, 0.0]),
            Layer::new(array![[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]], array![0.0, 0.0]),
        ],
        Activation::Identity,
    );
    cut(&mut network, neurons(Method::Activation), Ratio::Same(0.5), Scope::Global);
    assert_eq!(network.layers[0].bias, array![3.0, -1.0]);
    assert_eq!(network.layers[1].weights, array![[1.0, 2.0], [5.0, 6.0]]);
    assert_eq!(network.layers[1].bias, array![0.2 * 3.0, 0.2 * 7.0]);
}

#[test]
fn snip_scores_and_masks_are_those_of_pytorch() {
    // L = F.cross_entropy(tanh(x @ W1.T + b1) @ W2.T + b2, y); L.backward(); (W * W.grad).abs(), on the 18 training rows.
    let scores: [Vec<f64>; 2] = [
        vec![0.022360718, 0.075459898, 0.039841324, 0.273598760, 0.017441612, 0.164221689, 0.007100497, 0.065470077],
        vec![0.056808937, 0.437950760, 0.040709060, 0.128205061, 0.120948061, 0.085453816, 0.302410185, 0.059829030],
    ];
    let mut network = example();
    network.layers[0] =
        Layer::new(network.layers[0].weights.slice(s![.., ..2]).to_owned(), network.layers[0].bias.clone());
    let data = rows();
    let snip = Saliency { method: Method::Snip, ..MAGNITUDE };
    let units = Saliency { structure: Structure::Neuron, ..snip };
    let operation = Operation {
        network: &mut network,
        initial: None,
        rows: TrainingRows::of(&data),
        loss: Loss::CrossEntropy,
        team: &Team::default(),
        moment: Moment { seed: 0, member: 0, step: 0 },
    };
    let close = |found: &[f64], wanted: &[f64]| {
        assert_eq!(found.len(), wanted.len());
        found.iter().zip(wanted).for_each(|(a, b)| assert!((a - b).abs() < 1e-6, "{a}, not {b}"));
    };
    snip.scores(&operation).iter().zip(&scores).for_each(|(found, wanted)| close(found, wanted));
    close(&units.scores(&operation)[0], &[0.097820617, 0.313440084, 0.181663305, 0.072570577]);
    // torch.cat([...]).argsort()[:9]
    cut(&mut network, snip, Ratio::Same(9.0 / 16.0), Scope::Global);
    assert_eq!((zeros(&network.layers[0]), zeros(&network.layers[1])), (vec![0, 1, 2, 4, 6, 7], vec![0, 2, 7]));
}

#[test]
fn the_batch_of_snip_has_the_rows_of_a_step() {
    let score = |batch_size, step| {
        let data = rows();
        let mut network = drawn(&[2, 5, 2], Activation::Tanh, 1);
        let operation = Operation {
            network: &mut network,
            initial: None,
            rows: TrainingRows::of(&data),
            loss: Loss::CrossEntropy,
            team: &Team::default(),
            moment: Moment { seed: 0, member: 0, step },
        };
        Saliency { method: Method::Snip, batch_size, ..MAGNITUDE }.scores(&operation)
    };
    assert_eq!(score(4, 0), score(4, 0));
    assert_ne!(score(4, 0), score(4, 1), "another epoch draws another batch");
    assert_ne!(score(4, 0), score(5, 0));
}

#[test]
fn the_compacted_network_computes_what_the_masked_one_does() {
    let data = rows();
    for method in [Method::Magnitude, Method::Random, Method::Activation, Method::Snip, Method::Obd] {
        for activation in [Activation::Relu, Activation::Tanh, Activation::Sigmoid] {
            let whole = drawn(&[2, 23, 17, 2], activation, 3);
            let mut compact = whole.clone();
            cut(&mut compact, neurons(method), Ratio::Same(0.5), Scope::Layer);
            assert_eq!(compact.sizes(), [2, 11, 9, 2], "halves are rounded to even");
            let mut masked = whole.clone();
            for layer in 0..2 {
                let stays =
                    |unit: &usize| compact.layers[layer].bias.iter().any(|b| *b == whole.layers[layer].bias[*unit]);
                for unit in (0..whole.layers[layer].outputs()).filter(|unit| !stays(unit)) {
                    masked.layers[layer + 1].weights.column_mut(unit).fill(0.0);
                }
            }
            let (compact, masked) = (outputs(&compact, &data), outputs(&masked, &data));
            for (a, b) in compact.iter().zip(&masked) {
                assert!((a - b).abs() < 1e-6, "{method:?}, {activation:?}: {a} and {b}");
            }
        }
    }
}

/// The outputs for all training rows: [rows, outputs].
fn outputs(network: &Network, data: &TrialData) -> Array2<f32> {
    let rows = TrainingRows::of(data);
    let mut pass = Pass::new(network, rows.count());
    pass.load(&Team::default(), rows.count(), |row, values| rows.encode(row, values));
    pass.forward(&Team::default(), network, &vec![Gate::Open; network.layers.len()]);
    Array2::from_shape_fn((rows.count(), network.outputs()), |(row, output)| pass.output(row)[output])
}

#[test]
fn cuts_one_after_the_other_count_what_is_gone_and_end_at_the_exact_ratio() {
    for scope in [Scope::Global, Scope::Layer] {
        for method in [Method::Magnitude, Method::Random, Method::Snip, Method::Obd, Method::Obs] {
            let mut network = drawn(&[2, 23, 17, 2], Activation::Tanh, 5);
            let originals = originals(Structure::Weight, &network.sizes());
            let all: usize = originals.iter().sum();
            for way in 1..=6 {
                let ratio = Stage::Geometric(f64::from(way) / 6.0).removed(0.83);
                let saliency = Saliency { method, ..MAGNITUDE };
                cut_of(&mut network, None, originals.clone(), saliency, Ratio::Same(ratio), scope);
                let count = |n: usize| (ratio * n as f64).round_ties_even() as usize;
                match scope {
                    Scope::Global => assert_eq!(all - network.nonzero_weights(), count(all), "{method:?}"),
                    Scope::Layer => (network.layers.iter().zip(&originals))
                        .for_each(|(layer, &original)| assert_eq!(zeros(layer).len(), count(original), "{method:?}")),
                }
            }
        }
    }
}

#[test]
fn survivors_go_back_to_their_initial_values_bit_for_bit() {
    let start = drawn(&[2, 23, 17, 2], Activation::Relu, 7);
    for structure in [Structure::Weight, Structure::Neuron] {
        let (mut network, mut initial) = (start.clone(), start.clone());
        network.each_unit_mut(true, |weights| weights.iter_mut().for_each(|w| *w = *w * 1.3 + 0.05));
        let saliency = Saliency { structure, ..MAGNITUDE };
        let originals = originals(structure, &start.sizes());
        cut_of(&mut network, Some(&mut initial), originals, saliency, Ratio::Same(0.6), Scope::Layer);
        let known = |layer: usize, w: f32| start.layers[layer].weights.iter().any(|v| v.to_bits() == w.to_bits());
        for (index, layer) in network.layers.iter().enumerate() {
            assert!(layer.weights.iter().all(|&w| w == 0.0 || known(index, w)), "{structure:?}");
            match structure {
                Structure::Weight => assert_eq!(layer.bias, start.layers[index].bias),
                Structure::Neuron => {
                    assert!(layer.bias.iter().all(|b| start.layers[index].bias.iter().any(|v| v == b)))
                }
            }
        }
        match structure {
            Structure::Weight => assert_eq!(network.nonzero_weights(), 46 - 28 + 391 - 235 + 34 - 20),
            Structure::Neuron => assert_eq!(network.sizes(), [2, 9, 7, 2]),
        }
    }
}
