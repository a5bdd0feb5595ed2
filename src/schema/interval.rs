//! Intervals of allowed numbers.

use std::fmt;

/// An interval of finite numbers, written as in mathematics: `[0, 1)` holds 0 and does not hold 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    low: f64,
    high: f64,
    holds_low: bool,
    holds_high: bool,
}

impl Interval {
    /// Every finite number.
    pub const ALL: Interval = Interval::open(f64::NEG_INFINITY, f64::INFINITY);
    /// [0, ∞)
    pub const NOT_NEGATIVE: Interval = Interval { holds_low: true, ..Interval::open(0.0, f64::INFINITY) };
    /// (0, ∞)
    pub const POSITIVE: Interval = Interval::open(0.0, f64::INFINITY);
    /// [0, 1)
    pub const RATE: Interval = Interval { holds_low: true, ..Interval::open(0.0, 1.0) };
    /// (0, 1]
    pub const POSITIVE_SHARE: Interval = Interval { holds_high: true, ..Interval::open(0.0, 1.0) };
    /// [0, 1]
    pub const SHARE: Interval = Interval::closed(0.0, 1.0);

    /// (low, high)
    pub const fn open(low: f64, high: f64) -> Self {
        Self { low, high, holds_low: false, holds_high: false }
    }

    /// [low, high]
    pub const fn closed(low: f64, high: f64) -> Self {
        Self { low, high, holds_low: true, holds_high: true }
    }

    /// Whether the interval holds `x`; never so for NaN and the infinities.
    pub fn holds(&self, x: f64) -> bool {
        x.is_finite()
            && (x > self.low || self.holds_low && x == self.low)
            && (x < self.high || self.holds_high && x == self.high)
    }

    /// The lower bound, and whether it is allowed itself.
    pub fn low(&self) -> (f64, bool) {
        (self.low, self.holds_low)
    }

    /// The upper bound, and whether it is allowed itself.
    pub fn high(&self) -> (f64, bool) {
        (self.high, self.holds_high)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = |x: f64| {
            if x.is_infinite() { if x > 0.0 { "∞".to_owned() } else { "-∞".to_owned() } } else { x.to_string() }
        };
        let (left, right) = (if self.holds_low { '[' } else { '(' }, if self.holds_high { ']' } else { ')' });
        write!(f, "{left}{}, {}{right}", bound(self.low), bound(self.high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_its_closed_ends_only() {
        assert!(Interval::RATE.holds(0.0) && !Interval::RATE.holds(1.0));
        assert!(Interval::SHARE.holds(0.0) && Interval::SHARE.holds(1.0));
        assert!(!Interval::POSITIVE_SHARE.holds(0.0) && Interval::POSITIVE_SHARE.holds(1.0));
        assert!(!Interval::POSITIVE.holds(0.0) && Interval::POSITIVE.holds(1e-300));
    }

    #[test]
    fn holds_no_number_that_is_not_finite() {
        for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!Interval::ALL.holds(x), "{x}");
        }
    }

    #[test]
    fn is_written_as_in_mathematics() {
        assert_eq!(Interval::RATE.to_string(), "[0, 1)");
        assert_eq!(Interval::POSITIVE.to_string(), "(0, ∞)");
    }
}
