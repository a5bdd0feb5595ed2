//! The share that dropout has really dropped: audits its rate.

use super::super::Interrupted;
use super::{Entry, Measurement, Subject};

pub(super) const ENTRY: Entry = Entry {
    names: &["dropped_share"],
    key: None,
    idea: "share of the units (or connections) in front of a layer that dropout dropped over the whole training, by layer \
           (layer 1: of the inputs); where there was dropout; of several networks the mean",
    is_time: false,
    measure,
};

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let dropped = subject.outcome.dropped.iter().enumerate();
    Ok(dropped.filter_map(|(index, share)| share.map(|s| Measurement::of_layer("dropped_share", index, s))).collect())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::Case;
    use super::*;

    #[test]
    fn layers_without_dropout_in_front_have_no_row() {
        let mut case = Case::classification();
        case.outcome.dropped = vec![None, Some(0.48)];
        assert_eq!(measure(&case.subject()), Ok(vec![Measurement::of_layer("dropped_share", 1, 0.48)]));
    }
}
