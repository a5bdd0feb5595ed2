//! What the predictions of a part are worth, beside loss and accuracy.
//!
//! In: the class of each row, the one that was predicted, and the probability of each class. Out: [`Classified`].

use super::confusion::Confusion;
use super::ranking::auc;

/// The figures of a part's predictions.
#[derive(Debug, Clone, PartialEq)]
pub struct Classified {
    /// One per metric of [`FURTHER`](super::FURTHER); NaN where it is not defined.
    pub values: [f64; 4],
    /// Which class was taken for which.
    pub confusion: Confusion,
}

impl Classified {
    /// Of `truth` and `predicted`, `[rows]`, and `probabilities`, `[rows, classes]` row by row.
    pub fn of(truth: &[u32], predicted: &[u32], probabilities: &[f64], classes: usize) -> Self {
        let confusion = Confusion::of(truth, predicted, classes);
        let auc = mean_auc(truth, probabilities, classes).unwrap_or(f64::NAN);
        let values = [confusion.balanced_accuracy(), confusion.f1(), log_loss(truth, probabilities, classes), auc];
        Self { values, confusion }
    }
}

/// −Σ ln p / rows over the probabilities of the true classes; NaN without rows. As scikit-learn's `log_loss`, a probability
/// is not taken for less than the precision of a number, lest a single row make the mean infinite.
fn log_loss(truth: &[u32], probabilities: &[f64], classes: usize) -> f64 {
    let of_true = truth.iter().zip(probabilities.chunks_exact(classes)).map(|(&class, row)| row[class as usize]);
    // Not by `max`, which would hide what is not a number.
    let bounded = of_true.map(|p| if p < f64::EPSILON { f64::EPSILON } else { p });
    // From 0, since the sum of no numbers is -0.
    bounded.fold(0.0, |sum, p| sum - libm::log(p)) / truth.len() as f64
}

/// Of two classes the area of the second, of more the mean over all, each against the rest; `None` where a class has no row,
/// or all rows. As scikit-learn's `roc_auc_score(multi_class="ovr", average="macro")`.
fn mean_auc(truth: &[u32], probabilities: &[f64], classes: usize) -> Option<f64> {
    let of_class = |class: usize| {
        let scores = probabilities.iter().skip(class).step_by(classes).copied();
        auc(scores, |row| truth[row] as usize == class)
    };
    if classes == 2 {
        return of_class(1);
    }
    let areas: Option<Vec<f64>> = (0..classes).map(of_class).collect();
    areas.map(|areas| areas.iter().sum::<f64>() / classes as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_worked_by_hand() {
        let found = Classified::of(&[0, 1, 1], &[0, 1, 0], &[0.75, 0.25, 0.5, 0.5, 0.75, 0.25], 2);
        let [balanced, f1, log_loss, auc] = found.values;
        assert_eq!((balanced, auc), (0.75, 0.75));
        assert!((f1 - 2.0 / 3.0).abs() < 1e-15);
        // −(ln ¾ + ln ½ + ln ¼) / 3
        assert!((log_loss - (-(0.75_f64 * 0.5 * 0.25).ln() / 3.0)).abs() < 1e-15);
    }

    #[test]
    fn a_class_without_rows_leaves_no_area_and_all_else() {
        let third = [0.5, 0.25, 0.25, 0.25, 0.5, 0.25];
        let found = Classified::of(&[0, 1], &[0, 1], &third, 3).values;
        assert_eq!(found[..2], [1.0, 1.0]);
        assert!(found[2].is_finite() && found[3].is_nan());
        let one_class = Classified::of(&[1, 1], &[1, 0], &[0.25, 0.75, 0.75, 0.25], 2).values;
        assert_eq!(one_class[0], 0.5);
        assert!(one_class[3].is_nan());
    }

    #[test]
    fn a_sure_mistake_costs_no_more_than_the_precision_of_a_number() {
        let found = Classified::of(&[0], &[1], &[0.0, 1.0], 2).values[2];
        assert!((found - 36.043_653_389_117_15).abs() < 1e-12, "{found}");
        assert!(Classified::of(&[0], &[1], &[f64::NAN, 1.0], 2).values[2].is_nan());
    }
}
