//! Random problems, and a network of plain loops in double precision, for the tests of the second-order pass.

use super::slopes::{Slopes, sigmoid};
use crate::data::Targets;
use crate::nn::{Activation, Initialization, Loss, ModelSettings, Network};
use crate::random::{Purpose, StreamKey};

/// A network with rows and targets.
#[derive(Debug, Clone)]
pub struct Problem {
    pub network: Network,
    pub rows: Vec<Vec<f32>>,
    pub targets: Targets,
    pub loss: Loss,
}

pub fn problem(hidden: &[usize], inputs: usize, rows: usize, activation: Activation, loss: Loss) -> Problem {
    let mut stream = StreamKey::new(5, Purpose::InputNoise).step((inputs * 1000 + rows) as u64).open();
    let outputs = if matches!(loss, Loss::HalfMse | Loss::Mse) { 1 } else { 3 };
    let init = Initialization::Normal { normal: 0.6, biases: true };
    let settings = ModelSettings { hidden: hidden.to_vec(), activation, init };
    let network = Network::initialized(&settings, inputs, outputs, 4).expect("no file is read");
    let mut numbers = |n: usize| -> Vec<f32> { (0..n).map(|_| stream.normal() as f32).collect() };
    let matrix = (0..rows).map(|_| numbers(inputs)).collect();
    let targets = match outputs {
        1 => Targets::Values(numbers(rows)),
        _ => Targets::Classes((0..rows).map(|row| (row * 7 % 3) as u32).collect()),
    };
    Problem { network, rows: matrix, targets, loss }
}

impl Problem {
    /// Writes the inputs of a row.
    pub fn fill(&self, row: usize, values: &mut [f32]) {
        values.copy_from_slice(&self.rows[row]);
    }

    /// The network by plain loops.
    pub fn plain(&self) -> Plain {
        let layer = |layer: &crate::nn::Layer| {
            let unit =
                |(weights, &bias): (&[f32], &f32)| weights.iter().chain([&bias]).map(|&w| f64::from(w)).collect();
            layer.units().zip(&layer.bias).map(unit).collect()
        };
        Plain { layers: self.network.layers.iter().map(layer).collect(), activation: self.network.activation }
    }

    /// The mean loss of a network on the rows.
    pub fn mean_loss(&self, plain: &Plain) -> f64 {
        let losses = self.rows.iter().enumerate().map(|(row, x)| {
            let sums = plain.sums(x);
            self.row_loss(&sums[sums.len() - 1], row)
        });
        losses.sum::<f64>() / self.rows.len() as f64
    }

    fn row_loss(&self, z: &[f64], row: usize) -> f64 {
        match (&self.targets, self.loss) {
            (Targets::Classes(classes), Loss::CrossEntropy) => {
                libm::log(z.iter().map(|&z| libm::exp(z)).sum()) - z[classes[row] as usize]
            }
            (Targets::Classes(classes), _) => {
                let hit = |k: usize, z: f64| if k == classes[row] as usize { sigmoid(z) } else { sigmoid(-z) };
                z.iter().enumerate().map(|(k, &z)| -libm::log(hit(k, z))).sum()
            }
            (Targets::Values(values), loss) => {
                let error = z[0] - f64::from(values[row]);
                if loss == Loss::Mse { error * error } else { 0.5 * error * error }
            }
            (Targets::Shares(_), _) => panic!("no problem here has shares"),
        }
    }
}

/// A network: [layers][units][inputs, then the bias].
#[derive(Debug, Clone)]
pub struct Plain {
    pub layers: Vec<Vec<Vec<f64>>>,
    pub activation: Activation,
}

impl Plain {
    /// z of each layer for one row.
    pub fn sums(&self, x: &[f32]) -> Vec<Vec<f64>> {
        let mut values: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
        let mut sums = Vec::new();
        for units in &self.layers {
            values.push(1.0);
            let sum = |unit: &Vec<f64>| unit.iter().zip(&values).map(|(w, x)| w * x).sum();
            let z: Vec<f64> = units.iter().map(sum).collect();
            values = z.iter().map(|&z| Slopes::of(self.activation, z).value).collect();
            sums.push(z);
        }
        sums
    }
}
