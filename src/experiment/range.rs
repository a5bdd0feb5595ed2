//! A range of numbers: equal steps from end to end, or values drawn between them.
//!
//! In: `{ min, max, scale }`, and `points` where it is walked in steps. Out: numbers as nodes, rounded so that names in
//! tables stay short.

use crate::schema::{Content, Node, number_text};

use super::config::POINTS;

/// Significant digits of a number that is drawn: what matters of a learning rate, and short enough to be read.
const DRAWN_DIGITS: usize = 4;

/// Significant digits of a number on a grid: 0.001 where logarithms give 0.0010000000000000002.
const GRID_DIGITS: usize = 12;

/// The numbers from `min` to `max`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    min: f64,
    max: f64,
    log: bool,
    /// Steps of a grid, both ends among them.
    points: Option<usize>,
}

impl Range {
    /// Reads a range; nothing where a key is missing or of a wrong kind, which the frame's check has told.
    ///
    /// # Errors
    /// What is wrong with it: a fragment behind the key.
    pub fn read(node: &Node) -> Option<Result<Self, String>> {
        let number = |key| match node.get(key).map(|node| &node.content) {
            Some(Content::Integer(value)) => Some(Some(*value as f64)),
            Some(Content::Float(value)) => Some(Some(*value)),
            Some(_) => None,
            None => Some(None),
        };
        let log = node.get("scale").and_then(Node::text) == Some("log");
        let (min, max, points) = (number("min")??, number("max")??, number("points")?);
        if points.is_some_and(|points| !POINTS.contains(&(points as i64))) {
            return None;
        }
        let objection = if min.partial_cmp(&max) != Some(std::cmp::Ordering::Less) {
            Some(format!("must have min < max, found {} and {}", number_text(min, ""), number_text(max, "")))
        } else if log && min <= 0.0 {
            Some(format!("must have min > 0 on a log scale, found {}", number_text(min, "")))
        } else {
            None
        };
        let range = Self { min, max, log, points: points.map(|points| points as usize) };
        Some(objection.map_or(Ok(range), Err))
    }

    /// How many steps it has, if it says so.
    pub fn points(&self) -> Option<usize> {
        self.points
    }

    /// So many numbers with equal steps or factors between them, both ends among them.
    pub fn steps(&self, points: usize) -> Vec<Content> {
        let last = points - 1;
        let at = |index: usize| match index {
            0 => self.min,
            _ if index == last => self.max,
            _ => rounded(self.between(index as f64 / last as f64), GRID_DIGITS),
        };
        (0..=last).map(|index| shortest(at(index))).collect()
    }

    /// The number at a share in [0, 1) of the way: on the scale of the range, rounded to [`DRAWN_DIGITS`].
    pub fn drawn(&self, share: f64) -> Content {
        shortest(rounded(self.between(share), DRAWN_DIGITS).clamp(self.min, self.max))
    }

    /// The whole number at a share in [0, 1) of the way; all of a linear range are equally likely. Nothing where no whole
    /// number is in the range.
    pub fn drawn_whole(&self, share: f64) -> Option<Content> {
        let (least, most) = (self.min.ceil(), self.max.floor());
        let wide = Self { min: least, max: most + 1.0, ..*self };
        (least <= most).then(|| Content::Integer(wide.between(share).floor().clamp(least, most) as i64))
    }

    fn between(&self, share: f64) -> f64 {
        let Self { min, max, .. } = *self;
        if self.log {
            libm::exp(libm::log(min) * (1.0 - share) + libm::log(max) * share)
        } else {
            min * (1.0 - share) + max * share
        }
    }
}

fn rounded(x: f64, digits: usize) -> f64 {
    format!("{x:.*e}", digits - 1).parse().unwrap_or(x)
}

/// A whole number as an integer, so that it suits keys of both kinds.
fn shortest(x: f64) -> Content {
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0; // 2⁵³
    if x.fract() == 0.0 && x.abs() <= LARGEST_EXACT { Content::Integer(x as i64) } else { Content::Float(x) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATES: Range = Range { min: 1e-4, max: 1e-1, log: true, points: None };

    #[test]
    fn the_middle_of_a_log_range_is_its_geometric_mean() {
        // √(1e-4 · 1e-1) = 0.0031623
        assert_eq!(RATES.drawn(0.5), Content::Float(0.003162));
        assert_eq!(RATES.drawn(0.0), Content::Float(1e-4));
    }

    #[test]
    fn every_whole_number_of_a_linear_range_has_an_equal_share() {
        let range = Range { min: 1.0, max: 3.5, log: false, points: None };
        let drawn = [0.0, 0.33, 0.34, 0.66, 0.67, 0.999].map(|share| range.drawn_whole(share).unwrap());
        assert_eq!(drawn, [1, 1, 2, 2, 3, 3].map(Content::Integer));
        assert_eq!(Range { min: 1.2, max: 1.8, ..range }.drawn_whole(0.5), None);
    }

    proptest! {
        #[test]
        fn what_is_drawn_is_in_the_range(share in 0.0..1.0f64, min in 1e-6..1e6f64, width in 1e-3..1e6f64, log: bool) {
            let range = Range { min, max: min + width, log, points: None };
            for content in [Some(range.drawn(share)), range.drawn_whole(share)].into_iter().flatten() {
                let value = match content {
                    Content::Integer(value) => value as f64,
                    Content::Float(value) => value,
                    other => panic!("{other:?}"),
                };
                prop_assert!((min..=min + width).contains(&value), "{value}");
            }
        }
    }
}
