//! Group lasso: whole units and inputs leave the network.

use std::iter::StepBy;
use std::ops::Range;

use serde::Deserialize;

use crate::nn::{Layer, Network};
use crate::recipe::{Operation, Recipe, Surgery, WeightRule};
use crate::remedies::{Context, Entry, Refusal, Remedy, lambda, settings};
use crate::schema::{Default, Field, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "group_lasso",
    idea: "penalise the weights of a unit together: whole units leave",
    formula: "J = mean loss + lambda sum over the groups g of sqrt|g| |g|_2, |g| weights in a group. After each step g <- g max(0, \
              1 - eta lambda sqrt|g| / |g|_2) with the scalar learning rate eta: under Adam that does not lead to the exact \
              optimum of the penalised loss, under momentum mu to that of (1 - mu) lambda. A group that has become 0 stays 0, \
              and its hidden unit leaves the network at the end of the epoch, a constant activation folded into the next \
              bias; the last unit of a layer stays.",
    touches: "incoming: the weights that feed each hidden unit; outgoing: those that lead away from each input and hidden unit; \
              after the optimizer; never biases",
    source: "Yuan and Lin, JRSS B 68, 2006; of units: Scardapane et al., Group sparse regularization, Neurocomputing 241, 2017",
    table: &Table {
        fields: &[
            lambda("strength; usual 1e-3 to 1e-1"),
            Field {
                name: "group",
                kind: Kind::Choice(&["incoming", "outgoing"]),
                default: Default::Toml("\"incoming\""),
                doc: "which weights live and die together; outgoing chooses among the inputs too",
            },
        ],
        short: Some("lambda"),
    },
    make: |value| Box::new(settings::<GroupLasso>("group_lasso", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupLasso {
    lambda: f64,
    group: Group,
}

/// What a group is: a row or a column of a matrix of weights [outputs, inputs].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Group {
    Incoming,
    Outgoing,
}

impl Remedy for GroupLasso {
    fn is_off(&self) -> bool {
        self.lambda == 0.0
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        if self.group == Group::Incoming && context.model.hidden.is_empty() {
            let reason =
                "= \"incoming\" needs a hidden layer, found model.hidden = [] (\"outgoing\" chooses inputs)".to_owned();
            return Err(Refusal { key: "group", reason });
        }
        if context.remedies.contains(&"layer_norm") {
            let reason = "must be left out beside remedies.layer_norm: a unit that leaves would change what the others of its \
                          layer give";
            return Err(Refusal { key: "", reason: reason.to_owned() });
        }
        Ok(())
    }

    fn contribute(&self, _: &Context, recipe: &mut Recipe) {
        recipe.proximals.push(Box::new(*self));
        recipe.surgeries.push(Box::new(*self));
    }
}

impl WeightRule for GroupLasso {
    fn apply(&self, learning_rate: f64, network: &mut Network) {
        let step = learning_rate * self.lambda;
        if step == 0.0 {
            return;
        }
        let grouped = self.grouped(network);
        for (index, layer) in network.layers[..grouped].iter_mut().enumerate() {
            let threshold = step * self.group.weight(layer);
            // Not the other way round: weights that are no longer finite stay as they are, so that it is seen.
            let keep = |norm: f64| if norm <= threshold { 0.0 } else { (1.0 - threshold / norm) as f32 };
            let factors: Vec<f32> = self.group.norms(layer).into_iter().map(keep).collect();
            self.group.scale(layer, &factors);
            let of_units = self.group == Group::Incoming || index > 0;
            self.group.bury(layer, &factors, of_units);
        }
    }

    fn value(&self, network: &Network) -> f64 {
        let layers = network.layers[..self.grouped(network)].iter();
        let sums = layers.map(|layer| self.group.weight(layer) * self.group.norms(layer).iter().sum::<f64>());
        self.lambda * sums.sum::<f64>()
    }
}

impl Surgery for GroupLasso {
    fn is_due(&self, epoch: usize) -> bool {
        epoch > 0
    }

    fn last_epoch(&self) -> usize {
        0
    }

    fn operate(&self, operation: &mut Operation<'_>) {
        for hidden in 0..operation.network.layers.len() - 1 {
            let units = operation.network.layers[hidden].outputs();
            let layer = match self.group {
                Group::Incoming => &operation.network.layers[hidden],
                Group::Outgoing => &operation.network.layers[hidden + 1],
            };
            let is_dead = |&unit: &usize| layer.are_pruned(self.group.places(layer, unit));
            let mut dead: Vec<usize> = (0..units).filter(is_dead).collect();
            // Other remedies may have pruned the last one.
            dead.truncate(units - 1);
            if !dead.is_empty() {
                operation.remove_units(hidden, &dead);
            }
        }
    }
}

impl GroupLasso {
    /// How many of the first layers have groups: what feeds an output is no group of its own.
    fn grouped(&self, network: &Network) -> usize {
        match self.group {
            Group::Incoming => network.layers.len() - 1,
            Group::Outgoing => network.layers.len(),
        }
    }
}

impl Group {
    /// √|g|: what makes up for the number of weights in a group.
    fn weight(self, layer: &Layer) -> f64 {
        let size = match self {
            Group::Incoming => layer.inputs(),
            Group::Outgoing => layer.outputs(),
        };
        libm::sqrt(size as f64)
    }

    /// The Euclidean norm of each group of a layer.
    fn norms(self, layer: &Layer) -> Vec<f64> {
        let square = |w: f32| f64::from(w) * f64::from(w);
        let mut squares: Vec<f64> = match self {
            Group::Incoming => layer.units().map(|unit| unit.iter().map(|&w| square(w)).sum()).collect(),
            Group::Outgoing => {
                let mut sums = vec![0.0; layer.inputs()];
                for unit in layer.units() {
                    sums.iter_mut().zip(unit).for_each(|(sum, &w)| *sum += square(w));
                }
                sums
            }
        };
        squares.iter_mut().for_each(|sum| *sum = libm::sqrt(*sum));
        squares
    }

    /// Multiplies each group by its factor.
    fn scale(self, layer: &mut Layer, factors: &[f32]) {
        for (index, unit) in layer.units_mut().enumerate() {
            match self {
                Group::Incoming => unit.iter_mut().for_each(|w| *w *= factors[index]),
                Group::Outgoing => unit.iter_mut().zip(factors).for_each(|(w, factor)| *w *= factor),
            }
        }
    }

    /// Prunes for good the groups with factor 0. Where they are those of units and no other is left, the last that was alive
    /// stays: its weights are 0 now, and may grow again.
    fn bury(self, layer: &mut Layer, factors: &[f32], of_units: bool) {
        let has_died = |&group: &usize| factors[group] == 0.0 && !layer.are_pruned(self.places(layer, group));
        let mut dead: Vec<usize> = (0..factors.len()).filter(has_died).collect();
        if of_units && factors.iter().all(|&factor| factor == 0.0) {
            dead.pop();
        }
        if !dead.is_empty() {
            let places: Vec<usize> = dead.into_iter().flat_map(|group| self.places(layer, group)).collect();
            layer.prune_weights(&places);
        }
    }

    /// The places of the weights of a group (unit · inputs + input).
    fn places(self, layer: &Layer, group: usize) -> StepBy<Range<usize>> {
        let inputs = layer.inputs();
        match self {
            Group::Incoming => (group * inputs..(group + 1) * inputs).step_by(1),
            Group::Outgoing => (group..layer.weights.len()).step_by(inputs),
        }
    }
}

#[cfg(test)]
mod tests;
