//! Which inputs belong to one column of the data.

use std::ops::Range;

use crate::data::InputFacts;

/// The inputs of each column, from the first to the last.
pub(super) fn features(inputs: &[InputFacts]) -> Vec<Range<usize>> {
    let mut start = 0;
    let columns = inputs.chunk_by(|a, b| a.column == b.column);
    columns
        .map(|inputs| {
            start += inputs.len();
            start - inputs.len()..start
        })
        .collect()
}

/// The one-hot inputs of each categorical column.
pub(super) fn categories(inputs: &[InputFacts]) -> Vec<Range<usize>> {
    features(inputs).into_iter().filter(|feature| inputs[feature.start].scaling.is_none()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_hot_inputs_of_a_category_are_one_feature() {
        let inputs = [("age", true), ("colour", false), ("colour", false), ("height", true)]
            .map(|(name, numeric)| InputFacts { column: name.to_owned(), scaling: numeric.then_some((0.0, 1.0)) });
        assert_eq!(features(&inputs), [0..1, 1..3, 3..4]);
        assert_eq!(categories(&inputs).as_slice(), std::slice::from_ref(&(1..3)));
    }
}
