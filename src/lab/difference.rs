//! Where two results of one trial differ.
//!
//! In: two records. Out: the first place, in the order of a stored line, at which they say something else, and what each
//! says; or nothing, where they differ in what may differ at most: times that were taken, and which program noted them.

use std::fmt;

use serde_json::Value;

use super::record::Record;

/// A place where two records differ, as `curve.test[1][37]`, with what each has there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The keys that lead there.
    pub place: String,
    /// What the two have there; "nothing" where the place is not there.
    pub values: [String; 2],
}

/// The first difference, if there is one.
pub(super) fn first_difference(one: &Record, other: &Record) -> Option<Difference> {
    let comparable = |record: &Record| {
        let bare = Record {
            seconds: 0.0,
            times: Vec::new(),
            version: String::new(),
            semantics: 0,
            data: String::new(),
            ..record.clone()
        };
        serde_json::to_value(bare).expect("a record has only text keys and plain values")
    };
    below(String::new(), Some(&comparable(one)), Some(&comparable(other)))
}

fn below(place: String, one: Option<&Value>, other: Option<&Value>) -> Option<Difference> {
    match (one, other) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let dot = if place.is_empty() { "" } else { "." };
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            keys.into_iter().find_map(|key| below(format!("{place}{dot}{key}"), a.get(key), b.get(key)))
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            (0..a.len().max(b.len())).find_map(|index| below(format!("{place}[{index}]"), a.get(index), b.get(index)))
        }
        _ => {
            // As text: 0.0 and -0.0 are equal, and not the same result.
            let values = [one, other].map(shown);
            (values[0] != values[1]).then_some(Difference { place, values })
        }
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Characters of a value that are shown.
        const SHOWN: usize = 80;
        let [one, other] =
            [&self.values[0], &self.values[1]].map(|value| value.chars().take(SHOWN).collect::<String>());
        write!(f, "{} is {one} and {other}", self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::example;
    use super::super::record::{Measurement, Status};
    use super::*;

    fn text(one: &Record, other: &Record) -> Option<String> {
        first_difference(one, other).map(|difference| difference.to_string())
    }

    #[test]
    fn times_and_what_noted_them_make_no_difference() {
        let mut record = example("ab");
        record.curve.train[0][0] = f64::NAN;
        let measured = |value| vec![Measurement { measure: "x".to_owned(), layer: None, at: Some(2.0), value }];
        for other in [
            record.clone(),
            Record { seconds: 9.0, ..record.clone() },
            Record { times: measured(1.0), ..record.clone() },
            Record { version: "9.9".to_owned(), semantics: 0, data: String::new(), ..record.clone() },
        ] {
            assert_eq!(text(&record, &other), None);
        }
        let other = Record { measures: measured(1.0), ..record.clone() };
        let found = r#"measures[0] is nothing and {"measure":"x","at":2.0,"value":1.0}"#;
        assert_eq!(text(&record, &other).unwrap(), found);
    }

    #[test]
    fn the_first_place_is_named_with_both_values() {
        let record = example("ab");
        let mut other = record.clone();
        other.curve.test[1][1] = 0.75;
        other.nonzero_parameters = 9;
        assert_eq!(text(&record, &other).unwrap(), "curve.test[1][1] is 0.8 and 0.75");
        let other = Record { status: Status::Diverged, ..record.clone() };
        assert_eq!(text(&record, &other).unwrap(), "status is \"ok\" and \"diverged\"");
    }

    #[test]
    fn a_zero_has_a_sign() {
        let mut other = example("ab");
        other.curve.penalty[0] = -0.0;
        assert_eq!(text(&example("ab"), &other).unwrap(), "curve.penalty[0] is 0.0 and -0.0");
    }
}
