//! Max-norm constraint.

use serde::Deserialize;

use crate::nn::Network;
use crate::recipe::{Recipe, WeightRule};
use crate::remedies::{Context, Entry, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "max_norm",
    idea: "never let the weights that feed a unit grow longer than c",
    formula: "after each step w <- w min(1, c / |w|) for the vector w of the weights that feed a unit",
    touches: "the incoming weights of every unit of every layer, after the optimizer; never biases",
    source: "Srebro, Rennie and Jaakkola, NIPS 2004; with dropout: Srivastava et al., JMLR 15, 2014",
    table: &Table {
        fields: &[Field {
            name: "c",
            kind: Kind::Number(Interval::POSITIVE),
            default: Default::Required,
            doc: "largest Euclidean norm; usual 3 to 4 with dropout",
        }],
        short: Some("c"),
    },
    make: |value| Box::new(settings::<MaxNorm>("max_norm", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct MaxNorm {
    c: f64,
}

impl Remedy for MaxNorm {
    fn is_off(&self) -> bool {
        false
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.constraints.push(Box::new(*self));
    }
}

impl WeightRule for MaxNorm {
    fn apply(&self, _: f64, network: &mut Network) {
        network.each_unit_mut(false, |incoming| self.shorten(incoming));
    }
}

impl MaxNorm {
    fn shorten(&self, incoming: &mut [f32]) {
        let norm = libm::sqrt(incoming.iter().map(|&w| f64::from(w) * f64::from(w)).sum());
        if norm > self.c {
            let factor = (self.c / norm) as f32;
            incoming.iter_mut().for_each(|w| *w *= factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_vectors_longer_than_c_are_shortened_to_it() {
        let clipped = |mut weights: [f32; 3]| {
            MaxNorm { c: 2.0 }.shorten(&mut weights);
            weights
        };
        assert_eq!(clipped([0.0, 0.0, 0.0]), [0.0, 0.0, 0.0]);
        assert_eq!(clipped([1.0, 0.0, 0.0]), [1.0, 0.0, 0.0]);
        assert_eq!(clipped([3.0, 0.0, 0.0]), [2.0, 0.0, 0.0]);
        for w in clipped([3.0, 3.0, 3.0]) {
            assert!((w - 2.0 / 3f32.sqrt()).abs() < 1e-6);
        }
    }
}
