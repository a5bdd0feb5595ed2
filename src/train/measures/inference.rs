//! What a prediction costs.

use super::super::Interrupted;
use super::probe::{Probe, ROWS};
use super::{Entry, Measurement, Subject};

pub(super) const ENTRY: Entry = Entry {
    names: &["inference_seconds"],
    key: Some("inference"),
    idea: "seconds per row of a forward pass (of each network that votes) over the test rows by one thread, in chunks of 256: the best of several, which take \
           20 ms at least",
    is_time: true,
    measure,
};

/// Seconds of passes from which on the best of them is believed.
const ENOUGH: f64 = 0.02;

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let (data, rows) = (subject.data, &subject.data.test.rows);
    if !subject.settings.inference || rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut probe = Probe::new(subject);
    let (mut best, mut spent) = (f64::INFINITY, 0.0);
    while spent < ENOUGH {
        let mut seconds = 0.0;
        for chunk in rows.chunks(ROWS) {
            probe.load(chunk.len(), |row, values| data.encode(chunk[row], values))?;
            seconds += probe.forward_seconds();
        }
        best = best.min(seconds);
        spent += seconds;
    }
    Ok(vec![Measurement::of("inference_seconds", best / rows.len() as f64)])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::Case;
    use super::*;

    #[test]
    fn a_pass_takes_some_time_where_it_is_asked_for() {
        let mut case = Case::classification();
        assert_eq!(measure(&case.subject()), Ok(vec![]));
        case.settings.inference = true;
        let found = measure(&case.subject()).unwrap();
        assert!(found.len() == 1 && found[0].value > 0.0 && found[0].value.is_finite(), "{found:?}");
    }
}
