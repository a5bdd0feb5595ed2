//! Steps through a thinned network: what is dropped for a whole batch leaves the matrix product.
//!
//! In: the units of each hidden layer that a batch keeps. Out: the gradient of the whole network, 0 at what was dropped. The
//! outputs are those of the whole network with the dropped units' values at 0, at the price of the smaller one.

use crate::nn::{Gate, Gradient, Network, Objective, Pass, Team};
use crate::random::Purpose;
use crate::recipe::Moment;

/// The units that a batch keeps, and the buffers of the network that is left.
pub(super) struct Thinning {
    /// Per hidden layer: the places of the units that stay, ascending.
    kept: Vec<Vec<usize>>,
    thin: Network,
    gradients: Vec<Gradient>,
}

impl Thinning {
    /// Draws which units of `network` stay: each with probability 1 − rate, and at least one of a layer. `rates` are those in
    /// front of each layer, of which the inputs' plays no part here.
    pub fn draw(rates: &[f64], network: &Network, moment: Moment) -> Self {
        let hidden = network.layers[..network.layers.len() - 1].iter().enumerate();
        let kept: Vec<Vec<usize>> =
            hidden.map(|(index, layer)| stay(layer.outputs(), rates[index + 1], moment, index + 1)).collect();
        let thin = network.thinned(&kept);
        let gradients = thin.layers.iter().map(Gradient::zeros).collect();
        Self { kept, thin, gradients }
    }

    /// Goes on with the same units of a network of the same shape.
    pub fn follow(&mut self, network: &Network) {
        self.thin = network.thinned(&self.kept);
    }

    /// How many units of each hidden layer of `network`, of which it was drawn, do not stay.
    pub fn dropped(&self, network: &Network) -> impl Iterator<Item = usize> {
        self.kept.iter().zip(&network.layers).map(|(kept, layer)| layer.outputs() - kept.len())
    }

    /// Loads nothing: the batch is in `pass`. Computes the gradient of its objective into `gradients`, those of the whole
    /// network; the terms of activities are those of the units that stay. `gates` has one gate per layer.
    pub fn gradients(
        &mut self,
        team: &Team,
        pass: &mut Pass,
        gates: &[Gate],
        objective: &Objective<'_>,
        gradients: &mut [Gradient],
    ) {
        pass.reshape(&self.thin);
        pass.forward(team, &self.thin, gates);
        pass.backward(team, &self.thin, gates, objective, &mut self.gradients);
        for (index, (whole, thin)) in gradients.iter_mut().zip(&self.gradients).enumerate() {
            let outputs = self.kept.get(index).map(Vec::as_slice);
            let inputs = index.checked_sub(1).map(|before| self.kept[before].as_slice());
            whole.spread(thin, outputs, inputs);
        }
    }
}

/// The units that stay of one layer.
fn stay(units: usize, rate: f64, moment: Moment, layer: usize) -> Vec<usize> {
    let mut stream = moment.key(Purpose::Dropout).layer(layer).open();
    let kept: Vec<usize> = (0..units).filter(|_| stream.uniform() >= rate).collect();
    if kept.is_empty() { vec![stream.below(units)] } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Targets;
    use ndarray::{Array1, Array2};

    use crate::nn::{Activation, Activity, Initialization, Layer, Loss, ModelSettings, PANEL};
    #[test]
    fn a_thinned_step_has_the_gradient_of_the_whole_network_with_the_units_masked() {
        let init = Initialization::Normal { normal: 0.4, biases: true };
        let settings = ModelSettings { hidden: vec![40, 33], activation: Activation::Tanh, init };
        let network = Network::initialized(&settings, 7, 3, 1).expect("no file is read");
        let (rows, team) = (50, Team::default());
        let targets = Targets::Classes((0..rows).map(|row| row as u32 % 3).collect());
        let objective = Objective::mean(Loss::CrossEntropy, &targets);
        let load = |pass: &mut Pass| {
            pass.load(&team, rows, |row, values| {
                values.iter_mut().enumerate().for_each(|(i, value)| *value = ((row * 7 + i) % 11) as f32 - 5.0);
            });
        };
        let mut thinning = Thinning::draw(&[0.0, 0.5, 0.3], &network, Moment { seed: 4, member: 0, step: 9 });
        let scales = [Gate::Open, Gate::Scale(2.0), Gate::Scale(1.0 / 0.7)];
        let zeros = || network.layers.iter().map(Gradient::zeros).collect::<Vec<_>>();
        let (mut by_thinning, mut by_masks) = (zeros(), zeros());
        let mut pass = Pass::new(&network, rows);
        load(&mut pass);
        thinning.gradients(&team, &mut pass, &scales, &objective, &mut by_thinning);

        let mask = |layer: usize, factor: f32| {
            let units = network.layers[layer].inputs();
            let factor_of = |unit: &usize| if thinning.kept[layer - 1].contains(unit) { factor } else { 0.0 };
            let panel: Vec<f32> = (0..units).flat_map(|unit| [factor_of(&unit); PANEL]).collect();
            Gate::Mask(panel.repeat(rows.div_ceil(PANEL)))
        };
        let masks = [Gate::Open, mask(1, 2.0), mask(2, 1.0 / 0.7)];
        let mut pass = Pass::new(&network, rows);
        load(&mut pass);
        pass.forward(&team, &network, &masks);
        pass.backward(&team, &network, &masks, &objective, &mut by_masks);
        assert!(thinning.kept[0].len() < 40 && thinning.kept[1].len() < 33, "something is dropped");
        for (thin, masked) in by_thinning.iter().zip(&by_masks) {
            let close = |(a, b): (&f32, &f32)| assert!((a - b).abs() < 1e-6, "{a} {b}");
            thin.weights.iter().zip(&masked.weights).for_each(close);
            thin.bias.iter().zip(&masked.bias).for_each(close);
        }
    }

    /// Σ h over the units: its gradient is 1 wherever a unit is.
    #[derive(Debug)]
    struct Total;

    impl Activity for Total {
        fn statistic(&self, h: f32) -> f32 {
            h
        }
        fn statistic_slope(&self, _: f32) -> f32 {
            1.0
        }
        fn value(&self, mean: f64) -> f64 {
            mean
        }
        fn slope(&self, _: f64) -> f64 {
            1.0
        }
    }

    #[test]
    fn the_terms_of_activities_are_those_of_the_units_that_stay() {
        // h = 2x of one input, x = 1 and 3: beside the loss, whose outgoing weights of 0 send nothing back, the mean of h has the
        // gradient mean(x) = 2 for the incoming weight of a unit that stays, and none for one that is dropped.
        let units = 30;
        let network = Network::new(
            vec![
                Layer::new(Array2::from_elem((units, 1), 2.0), Array1::zeros(units)),
                Layer::new(Array2::zeros((2, units)), Array1::zeros(2)),
            ],
            Activation::Identity,
        );
        let team = Team::default();
        let mut thinning = Thinning::draw(&[0.0, 0.5], &network, Moment { seed: 4, member: 0, step: 9 });
        let targets = Targets::Classes(vec![0, 1]);
        let activities: Vec<Box<dyn Activity>> = vec![Box::new(Total)];
        let objective = Objective { activities: &activities, ..Objective::mean(Loss::CrossEntropy, &targets) };
        let mut pass = Pass::new(&network, 2);
        pass.load(&team, 2, |row, values| values[0] = [1.0, 3.0][row]);
        let mut gradients: Vec<Gradient> = network.layers.iter().map(Gradient::zeros).collect();
        thinning.gradients(&team, &mut pass, &[Gate::Open, Gate::Scale(2.0)], &objective, &mut gradients);
        let kept = &thinning.kept[0];
        assert!(!kept.is_empty() && kept.len() < units);
        assert_eq!(thinning.dropped(&network).collect::<Vec<_>>(), [units - kept.len()]);
        for unit in 0..units {
            let wanted = if kept.contains(&unit) { 2.0 } else { 0.0 };
            assert_eq!(gradients[0].weights[[unit, 0]], wanted, "unit {unit}");
        }
    }

    #[test]
    fn a_layer_keeps_at_least_one_unit() {
        for step in 0..50 {
            assert!(!stay(2, 0.99, Moment { seed: 1, member: 0, step }, 1).is_empty());
        }
    }
}
