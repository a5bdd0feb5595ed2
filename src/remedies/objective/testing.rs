//! What the tests of penalties share.

use proptest::prelude::*;

use crate::recipe::Penalty;

/// The gradient that a penalty adds.
pub(in crate::remedies) fn gradient(penalty: &dyn Penalty, weights: &[f32]) -> Vec<f32> {
    let mut gradient = vec![0.0; weights.len()];
    penalty.add_gradient(weights, &mut gradient);
    gradient
}

/// Compares the gradient of every weight with the central difference of the value. No weight may lie within 0.001 of a kink.
pub(in crate::remedies) fn assert_gradient_is_of_value(
    penalty: &dyn Penalty,
    weights: &[f32],
) -> Result<(), TestCaseError> {
    let found = gradient(penalty, weights);
    for place in 0..weights.len() {
        let at = |step: f32| {
            let mut moved = weights.to_vec();
            moved[place] += step;
            (penalty.value(&moved), f64::from(moved[place]))
        };
        let ((above, high), (below, low)) = (at(1e-3), at(-1e-3));
        let (found, wanted) = (f64::from(found[place]), (above - below) / (high - low));
        prop_assert!((found - wanted).abs() < 1e-4 * wanted.abs().max(0.1), "{} {} at {}", found, wanted, place);
    }
    Ok(())
}
