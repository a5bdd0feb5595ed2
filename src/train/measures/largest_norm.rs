//! The largest norm of a unit's incoming weights: audits max-norm.

use super::super::Interrupted;
use super::{Entry, Measurement, Subject};

pub(super) const ENTRY: Entry = Entry {
    names: &["largest_norm"],
    key: None,
    idea: "the largest Euclidean norm of the incoming weights of a unit, by layer: what max_norm bounds; of several networks \
           the largest of all",
    is_time: false,
    measure,
};

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let networks = &subject.outcome.ensemble.members;
    let of_layer = |index: usize| {
        let units = networks.iter().flat_map(|network| network.layers[index].units());
        let squares = units.map(|weights| weights.iter().map(|&w| f64::from(w) * f64::from(w)).sum::<f64>());
        Measurement::of_layer("largest_norm", index, libm::sqrt(squares.fold(0.0, f64::max)))
    };
    Ok((0..networks[0].layers.len()).map(of_layer).collect())
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::super::fixtures::Case;
    use super::*;

    #[test]
    fn the_largest_unit_of_each_layer_counts() {
        let mut case = Case::classification();
        case.outcome.ensemble.members[0].layers[0].weights = array![[3.0, -4.0], [1.0, 1.0], [0.0, 0.0], [0.0, 4.9]];
        case.outcome.ensemble.members[0].layers[1].weights = array![[0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]];
        let norms: Vec<_> = measure(&case.subject()).unwrap().iter().map(|row| (row.layer, row.value)).collect();
        assert_eq!(norms, [(Some(1), 5.0), (Some(2), 2.0)]);
    }
}
