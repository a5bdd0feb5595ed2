//! The networks and rows of benches/configs/.

/// One of the benchmarks.
pub struct Workload {
    pub name: &'static str,
    /// Inputs, hidden units, outputs.
    units: &'static [usize],
    pub batch: usize,
    train_rows: usize,
    test_rows: usize,
    /// Of all trials.
    epochs: usize,
}

pub const WORKLOADS: [Workload; 4] = [
    Workload { name: "w1", units: &[30, 64, 64, 2], batch: 32, train_rows: 455, test_rows: 114, epochs: 200 },
    Workload { name: "w2", units: &[64, 256, 256, 10], batch: 32, train_rows: 1_438, test_rows: 359, epochs: 100 },
    Workload { name: "w3", units: &[784, 512, 512, 10], batch: 128, train_rows: 60_000, test_rows: 10_000, epochs: 2 },
    Workload { name: "w4", units: &[64, 256, 256, 10], batch: 32, train_rows: 1_438, test_rows: 359, epochs: 32 * 25 },
];

impl Workload {
    /// Inputs and outputs of each layer.
    pub fn layers(&self) -> Vec<(usize, usize)> {
        self.units.windows(2).map(|pair| (pair[0], pair[1])).collect()
    }

    /// Floating-point operations of its products: forward and both gradients in training, forward alone to evaluate.
    pub fn operations(&self) -> f64 {
        let weights: usize = self.layers().iter().map(|(inputs, outputs)| inputs * outputs).sum();
        let first = self.units[0] * self.units[1];
        let training = self.train_rows * (3 * weights - first);
        let evaluation = (self.train_rows + self.test_rows) * weights;
        2.0 * (training + evaluation) as f64 * self.epochs as f64
    }
}
