//! Several tests at once: Holm's step-down correction.
//!
//! In: the p-values of one table. Out: p-values that keep the chance of any false finding among them below the level. Rows
//! without a p-value were not tested and do not count.

/// A p-value corrected for the tests beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adjusted {
    /// The corrected p-value.
    pub p: f64,
    /// How many times the p-value itself was counted: as many tests as were not yet decided when its turn came.
    pub factor: usize,
}

/// Holm's (1979) correction: the i-th smallest of m p-values times m − i + 1, never below that of a smaller one.
pub fn holm(p_values: &[Option<f64>]) -> Vec<Option<Adjusted>> {
    let mut order: Vec<(usize, f64)> = p_values.iter().enumerate().filter_map(|(row, p)| p.map(|p| (row, p))).collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut adjusted = vec![None; p_values.len()];
    let mut largest = 0.0_f64;
    for (place, &(row, p)) in order.iter().enumerate() {
        let factor = order.len() - place;
        largest = largest.max((p * factor as f64).min(1.0));
        adjusted[row] = Some(Adjusted { p: largest, factor });
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn agrees_with_r_and_leaves_out_what_was_not_tested() {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
        let p_values = [Some(0.01), None, Some(0.04), Some(0.03), Some(0.005)];
        let adjusted = holm(&p_values).into_iter().map(|found| found.map(|found| (found.p, found.factor)));
        let expected = [Some((0.03, 3)), None, Some((0.06, 1)), Some((0.06, 2)), Some((0.02, 4))];
        assert_eq!(adjusted.collect::<Vec<_>>(), expected);
        assert_eq!(holm(&[Some(0.7), Some(0.6)])[1], Some(Adjusted { p: 1.0, factor: 2 }));
    }

    proptest! {
        #[test]
        fn lies_between_the_p_value_and_bonferroni(p_values in prop::collection::vec(0.0..1.0f64, 1..9)) {
            let tests: Vec<Option<f64>> = p_values.iter().copied().map(Some).collect();
            for (adjusted, p) in holm(&tests).iter().zip(&p_values) {
                let adjusted = adjusted.unwrap().p;
                prop_assert!(*p <= adjusted && adjusted <= (p * p_values.len() as f64).min(1.0) + 1e-15);
            }
        }
    }
}
