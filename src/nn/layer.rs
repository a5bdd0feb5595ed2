//! A fully connected layer with everything that belongs to its weights.
//!
//! Weights, bias, the optimizer's moments, the mask of what was pruned and the normalisation live and change shape together, so
//! that no part can fall behind when units leave.

use ndarray::{Array1, Array2, Axis};

use super::optimizer::{Optimizer, OptimizerClock};
use super::{LearnedGates, Norm, NormGradient};

/// A layer: z = W·x + b.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// W: [outputs, inputs]
    pub weights: Array2<f32>,
    /// b: `[outputs]`
    pub bias: Array1<f32>,
    /// 1 where a weight may live, 0 where it was pruned for good: [outputs, inputs]; `None` where nothing was pruned.
    pub mask: Option<Array2<f32>>,
    /// Gates in front of the inputs that are learnt beside the weights. A pass does not look at them: see [`Network::folded`].
    ///
    /// [`Network::folded`]: super::Network::folded
    pub gates: Option<LearnedGates>,
    /// What z goes through before the activation, if anything.
    pub norm: Option<Norm>,
    weight_moments: [Array2<f32>; 2],
    bias_moments: [Array1<f32>; 2],
}

/// The gradient of a layer's weights, bias and normalisation, in the shapes of the layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradient {
    /// ∂J/∂W: [outputs, inputs]
    pub weights: Array2<f32>,
    /// ∂J/∂b: `[outputs]`
    pub bias: Array1<f32>,
    /// Those of γ and β, where the layer is normalised.
    pub norm: Option<NormGradient>,
}

impl Gradient {
    /// A gradient of zeros for `layer`.
    pub fn zeros(layer: &Layer) -> Self {
        Self {
            weights: Array2::zeros(layer.weights.dim()),
            bias: Array1::zeros(layer.bias.dim()),
            norm: layer.norm.as_ref().map(|_| NormGradient::zeros(layer.outputs())),
        }
    }

    /// The weights' part, then that of what stands for one unit each: the bias, then γ and β where there are any.
    pub fn parts_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let norm = self.norm.as_mut().map(|norm| [slice_mut(&mut norm.gain), slice_mut(&mut norm.shift)]);
        [slice_mut(&mut self.weights), slice_mut(&mut self.bias)].into_iter().chain(norm.into_iter().flatten())
    }

    /// Becomes `thin`, the gradient of the layer's `outputs` and `inputs` (all of them where not given), and 0 elsewhere.
    pub fn spread(&mut self, thin: &Gradient, outputs: Option<&[usize]>, inputs: Option<&[usize]>) {
        self.weights.fill(0.0);
        self.bias.fill(0.0);
        for (row, (weights, &bias)) in thin.weights.outer_iter().zip(&thin.bias).enumerate() {
            let output = outputs.map_or(row, |outputs| outputs[row]);
            self.bias[output] = bias;
            let mut whole = self.weights.row_mut(output);
            match inputs {
                None => whole.assign(&weights),
                Some(inputs) => inputs.iter().zip(&weights).for_each(|(&input, &weight)| whole[input] = weight),
            }
        }
    }

    /// Σ of the squares of all its numbers, in f64.
    pub fn squared_norm(&self) -> f64 {
        let sum = |values: &[f32]| values.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>();
        let norm = |norm: &NormGradient| sum(slice(&norm.gain)) + sum(slice(&norm.shift));
        sum(slice(&self.weights)) + sum(slice(&self.bias)) + self.norm.as_ref().map_or(0.0, norm)
    }

    /// The gradient of each unit's incoming weights, to be changed.
    pub fn units_mut(&mut self) -> std::slice::ChunksExactMut<'_, f32> {
        let inputs = self.weights.ncols().max(1);
        slice_mut(&mut self.weights).chunks_exact_mut(inputs)
    }
}

impl Layer {
    /// A layer of these weights [outputs, inputs] and bias `[outputs]`, which no optimizer has moved yet.
    ///
    /// # Panics
    /// If the two disagree on the number of outputs.
    pub fn new(weights: Array2<f32>, bias: Array1<f32>) -> Self {
        assert_eq!(weights.nrows(), bias.len(), "one bias per output");
        Self {
            weights: weights.as_standard_layout().into_owned(),
            bias,
            mask: None,
            gates: None,
            norm: None,
            weight_moments: [Array2::zeros((0, 0)), Array2::zeros((0, 0))],
            bias_moments: [Array1::zeros(0), Array1::zeros(0)],
        }
    }

    /// The same layer without the optimizer's moments and without learnt gates.
    pub(super) fn bare(&self) -> Layer {
        Layer {
            mask: self.mask.clone(),
            norm: self.norm.as_ref().map(Norm::bare),
            ..Layer::new(self.weights.clone(), self.bias.clone())
        }
    }

    /// The weights row by row, then what stands for one unit each: the bias, then γ and β where there are any.
    pub fn parts(&self) -> impl Iterator<Item = &[f32]> {
        let norm = self.norm.as_ref().map(|norm| [slice(&norm.gain), slice(&norm.shift)]);
        [slice(&self.weights), slice(&self.bias)].into_iter().chain(norm.into_iter().flatten())
    }

    /// As [`Self::parts`], to be changed.
    pub fn parts_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let norm = self.norm.as_mut().map(|norm| [slice_mut(&mut norm.gain), slice_mut(&mut norm.shift)]);
        [slice_mut(&mut self.weights), slice_mut(&mut self.bias)].into_iter().chain(norm.into_iter().flatten())
    }

    /// Number of units that feed this layer.
    pub fn inputs(&self) -> usize {
        self.weights.ncols()
    }

    /// Number of units of this layer.
    pub fn outputs(&self) -> usize {
        self.weights.nrows()
    }

    /// Weights that were not pruned.
    pub fn connections(&self) -> usize {
        let all = || self.weights.len();
        self.mask.as_ref().map_or_else(all, |mask| mask.iter().filter(|&&kept| kept != 0.0).count())
    }

    /// Makes room for the moments that `optimizer` keeps.
    pub fn prepare(&mut self, optimizer: &Optimizer) {
        self.gates.iter_mut().for_each(|gates| gates.prepare(optimizer));
        self.norm.iter_mut().for_each(|norm| norm.prepare(optimizer));
        let (first, second) = optimizer.moments();
        for (slot, wanted) in [first, second].into_iter().enumerate() {
            let (weights, bias) = if wanted { (self.weights.dim(), self.bias.dim()) } else { ((0, 0), 0) };
            if self.weight_moments[slot].dim() != weights {
                self.weight_moments[slot] = Array2::zeros(weights);
                self.bias_moments[slot] = Array1::zeros(bias);
            }
        }
    }

    /// Sets the optimizer's moments to 0.
    pub(super) fn forget(&mut self) {
        self.weight_moments.iter_mut().for_each(|moments| moments.fill(0.0));
        self.gates.iter_mut().for_each(LearnedGates::forget);
        self.bias_moments.iter_mut().for_each(|moments| moments.fill(0.0));
        self.norm.iter_mut().for_each(Norm::forget);
    }

    /// Moves weights, bias, γ and β against the gradient.
    pub fn update(&mut self, optimizer: &Optimizer, clock: &OptimizerClock, learning_rate: f64, gradient: &Gradient) {
        let [first, second] = &mut self.weight_moments;
        optimizer.update(
            clock,
            learning_rate,
            slice_mut(&mut self.weights),
            slice(&gradient.weights),
            slice_mut(first),
            slice_mut(second),
        );
        let [first, second] = &mut self.bias_moments;
        optimizer.update(
            clock,
            learning_rate,
            slice_mut(&mut self.bias),
            slice(&gradient.bias),
            slice_mut(first),
            slice_mut(second),
        );
        if let (Some(norm), Some(gradient)) = (&mut self.norm, &gradient.norm) {
            norm.update(optimizer, clock, learning_rate, gradient);
        }
    }

    /// Moves the learnt gates against their gradient. `[inputs]`
    pub fn update_gates(
        &mut self,
        optimizer: &Optimizer,
        clock: &OptimizerClock,
        learning_rate: f64,
        gradient: &[f32],
    ) {
        self.gates.iter_mut().for_each(|gates| gates.update(optimizer, clock, learning_rate, gradient));
    }

    /// The layer with its learnt gates, as they are at test time, in its weights. Without moments.
    pub(super) fn gated(&self) -> Layer {
        let mut gated = self.bare();
        if let Some(gates) = &self.gates {
            let factors: Vec<f32> = gates.test_factors().map(|factor| factor as f32).collect();
            for unit in gated.units_mut() {
                unit.iter_mut().zip(&factors).for_each(|(weight, factor)| *weight *= factor);
            }
        }
        gated
    }

    /// The layer with its learnt gates and batch norm, as they are at test time, in its weights and bias. Without moments.
    pub(super) fn folded(&self) -> Layer {
        let mut folded = self.gated();
        if let Some(norm) = folded.norm.take_if(|norm| norm.kind.is_batch()) {
            for unit in 0..folded.outputs() {
                let (factor, constant) = norm.line(unit);
                let bias = &mut folded.bias[unit];
                *bias = (factor * f64::from(*bias) + constant) as f32;
                folded.weights.row_mut(unit).mapv_inplace(|weight| (factor * f64::from(weight)) as f32);
            }
        }
        folded
    }

    /// The incoming weights of each unit, unit by unit.
    pub fn units(&self) -> std::slice::ChunksExact<'_, f32> {
        slice(&self.weights).chunks_exact(self.inputs().max(1))
    }

    /// The incoming weights of each unit, to be changed.
    pub fn units_mut(&mut self) -> std::slice::ChunksExactMut<'_, f32> {
        let inputs = self.inputs().max(1);
        slice_mut(&mut self.weights).chunks_exact_mut(inputs)
    }

    /// Prunes the weights at these places (unit · inputs + input) for good.
    pub fn prune_weights(&mut self, places: &[usize]) {
        let mask = self.mask.get_or_insert_with(|| Array2::ones(self.weights.dim()));
        for &place in places {
            slice_mut(mask)[place] = 0.0;
        }
        self.apply_mask();
    }

    /// Whether all these places (unit · inputs + input) were pruned for good.
    pub fn are_pruned(&self, mut places: impl Iterator<Item = usize>) -> bool {
        self.mask.as_ref().is_some_and(|mask| places.all(|place| slice(mask)[place] == 0.0))
    }

    /// Sets what was pruned to 0 again, in the weights and in the moments, which would revive it otherwise.
    pub fn apply_mask(&mut self) {
        let Some(mask) = &self.mask else { return };
        let [first, second] = &mut self.weight_moments;
        for values in [&mut self.weights, first, second] {
            if values.dim() == mask.dim() {
                // Not a product: that would turn a weight that is no longer finite into NaN instead of 0. Every value is
                // written, so that the loop runs on vectors.
                for (value, &kept) in slice_mut(values).iter_mut().zip(slice(mask)) {
                    *value = if kept == 0.0 { 0.0 } else { *value };
                }
            }
        }
    }

    /// The layer of these outputs and inputs (all of them where not given), without moments and mask.
    ///
    /// # Panics
    /// If it is normalised: what a unit gives may then depend on units that are not there.
    pub(super) fn thinned(&self, outputs: Option<&[usize]>, inputs: Option<&[usize]>) -> Layer {
        assert!(self.norm.is_none(), "a layer that is normalised is never thinned");
        let all: Vec<usize>;
        let outputs = match outputs {
            Some(outputs) => outputs,
            None => {
                all = (0..self.outputs()).collect();
                &all
            }
        };
        let mut weights = Array2::zeros((outputs.len(), inputs.map_or(self.inputs(), <[usize]>::len)));
        for (&output, mut thin) in outputs.iter().zip(weights.outer_iter_mut()) {
            let whole = self.weights.row(output);
            match inputs {
                None => thin.assign(&whole),
                Some(inputs) => inputs.iter().zip(&mut thin).for_each(|(&input, weight)| *weight = whole[input]),
            }
        }
        Layer::new(weights, self.bias.select(Axis(0), outputs))
    }

    /// Keeps only these units, in this order.
    pub(super) fn keep_outputs(&mut self, units: &[usize]) {
        self.keep(Axis(0), units);
        self.bias = self.bias.select(Axis(0), units);
        self.norm.iter_mut().for_each(|norm| norm.keep(units));
        for moments in &mut self.bias_moments {
            if !moments.is_empty() {
                *moments = moments.select(Axis(0), units);
            }
        }
    }

    /// Keeps only these inputs, in this order.
    pub(super) fn keep_inputs(&mut self, inputs: &[usize]) {
        self.keep(Axis(1), inputs);
        self.gates.iter_mut().for_each(|gates| gates.keep(inputs));
    }

    fn keep(&mut self, axis: Axis, indices: &[usize]) {
        let shrink = |values: &mut Array2<f32>| {
            *values = values.select(axis, indices).as_standard_layout().into_owned();
        };
        shrink(&mut self.weights);
        self.mask.iter_mut().for_each(shrink);
        self.weight_moments.iter_mut().filter(|moments| !moments.is_empty()).for_each(shrink);
    }
}

/// The elements of an array in standard layout.
pub(super) fn slice<D: ndarray::Dimension>(array: &ndarray::Array<f32, D>) -> &[f32] {
    array.as_slice().expect("the arrays of a layer are kept in standard layout")
}

/// The elements of an array in standard layout, to be changed.
pub(super) fn slice_mut<D: ndarray::Dimension>(array: &mut ndarray::Array<f32, D>) -> &mut [f32] {
    array.as_slice_mut().expect("the arrays of a layer are kept in standard layout")
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_pruned_weight_is_zero_again_after_a_step_with_momentum() {
        let optimizer = Optimizer::Momentum { momentum: 0.9 };
        let clock = OptimizerClock::default();
        let mut layer = Layer::new(array![[1.0, 2.0]], array![0.0]);
        layer.prepare(&optimizer);
        let gradient = Gradient { weights: array![[1.0, 1.0]], bias: array![0.0], norm: None };
        layer.update(&optimizer, &clock, 0.1, &gradient);
        layer.prune_weights(&[0]);
        let still = Gradient { weights: array![[0.0, 0.0]], bias: array![0.0], norm: None };
        layer.update(&optimizer, &clock, 0.1, &still);
        assert_eq!(layer.weights[[0, 0]], 0.0, "momentum revives nothing, even before the mask is applied");
        assert_ne!(layer.weights[[0, 1]], 1.9, "the other weight moves on");
    }

    #[test]
    fn only_places_that_are_all_pruned_are_pruned() {
        let mut layer = Layer::new(array![[0.0, 2.0, 3.0]], array![0.0]);
        assert!(!layer.are_pruned(0..1), "a weight of 0 is not pruned");
        layer.prune_weights(&[0, 1]);
        assert!(layer.are_pruned(0..2));
        assert!(!layer.are_pruned(0..3));
    }

    #[test]
    fn keeping_units_keeps_their_rows_and_moments() {
        let mut layer = Layer::new(array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], array![0.1, 0.2, 0.3]);
        layer.prepare(&Optimizer::Momentum { momentum: 0.9 });
        layer.prune_weights(&[1]);
        layer.keep_outputs(&[0, 2]);
        layer.keep_inputs(&[1]);
        assert_eq!(layer.weights, array![[0.0], [6.0]]);
        assert_eq!(layer.bias, array![0.1, 0.3]);
        assert_eq!(layer.mask, Some(array![[0.0], [1.0]]));
        assert_eq!(layer.weight_moments[0].dim(), (2, 1));
        assert_eq!(layer.bias_moments[0].dim(), 2);
    }
}
