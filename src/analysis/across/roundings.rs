//! Figures without roundings.
//!
//! Means and differences of decimal fractions have last digits that nothing stands behind. Where figures are ranked, these
//! would tell apart what ties. In: a figure. Out: the figure to twelve digits or so.

/// Digits after the point of a number between 1 and 10 beyond which there is nothing but roundings.
const DIGITS: usize = 12;

/// A mean without them.
pub(super) fn without(value: f64) -> f64 {
    format!("{value:.DIGITS$e}").parse().unwrap_or(value)
}

/// The difference of two scores, without what rounding leaves of it.
pub(super) fn difference(own: f64, other: f64) -> f64 {
    let largest = own.abs().max(other.abs());
    if largest == 0.0 {
        return 0.0;
    }
    let decimals = (DIGITS as f64 - libm::log10(largest).floor()).max(0.0) as usize;
    format!("{:.decimals$}", own - other).parse().map_or(own - other, |rounded: f64| rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roundings_tell_nothing_apart() {
        assert_eq!(difference(0.768, 0.763), 0.005);
        assert_eq!(difference(0.936, 0.931), 0.005);
        assert_eq!(difference(0.1 + 0.2, 0.3), 0.0);
        assert_eq!(difference(3.0e9, 1.0), 2_999_999_999.0);
        assert_eq!(difference(0.0, 0.0), 0.0);
        assert_eq!(without(0.1 + 0.2), 0.3);
    }
}
