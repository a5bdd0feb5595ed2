//! A network: layers one behind the other.

use super::layer::{Gradient, Layer, slice};
use super::{Activation, Norm, NormKind, Optimizer, OptimizerClock};

/// A multi-layer perceptron. Hidden layers have the activation; the last layer has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// The layers, from the inputs to the outputs; at least one.
    pub layers: Vec<Layer>,
    /// The activation of all layers but the last.
    pub activation: Activation,
    /// What the optimizer has to remember of its past steps.
    pub clock: OptimizerClock,
}

impl Network {
    /// A network of these layers.
    ///
    /// # Panics
    /// If there is no layer, or one does not take what the one before it gives.
    pub fn new(layers: Vec<Layer>, activation: Activation) -> Self {
        assert!(!layers.is_empty(), "a network has at least one layer");
        for pair in layers.windows(2) {
            assert_eq!(pair[0].outputs(), pair[1].inputs(), "a layer takes what the one before it gives");
        }
        Self { layers, activation, clock: OptimizerClock::default() }
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs()
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs()
    }

    /// Units from the inputs to the outputs.
    pub fn sizes(&self) -> Vec<usize> {
        std::iter::once(self.inputs()).chain(self.layers.iter().map(Layer::outputs)).collect()
    }

    /// Weights, biases and what its normalisation has of γ and β: that the network has now.
    pub fn parameters(&self) -> usize {
        self.parts().map(<[f32]>::len).sum()
    }

    /// Parameters that are not 0.
    pub fn nonzero_parameters(&self) -> usize {
        self.parts().map(nonzero).sum()
    }

    /// Weights (without biases) that are not 0.
    pub fn nonzero_weights(&self) -> usize {
        self.layers.iter().map(|layer| nonzero(slice(&layer.weights))).sum()
    }

    /// Weights (without biases) that the network has now.
    pub fn weights(&self) -> usize {
        self.layers.iter().map(|layer| layer.weights.len()).sum()
    }

    /// The weights of the first layer row by row, its biases, its γ and β where it is normalised, the weights of the second
    /// layer, and so on.
    pub fn parts(&self) -> impl Iterator<Item = &[f32]> {
        self.layers.iter().flat_map(Layer::parts)
    }

    /// As [`Self::parts`], to be changed.
    pub fn parts_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.layers.iter_mut().flat_map(Layer::parts_mut)
    }

    /// The same network without what the optimizer keeps beside it, and without learnt gates.
    pub fn bare(&self) -> Network {
        self.map(Layer::bare)
    }

    /// Whether the other has as many units in every layer, and the same connections were pruned.
    pub fn has_structure_of(&self, other: &Network) -> bool {
        let alike = |(a, b): (&Layer, &Layer)| {
            a.weights.dim() == b.weights.dim() && a.mask == b.mask && a.norm.is_some() == b.norm.is_some()
        };
        self.layers.len() == other.layers.len() && self.layers.iter().zip(&other.layers).all(alike)
    }

    /// Normalises what the units of every hidden layer sum up. What is there of this kind already, since it came from a file,
    /// keeps its γ and β.
    pub fn normalize(&mut self, kind: NormKind) {
        let hidden = self.layers.len() - 1;
        for layer in &mut self.layers[..hidden] {
            let units = layer.outputs();
            match &mut layer.norm {
                Some(norm) if norm.kind.name() == kind.name() => norm.kind = kind,
                norm => *norm = Some(Norm::new(kind, units)),
            }
        }
    }

    /// How it is normalised, if it is: all hidden layers alike.
    pub fn norm(&self) -> Option<NormKind> {
        self.layers[0].norm.as_ref().map(|norm| norm.kind)
    }

    /// The network that gives at test time, without gates and batch norm, what this one gives behind its learnt gates and by
    /// its running figures; `None` where it has neither. For passes only: it has no moments. Layer norm stays.
    pub fn folded(&self) -> Option<Network> {
        let folds = self.has_gates() || self.norm().is_some_and(NormKind::is_batch);
        folds.then(|| self.map(Layer::folded))
    }

    /// As [`Self::folded`], for the learnt gates alone: what is normalised stays so.
    pub fn gated(&self) -> Option<Network> {
        self.has_gates().then(|| self.map(Layer::gated))
    }

    fn has_gates(&self) -> bool {
        self.layers.iter().any(|layer| layer.gates.is_some())
    }

    fn map(&self, change: impl Fn(&Layer) -> Layer) -> Network {
        Network::new(self.layers.iter().map(change).collect(), self.activation)
    }

    /// Hands the incoming weights of every unit of every layer to `change`, then, where `biases` says so, each bias, γ and β.
    pub fn each_unit_mut(&mut self, biases: bool, mut change: impl FnMut(&mut [f32])) {
        for layer in &mut self.layers {
            layer.units_mut().for_each(&mut change);
            if biases {
                layer.parts_mut().skip(1).flatten().for_each(|bias| change(std::slice::from_mut(bias)));
            }
        }
    }

    /// Σ of a value over the incoming weights of every unit of every layer and, where `biases` says so, over biases, γ and β.
    pub fn sum_over_units(&self, biases: bool, value: impl Fn(&[f32]) -> f64) -> f64 {
        let mut sum = 0.0;
        for layer in &self.layers {
            sum += layer.units().map(&value).sum::<f64>();
            if biases {
                sum += layer.parts().skip(1).flatten().map(|bias| value(std::slice::from_ref(bias))).sum::<f64>();
            }
        }
        sum
    }

    /// Makes room for the moments that `optimizer` keeps.
    pub fn prepare(&mut self, optimizer: &Optimizer) {
        self.layers.iter_mut().for_each(|layer| layer.prepare(optimizer));
    }

    /// Makes the optimizer forget all its past steps.
    pub fn forget(&mut self) {
        self.layers.iter_mut().for_each(Layer::forget);
        self.clock = OptimizerClock::default();
    }

    /// One step of the optimizer against the gradients, one per layer.
    pub fn update(&mut self, optimizer: &Optimizer, learning_rate: f64, gradients: &[Gradient]) {
        optimizer.tick(&mut self.clock);
        for (layer, gradient) in self.layers.iter_mut().zip(gradients) {
            layer.update(optimizer, &self.clock, learning_rate, gradient);
        }
    }

    /// The network of these units of each hidden layer, without moments and masks: what is dropped for a batch is not there.
    pub fn thinned(&self, kept: &[Vec<usize>]) -> Network {
        let layers = self.layers.iter().enumerate().map(|(index, layer)| {
            let outputs = kept.get(index).map(Vec::as_slice);
            let inputs = index.checked_sub(1).map(|before| kept[before].as_slice());
            layer.thinned(outputs, inputs)
        });
        Network { layers: layers.collect(), activation: self.activation, clock: self.clock }
    }

    /// Takes `units` out of the hidden layer `layer`: their incoming weights, bias, moments and mask, and what the next
    /// layer has for them. A unit that no input reaches gives the same to every row; what of that passes its learnt gate is
    /// folded into the next bias, so that such a unit leaves without a trace. This is the only door through which a network changes its shape.
    ///
    /// # Panics
    /// If the layer is the last, which has no next one, or would be empty.
    pub fn remove_units(&mut self, layer: usize, units: &[usize]) {
        assert!(layer + 1 < self.layers.len(), "units leave hidden layers only");
        let kept: Vec<usize> = (0..self.layers[layer].outputs()).filter(|unit| !units.contains(unit)).collect();
        assert!(!kept.is_empty(), "a layer is never emptied");
        for &unit in units {
            self.fold_constant(layer, unit);
        }
        self.layers[layer].keep_outputs(&kept);
        self.layers[layer + 1].keep_inputs(&kept);
    }

    /// Adds what `unit` gives at test time to the next layer's bias, if all its incoming weights are 0. Under layer norm it
    /// gives to each row something else.
    fn fold_constant(&mut self, layer: usize, unit: usize) {
        let of = &self.layers[layer];
        let is_constant = of.norm.as_ref().is_none_or(|norm| norm.kind.is_batch());
        if !is_constant || of.weights.row(unit).iter().any(|&weight| weight != 0.0) {
            return;
        }
        let sum = of.norm.as_ref().map_or(of.bias[unit], |norm| {
            let (factor, constant) = norm.line(unit);
            (factor * f64::from(of.bias[unit]) + constant) as f32
        });
        let mut constant = [0.0];
        self.activation.forward(&[sum], &mut constant);
        let next = &mut self.layers[layer + 1];
        let gate = next.gates.as_ref().and_then(|gates| gates.test_factors().nth(unit)).unwrap_or(1.0);
        let outgoing = next.weights.column(unit).to_owned();
        next.bias.scaled_add(constant[0] * gate as f32, &outgoing);
    }
}

/// Counted after every epoch: a plain loop over a slice, which runs on vectors.
fn nonzero(values: &[f32]) -> usize {
    values.iter().filter(|&&value| value != 0.0).count()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::nn::LearnedGates;

    #[test]
    fn counts_parameters_with_and_without_zeros() {
        let network = Network::new(
            vec![
                Layer::new(array![[1.0, 0.0], [2.0, 3.0]], array![0.0, 1.0]),
                Layer::new(array![[4.0, 5.0]], array![0.0]),
            ],
            Activation::Relu,
        );
        assert_eq!((network.inputs(), network.outputs()), (2, 1));
        assert_eq!((network.parameters(), network.nonzero_parameters()), (9, 6));
        assert_eq!((network.weights(), network.nonzero_weights()), (6, 5));
    }

    #[test]
    fn a_removed_unit_takes_its_row_and_the_next_column_along() {
        let mut network = Network::new(
            vec![
                Layer::new(array![[1.0], [2.0], [3.0]], array![0.1, 0.2, 0.3]),
                Layer::new(array![[4.0, 5.0, 6.0]], array![0.0]),
            ],
            Activation::Relu,
        );
        network.remove_units(0, &[1]);
        assert_eq!(network.layers[0].weights, array![[1.0], [3.0]]);
        assert_eq!(network.layers[0].bias, array![0.1, 0.3]);
        assert_eq!(network.layers[1].weights, array![[4.0, 6.0]]);
        assert_eq!(network.layers[1].bias, array![0.0]);
    }

    #[test]
    fn a_bare_network_computes_the_same_and_has_forgotten_its_steps() {
        let optimizer = Optimizer::Momentum { momentum: 0.9 };
        let mut network = Network::new(vec![Layer::new(array![[1.0, 2.0]], array![3.0])], Activation::Relu);
        network.prepare(&optimizer);
        network.layers[0].prune_weights(&[1]);
        network.update(&optimizer, 1.0, &[Gradient { weights: array![[0.5, 0.0]], bias: array![1.0], norm: None }]);
        let bare = network.bare();
        assert_eq!(bare.parts().collect::<Vec<_>>(), [&[0.5, 0.0][..], &[2.0]]);
        assert!(bare.has_structure_of(&network) && bare != network);
    }

    #[test]
    fn a_pruned_weight_changes_the_structure_and_a_weight_of_zero_does_not() {
        let network = Network::new(vec![Layer::new(array![[1.0, 2.0]], array![3.0])], Activation::Relu);
        let mut other = network.clone();
        other.layers[0].weights[[0, 1]] = 0.0;
        assert!(network.has_structure_of(&other));
        other.layers[0].prune_weights(&[1]);
        assert!(!network.has_structure_of(&other));
    }

    #[test]
    fn a_folded_network_has_its_gates_in_its_columns() {
        let mut network =
            Network::new(vec![Layer::new(array![[1.0, 2.0], [3.0, 4.0]], array![0.5, 0.5])], Activation::Relu);
        assert_eq!(network.folded(), None);
        // The test gates of log α 0 and -3 are 0.5 and 0.
        network.layers[0].gates = Some(LearnedGates::new(vec![0.0, -3.0]));
        let wanted = Layer::new(array![[0.5, 0.0], [1.5, 0.0]], array![0.5, 0.5]);
        assert_eq!(network.folded(), Some(Network::new(vec![wanted], Activation::Relu)));
    }

    #[test]
    fn what_a_constant_unit_gives_is_folded_into_the_next_bias() {
        let mut network = Network::new(
            vec![Layer::new(array![[1.0], [0.0]], array![0.1, 3.0]), Layer::new(array![[4.0, 5.0]], array![1.0])],
            Activation::Identity,
        );
        let mut gated = network.clone();
        network.remove_units(0, &[1]);
        assert_eq!(network.layers[1].bias, array![16.0]);
        // The test gate of log α 0 is 0.5.
        gated.layers[1].gates = Some(LearnedGates::new(vec![4.0, 0.0]));
        gated.remove_units(0, &[1]);
        assert_eq!(gated.layers[1].bias, array![8.5]);
        assert_eq!(gated.layers[1].gates, Some(LearnedGates::new(vec![4.0])));
    }
}
