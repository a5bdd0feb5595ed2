//! Which class was taken for which.
//!
//! In: true and predicted classes. Out: a [`Confusion`] matrix, and what depends on it alone: balanced accuracy and F1.

/// How often each class was taken for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    /// `[true class, predicted class]`, row by row.
    counts: Vec<u64>,
}

impl Confusion {
    /// Counts pairs of a true and a predicted class; both lists are of one length, `[rows]`.
    ///
    /// # Panics
    /// If a class is not below `classes`.
    pub fn of(truth: &[u32], predicted: &[u32], classes: usize) -> Self {
        let mut counts = vec![0; classes * classes];
        for (&class, &taken_for) in truth.iter().zip(predicted) {
            counts[class as usize * classes + taken_for as usize] += 1;
        }
        Self { classes, counts }
    }

    /// The pairs that occur, `[true class, predicted class, rows]`, in the order of the classes.
    pub fn pairs(&self) -> Vec<[u64; 3]> {
        let occurs = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        occurs.map(|(at, &count)| [(at / self.classes) as u64, (at % self.classes) as u64, count]).collect()
    }

    /// The mean recall of the classes that have rows; NaN without any row. As scikit-learn's `balanced_accuracy_score`.
    pub fn balanced_accuracy(&self) -> f64 {
        let recalls = (0..self.classes).filter_map(|class| {
            let rows = self.rows_of(class);
            (rows > 0).then(|| self.right(class) as f64 / rows as f64)
        });
        mean(recalls)
    }

    /// The mean of 2·right / (rows + predictions) over the classes that have a row or a prediction; NaN without any row. As
    /// scikit-learn's `f1_score(average="macro")`.
    pub fn f1(&self) -> f64 {
        let scores = (0..self.classes).filter_map(|class| {
            let both = self.rows_of(class) + self.predictions_of(class);
            (both > 0).then(|| 2.0 * self.right(class) as f64 / both as f64)
        });
        mean(scores)
    }

    fn right(&self, class: usize) -> u64 {
        self.counts[class * self.classes + class]
    }

    fn rows_of(&self, class: usize) -> u64 {
        self.counts[class * self.classes..][..self.classes].iter().sum()
    }

    fn predictions_of(&self, class: usize) -> u64 {
        self.counts.iter().skip(class).step_by(self.classes).sum()
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_worked_by_hand() {
        // Recalls 2/3, 1, of the third class 0; precisions 2/2, 1/3.
        let confusion = Confusion::of(&[0, 0, 0, 1, 2], &[0, 0, 1, 1, 1], 3);
        assert_eq!(confusion.pairs(), [[0, 0, 2], [0, 1, 1], [1, 1, 1], [2, 1, 1]]);
        assert!((confusion.balanced_accuracy() - 5.0 / 9.0).abs() < 1e-15);
        // F1: 4/5, 2/4, 0.
        assert!((confusion.f1() - 1.3 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn a_class_without_rows_counts_only_where_it_is_predicted() {
        let absent = Confusion::of(&[0, 0, 1], &[0, 0, 1], 3);
        assert_eq!((absent.balanced_accuracy(), absent.f1()), (1.0, 1.0));
        let predicted = Confusion::of(&[0, 0, 1], &[0, 2, 1], 3);
        assert_eq!(predicted.balanced_accuracy(), 0.75);
        assert!((predicted.f1() - (2.0 / 3.0 + 1.0) / 3.0).abs() < 1e-15);
        assert!(Confusion::of(&[], &[], 2).balanced_accuracy().is_nan());
    }
}
