//! A criterion as it is written on a command line: `patience:10`, `gl:5`, `pq:0.5`, `up:3`.
//!
//! In: a text. Out: a [`Criterion`], and the text again. A second number is `min_delta` (0 where not given) or the epochs in a
//! strip (5 where not given): `patience:10:0.01`, `pq:0.5:4`, `up:3:4`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Criterion;

/// Epochs in a strip, as in Prechelt's experiments.
const STRIP: usize = 5;

/// Why a text is no criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be {0}")]
pub struct CriterionError(&'static str);

const FORMS: CriterionError =
    CriterionError("patience:EPOCHS, gl:ALPHA, pq:ALPHA or up:STRIPS, as patience:10 or gl:5");
const PATIENCE: CriterionError =
    CriterionError("patience:EPOCHS or patience:EPOCHS:MIN_DELTA, a whole number and a number, each from 0");
const GL: CriterionError = CriterionError("gl:ALPHA, a number above 0");
const PQ: CriterionError = CriterionError("pq:ALPHA or pq:ALPHA:STRIP, a number above 0 and a whole number from 1");
const UP: CriterionError = CriterionError("up:STRIPS or up:STRIPS:STRIP, whole numbers from 1");

impl FromStr for Criterion {
    type Err = CriterionError;

    fn from_str(text: &str) -> Result<Self, CriterionError> {
        let (kind, numbers) = text.split_once(':').ok_or(FORMS)?;
        let (first, second) = numbers.split_once(':').map_or((numbers, None), |(first, second)| (first, Some(second)));
        let strip = || second.map_or(Some(STRIP), at_least_one);
        match kind {
            "patience" => {
                let min_delta = second.map_or(Some(0.0), |text| number(text).filter(|delta| *delta >= 0.0));
                let patience = first.parse().ok().zip(min_delta);
                patience.map(|(patience, min_delta)| Criterion::Patience { patience, min_delta }).ok_or(PATIENCE)
            }
            "gl" if second.is_some() => Err(GL),
            "gl" => above_zero(first).map(|alpha| Criterion::GeneralizationLoss { alpha }).ok_or(GL),
            "pq" => (above_zero(first).zip(strip()))
                .map(|(alpha, strip)| Criterion::ProgressQuotient { alpha, strip })
                .ok_or(PQ),
            "up" => {
                at_least_one(first).zip(strip()).map(|(strips, strip)| Criterion::Rises { strips, strip }).ok_or(UP)
            }
            _ => Err(FORMS),
        }
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn above_zero(text: &str) -> Option<f64> {
    number(text).filter(|number| *number > 0.0)
}

fn at_least_one(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| *number >= 1)
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = match *self {
            Criterion::Patience { patience, min_delta } => {
                (format!("patience:{patience}"), (min_delta != 0.0).then(|| min_delta.to_string()))
            }
            Criterion::GeneralizationLoss { alpha } => (format!("gl:{alpha}"), None),
            Criterion::ProgressQuotient { alpha, strip } => {
                (format!("pq:{alpha}"), (strip != STRIP).then(|| strip.to_string()))
            }
            Criterion::Rises { strips, strip } => (format!("up:{strips}"), (strip != STRIP).then(|| strip.to_string())),
        };
        f.write_str(&first)?;
        second.map_or(Ok(()), |second| write!(f, ":{second}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_criterion_is_read_and_written_alike() {
        for (text, criterion) in [
            ("patience:10", Criterion::Patience { patience: 10, min_delta: 0.0 }),
            ("patience:0:0.25", Criterion::Patience { patience: 0, min_delta: 0.25 }),
            ("gl:5", Criterion::GeneralizationLoss { alpha: 5.0 }),
            ("pq:0.5", Criterion::ProgressQuotient { alpha: 0.5, strip: 5 }),
            ("pq:0.5:3", Criterion::ProgressQuotient { alpha: 0.5, strip: 3 }),
            ("up:3", Criterion::Rises { strips: 3, strip: 5 }),
            ("up:3:1", Criterion::Rises { strips: 3, strip: 1 }),
        ] {
            assert_eq!(text.parse(), Ok(criterion), "{text}");
            assert_eq!(criterion.to_string(), text);
        }
    }

    #[test]
    fn another_text_is_refused_with_the_form_that_it_should_have() {
        for (text, error) in [
            ("", FORMS),
            ("gl", FORMS),
            ("glq:5", FORMS),
            ("GL:5", FORMS),
            ("patience:-1", PATIENCE),
            ("patience:3:-0.1", PATIENCE),
            ("patience:2.5", PATIENCE),
            ("gl:0", GL),
            ("gl:inf", GL),
            ("gl:nan", GL),
            ("gl:5:5", GL),
            ("pq:0.5:0", PQ),
            ("pq:x", PQ),
            ("up:0", UP),
            ("up:3:", UP),
            ("up:3:5:7", UP),
        ] {
            assert_eq!(text.parse::<Criterion>(), Err(error), "{text}");
        }
    }
}
