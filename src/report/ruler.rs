//! Where a number lies on an axis, and which numbers are written beside it.
//!
//! In: the numbers that are to be shown. Out: places from 0 to 1, and round ticks with their labels.

/// An axis of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ruler {
    low: f64,
    high: f64,
    is_log: bool,
}

/// A number beside an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    /// From 0 to 1.
    pub at: f64,
    /// The number, short.
    pub label: String,
}

/// The part of the way from left to right that does not decide about the height of curves: the first steps of training are large,
/// and all that is compared lies behind them.
pub(super) const BEGINNING: f64 = 0.05;

/// The share of heights at each end that may be outliers, and how far from the others these must lie, as a share of the range
/// of those.
const OUTLIERS: f64 = 0.02;
const BEYOND: f64 = 0.25;

/// How much of the axis is left free at an end that has no natural limit.
const MARGIN: f64 = 0.04;

/// The numbers between two powers of ten that have ticks too, where few powers are in sight.
const BETWEEN: [f64; 3] = [1.0, 2.0, 5.0];

impl Ruler {
    /// An axis that holds all these numbers, with a little room; those that are not finite, and on a logarithmic axis those
    /// not above 0, have no place.
    pub fn around(values: impl IntoIterator<Item = f64>, is_log: bool) -> Self {
        let own = |value: &f64| value.is_finite() && (!is_log || *value > 0.0);
        let values = values.into_iter().filter(own);
        let (low, high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (f64::min(low, v), f64::max(high, v)));
        let empty = Self { low: if is_log { 0.1 } else { 0.0 }, high: 1.0, is_log };
        if low > high {
            return empty;
        }
        let ruler = Self { low, high, is_log };
        let (start, end) = ruler.ends();
        let span = end - start;
        // All numbers are one: it stands in the middle.
        let room = if span > 0.0 {
            MARGIN * span
        } else if is_log {
            0.5
        } else {
            (0.1 * low.abs()).max(0.5)
        };
        ruler.with_ends(start - room, end + room)
    }

    /// The same, but it ends exactly at a number where it would begin or end beyond it.
    pub fn within(self, least: Option<f64>, most: Option<f64>) -> Self {
        let low = least.map_or(self.low, |least| self.low.max(least));
        let high = most.map_or(self.high, |most| self.high.min(most));
        if low < high { Self { low, high, ..self } } else { self }
    }

    /// The same, but it reaches exactly to these numbers.
    pub fn exactly(self, low: f64, high: f64) -> Self {
        Self { low, high, ..self }
    }

    /// Where a number lies: 0 at the beginning of the axis, 1 at its end; `None` where it has no place.
    pub fn at(self, value: f64) -> Option<f64> {
        let (start, end) = self.ends();
        let at = (if self.is_log { libm::log10(value) } else { value } - start) / (end - start);
        at.is_finite().then_some(at)
    }

    /// Round numbers, about so many.
    pub fn ticks(self, wanted: usize) -> Vec<Tick> {
        let values = if self.is_log { self.powers(wanted) } else { Vec::new() };
        // Within one power of ten a logarithmic axis has too few of its own.
        let values = if values.len() < 2 { self.steps(wanted) } else { values };
        let ticks = values.into_iter().filter_map(|(value, label)| Some(Tick { at: self.at(value)?, label }));
        ticks.filter(|tick| (-1e-9..=1.0 + 1e-9).contains(&tick.at)).collect()
    }

    fn ends(self) -> (f64, f64) {
        if self.is_log { (libm::log10(self.low), libm::log10(self.high)) } else { (self.low, self.high) }
    }

    fn with_ends(self, start: f64, end: f64) -> Self {
        match self.is_log {
            true => Self { low: libm::pow(10.0, start), high: libm::pow(10.0, end), ..self },
            false => Self { low: start, high: end, ..self },
        }
    }

    /// Multiples of 1, 2 or 5 times a power of ten.
    fn steps(self, wanted: usize) -> Vec<(f64, String)> {
        let rough = (self.high - self.low) / wanted.max(1) as f64;
        let power = libm::floor(libm::log10(rough));
        let unit = libm::pow(10.0, power);
        let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * unit >= rough * 0.999).unwrap_or(10.0);
        let step = factor * unit;
        let decimals = if factor >= 10.0 { -power - 1.0 } else { -power }.max(0.0) as usize;
        let first = (self.low / step - 1e-9).ceil();
        let count = ((self.high / step + 1e-9).floor() - first).max(0.0) as usize + 1;
        let value = |place: usize| (first + place as f64) * step;
        (0..count.min(100)).map(value).map(|value| (value, written(value, decimals))).collect()
    }

    /// Powers of ten, and what is between them where there is room.
    fn powers(self, wanted: usize) -> Vec<(f64, String)> {
        let (start, end) = self.ends();
        let (first, last) = ((start - 1e-9).ceil() as i32, (end + 1e-9).floor() as i32);
        if last - first >= 2 {
            let every = (last - first) / wanted.max(1) as i32 + 1;
            let powers = (first..=last).filter(|power| power.rem_euclid(every) == 0);
            return powers.map(|power| (ten_to(power), power_of_ten(power, 1.0))).collect();
        }
        let between = (first - 1..=last).flat_map(|power| BETWEEN.map(|factor| (power, factor)));
        let value = |(power, factor): (i32, f64)| (factor * ten_to(power), power_of_ten(power, factor));
        between.map(value).filter(|(value, _)| (self.low * 0.999..=self.high * 1.001).contains(value)).collect()
    }
}

/// The heights without the few that would leave little room for all others: how deep a network falls in the epoch in which it
/// is pruned, say.
pub(super) fn without_outliers(mut heights: Vec<f64>) -> Vec<f64> {
    heights.retain(|height| height.is_finite());
    heights.sort_by(f64::total_cmp);
    let Some(last) = heights.len().checked_sub(1) else { return heights };
    let few = (OUTLIERS * last as f64) as usize;
    let (low, high) = (heights[few], heights[last - few]);
    let beyond = BEYOND * (high - low);
    heights.retain(|&height| height >= low - beyond && height <= high + beyond);
    heights
}

fn ten_to(power: i32) -> f64 {
    libm::pow(10.0, f64::from(power))
}

/// `factor` times a power of ten, as configs have it: `0.02`, `5e-5`.
fn power_of_ten(power: i32, factor: f64) -> String {
    match power {
        -3..0 => written(factor * ten_to(power), -power as usize),
        0..5 => written(factor * ten_to(power), 0),
        _ => format!("{factor}e{power}"),
    }
}

/// A number with so many decimals; large and small ones as powers.
fn written(value: f64, decimals: usize) -> String {
    if value.abs() >= 1e6 || decimals > 5 {
        return format!("{value:.1e}").replace(".0e", "e");
    }
    let text = format!("{value:.decimals$}");
    if value == 0.0 || text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
        return text.replace('-', "");
    }
    // The minus sign of typography, as wide as a digit.
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ruler: Ruler, wanted: usize) -> Vec<String> {
        ruler.ticks(wanted).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(labels(Ruler::around([0.0, 60.0], false), 5), ["0", "20", "40", "60"]);
        assert_eq!(labels(Ruler::around([0.871, 0.913], false), 5), ["0.87", "0.88", "0.89", "0.90", "0.91"]);
        assert_eq!(labels(Ruler::around([-3.0, 12.0], false), 4), ["0", "5", "10"]);
        assert_eq!(labels(Ruler::around([-30.0, 12.0], false), 4), ["\u{2212}20", "0"]);
        assert_eq!(labels(Ruler::around([1.2e7, 3.1e7], false), 3), ["2e7", "3e7"]);
    }

    #[test]
    fn a_logarithmic_axis_has_powers_of_ten() {
        assert_eq!(labels(Ruler::around([1e-5, 0.1], true), 6), ["1e-5", "1e-4", "0.001", "0.01", "0.1"]);
        assert_eq!(labels(Ruler::around([1.0, 100.0], true), 6), ["1", "10", "100"]);
        assert_eq!(labels(Ruler::around([0.1, 0.9], true), 6), ["0.1", "0.2", "0.5"]);
        assert_eq!(labels(Ruler::around([1e-9, 1e3], true), 5), ["1e-9", "1e-6", "0.001", "1", "1000"]);
        let ruler = Ruler::around([0.01, 1.0], true);
        assert!((ruler.at(0.1).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!((ruler.at(0.0), ruler.at(-1.0)), (None, None));
    }

    #[test]
    fn what_is_not_finite_has_no_place_and_one_number_stands_in_the_middle() {
        let ruler = Ruler::around([f64::NAN, 3.0, f64::INFINITY], false);
        assert_eq!((ruler.at(3.0), ruler.at(f64::NAN)), (Some(0.5), None));
        assert!(labels(ruler, 4).contains(&"3.0".to_owned()), "{:?}", labels(ruler, 4));
        assert_eq!(labels(Ruler::around([], false), 2), ["0.0", "0.5", "1.0"]);
        assert_eq!(Ruler::around([0.5], true).at(0.5), Some(0.5));
    }

    #[test]
    fn a_few_outliers_do_not_decide_about_the_height() {
        let heights: Vec<f64> = (0..200).map(|place| if place == 100 { -50.0 } else { f64::from(place) }).collect();
        let kept = without_outliers(heights);
        assert_eq!((kept.len(), kept[0]), (199, 0.0));
        assert_eq!(without_outliers(vec![1.0, f64::NAN, 50.0]), [1.0, 50.0], "of two none is an outlier");
    }

    #[test]
    fn natural_limits_are_the_ends() {
        let percent = Ruler::around([12.0, 100.0], false).within(Some(0.0), Some(100.0));
        assert_eq!(percent.at(100.0), Some(1.0));
        assert!(percent.at(12.0).unwrap() > 0.0);
    }
}
