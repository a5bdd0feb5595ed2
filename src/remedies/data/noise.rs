//! Gaussian noise on the inputs.

use serde::Deserialize;

use crate::random::Purpose;
use crate::recipe::{Batch, BatchTransform, Moment, Recipe};
use crate::remedies::{Context, Entry, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "noise",
    idea: "add fresh Gaussian noise to the inputs of every batch",
    formula: "x <- x + e, e ~ N(0, sigma^2), anew for every row and input. On average this adds (sigma^2/2) E|dy/dx|^2 to half \
              a squared error; for a linear model exactly (sigma^2/2) |w|^2.",
    touches: "the scaled inputs of every training batch; never validation, test or the measured training figures",
    source: "Bishop, Training with noise is equivalent to Tikhonov regularization, Neural Computation 7, 1995",
    table: &Table {
        fields: &[Field {
            name: "input",
            kind: Kind::Number(Interval::NOT_NEGATIVE),
            default: Default::Toml("0.0"),
            doc: "standard deviation on the inputs, in scaled units",
        }],
        short: Some("input"),
    },
    make: |value| Box::new(settings::<Noise>("noise", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noise {
    input: f64,
}

impl Remedy for Noise {
    fn is_off(&self) -> bool {
        self.input == 0.0
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.batch_transforms.push(Box::new(*self));
    }
}

impl BatchTransform for Noise {
    fn apply(&self, batch: &mut Batch<'_>, moment: Moment) {
        let mut stream = moment.key(Purpose::InputNoise).open();
        for input in batch.inputs.iter_mut() {
            *input += (self.input * stream.normal()) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::data::Targets;

    #[test]
    fn noise_has_its_deviation_and_is_fresh_in_every_step() {
        let noisy = |step| {
            let mut inputs = Array2::<f32>::zeros((200, 50));
            let mut batch = Batch { inputs: inputs.view_mut(), targets: &mut Targets::Values(vec![0.0; 200]) };
            Noise { input: 0.5 }.apply(&mut batch, Moment { seed: 3, step });
            inputs
        };
        let first = noisy(0);
        let square = first.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / first.len() as f64;
        assert!((square.sqrt() - 0.5).abs() < 0.01, "{}", square.sqrt());
        assert_eq!(first, noisy(0));
        assert_ne!(first, noisy(1));
    }
}
