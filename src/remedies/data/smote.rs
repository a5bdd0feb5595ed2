//! Rows made up for the classes that have few.

use std::ops::Range;

use serde::Deserialize;

use super::features::categories;
use crate::data::Targets;
use crate::random::{Purpose, Stream};
use crate::recipe::{AddedRows, Moment, Recipe, RowTransform, TrainingRows};
use crate::remedies::{Context, Entry, Refusal, Remedy, needs_classes, settings};
use crate::schema::{Default, Field, Kind, Table};

mod neighbours;

use neighbours::nearest;

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "smote",
    idea: "fill rare classes up with rows between neighbours of a class",
    formula: "every class is filled up to the size of the largest with x + u (x_nn - x), u ~ U(0, 1): x goes through the rows of \
              the class in a random order, again and again; x_nn is drawn from its k nearest in the class (Euclidean, on the \
              scaled inputs; k is n - 1 where a class has no more than k of n rows). A category is that of most of the k, of \
              several the one of x, or else the first. A class with a single row is filled up with that row.",
    touches: "the rows that training goes through, after the split: an epoch has more steps. Metrics, penalties per row and \
              pruning see the rows of the data alone; label noise is there before",
    source: "Chawla et al., SMOTE: synthetic minority over-sampling technique, JAIR 16, 2002; categories by its SMOTE-NC",
    table: &Table {
        fields: &[Field {
            name: "neighbours",
            kind: Kind::Integer { least: 0, most: 1_000_000 },
            default: Default::Toml("5"),
            doc: "k: nearest rows of the same class that a row is joined with; usual 5, 0 makes up no rows",
        }],
        short: Some("neighbours"),
    },
    make: |value| Box::new(settings::<Smote>("smote", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Smote {
    neighbours: usize,
}

impl Remedy for Smote {
    fn is_off(&self) -> bool {
        self.neighbours == 0
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        needs_classes(context)
    }

    fn contribute(&self, context: &Context, recipe: &mut Recipe) {
        let categories = categories(&context.rows.inputs());
        recipe.row_transforms.push(Box::new(Balancer { neighbours: self.neighbours, categories }));
    }
}

/// Fills classes up.
#[derive(Debug)]
struct Balancer {
    /// k ≥ 1.
    neighbours: usize,
    /// The one-hot inputs of each categorical column.
    categories: Vec<Range<usize>>,
}

impl RowTransform for Balancer {
    fn added(&self, rows: TrainingRows<'_>, moment: Moment) -> AddedRows {
        let Targets::Classes(labels) = rows.targets() else { panic!("smote is checked to go with classes") };
        let mut members = vec![Vec::new(); rows.classes().len()];
        labels.iter().enumerate().for_each(|(position, &label)| members[label as usize].push(position));
        let largest = members.iter().map(Vec::len).max().unwrap_or(0);
        let width = rows.inputs().len();
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        for (class, members) in members.iter().enumerate() {
            let missing = largest - members.len();
            // Nothing can be made of a class without a row.
            if missing == 0 || members.is_empty() {
                continue;
            }
            let mut values = vec![0.0; members.len() * width];
            let encoded = members.iter().zip(values.chunks_exact_mut(width.max(1)));
            encoded.for_each(|(&position, values)| rows.encode(position, values));
            let class_rows: Vec<&[f32]> = (0..members.len()).map(|row| &values[row * width..][..width]).collect();
            self.fill(&class_rows, missing, &mut moment.key(Purpose::Smote).layer(class).open(), &mut inputs);
            targets.extend(std::iter::repeat_n(class as u32, missing));
        }
        AddedRows { inputs, targets: Targets::Classes(targets) }
    }
}

impl Balancer {
    /// Makes `count` rows up from those of a class and writes them behind each other into `made`.
    fn fill(&self, class: &[&[f32]], count: usize, stream: &mut Stream, made: &mut Vec<f32>) {
        let mut order: Vec<usize> = (0..class.len()).collect();
        stream.shuffle(&mut order);
        order.truncate(count);
        let near: Vec<Vec<usize>> = order.iter().map(|&row| nearest(class, row, self.neighbours)).collect();
        for turn in 0..count {
            let (own, near) = (class[order[turn % order.len()]], &near[turn % order.len()]);
            if near.is_empty() {
                made.extend_from_slice(own);
                continue;
            }
            let other = class[near[stream.below(near.len())]];
            let way = stream.uniform() as f32;
            let start = made.len();
            made.extend(own.iter().zip(other).map(|(x, other)| x + way * (other - x)));
            for category in &self.categories {
                let near = near.iter().map(|&row| &class[row][category.clone()]);
                elect(&mut made[start..][category.clone()], &own[category.clone()], near);
            }
        }
    }
}

/// Makes one-hot `inputs` those of the category that most of `near` have; of several the one of `own`, or else the first.
fn elect<'a>(inputs: &mut [f32], own: &[f32], near: impl Iterator<Item = &'a [f32]>) {
    let mut votes = vec![0usize; inputs.len()];
    near.for_each(|row| votes.iter_mut().zip(row).for_each(|(votes, &x)| *votes += usize::from(x == 1.0)));
    let most = votes.iter().copied().max().unwrap_or(0);
    let mut first = (0..votes.len()).filter(|&category| votes[category] == most);
    let elected = first.clone().find(|&category| own[category] == 1.0).or_else(|| first.next());
    inputs.fill(0.0);
    elected.into_iter().for_each(|category| inputs[category] = 1.0);
}

#[cfg(test)]
mod tests;
