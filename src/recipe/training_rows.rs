//! What remedies may see of a trial's data.

use crate::data::{InputFacts, Targets, Task, TrialData};

/// The training rows of a trial, and nothing else of it: validation and test rows cannot be reached through it.
#[derive(Debug, Clone, Copy)]
pub struct TrainingRows<'a> {
    data: &'a TrialData,
}

impl<'a> TrainingRows<'a> {
    /// Those of `data`.
    pub fn of(data: &'a TrialData) -> Self {
        Self { data }
    }

    /// How many there are: m in the textbooks.
    pub fn count(&self) -> usize {
        self.data.train.rows.len()
    }

    /// Writes the inputs of the row at a position into `values`, as long as there are inputs.
    pub fn encode(&self, position: usize, values: &mut [f32]) {
        self.data.encode(self.data.train.rows[position], values);
    }

    /// The target at each position, with label noise where there is some.
    pub fn targets(&self) -> &'a Targets {
        &self.data.train.targets
    }

    /// Classification or regression.
    pub fn task(&self) -> Task {
        self.data.task()
    }

    /// The names of the classes; none for a regression.
    pub fn classes(&self) -> &'a [String] {
        self.data.dataset().class_names()
    }

    /// Where each input comes from. `[inputs]`
    pub fn inputs(&self) -> Vec<InputFacts> {
        self.data.encoder().inputs(self.data.dataset())
    }

    /// Outputs of a network for them: one per class, or the value.
    pub fn outputs(&self) -> usize {
        self.data.outputs()
    }

    /// Rows and columns of the image that each row is, where `data.image` says so.
    pub fn image(&self) -> Option<[usize; 2]> {
        self.data.image()
    }

    /// The mean of each input over the rows: sums in f64, in the order of the rows. `[inputs]`
    pub fn means(&self) -> Vec<f32> {
        let (mut sums, mut values) = (vec![0.0; self.data.inputs()], vec![0.0; self.data.inputs()]);
        for position in 0..self.count() {
            self.encode(position, &mut values);
            sums.iter_mut().zip(&values).for_each(|(sum, &value)| *sum += f64::from(value));
        }
        sums.iter().map(|sum| (sum / self.count() as f64) as f32).collect()
    }
}
