//! What stands between the output of one layer and the input of the next.
//!
//! A gate multiplies the values that flow into a layer; the gradient that flows back is multiplied alike. Dropout closes
//! gates at random in training, and scales at test where the paper's form is asked for.

use super::kernels;
use crate::random::StreamKey;

/// The gate in front of one layer.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Gate {
    /// Lets everything through.
    #[default]
    Open,
    /// Multiplies everything by one number.
    Scale(f32),
    /// A factor for every unit and sample, in panels: [panels, units, 32].
    Mask(Vec<f32>),
}

impl Gate {
    /// Closes every unit of every sample with probability `rate`, to the nearest 65536th, and multiplies the others by
    /// `kept`. The draws belong to `key`; `length` is panels · units · 32.
    pub fn draw(&mut self, key: StreamKey, rate: f64, kept: f32, length: usize) {
        /// Values of the 16 bits that decide.
        const DRAWS: f64 = 65536.0;
        if !matches!(self, Gate::Mask(_)) {
            *self = Gate::Mask(Vec::new());
        }
        if let Gate::Mask(factors) = self {
            factors.resize(length, 0.0);
            kernels::mask(key.mixed(), libm::round(rate * DRAWS) as u32, kept, factors);
        }
    }

    /// Whether nothing changes on the way through.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Gate::Open)
    }

    /// Writes `from`, multiplied by the gate's factors, into `to`; both begin at `offset` of the layer's input.
    pub(super) fn pass(&self, offset: usize, from: &[f32], to: &mut [f32]) {
        match self {
            Gate::Open => to.copy_from_slice(from),
            Gate::Scale(factor) => kernels::scaled(from, *factor, to),
            Gate::Mask(factors) => kernels::multiplied(from, &factors[offset..], to),
        }
    }

    /// Multiplies `values`, which begin at `offset` of the layer's input, by the gate's factors.
    pub(super) fn apply(&self, offset: usize, values: &mut [f32]) {
        match self {
            Gate::Open => {}
            Gate::Scale(factor) => kernels::scale(values, *factor),
            Gate::Mask(factors) => kernels::multiply(values, &factors[offset..]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::PANEL;
    use crate::random::Purpose;

    /// A mask of `rows` rows of 32 lanes, as 0 and 1.
    fn drawn(rate: f64, step: u64, rows: usize) -> Vec<f32> {
        let mut gate = Gate::Open;
        gate.draw(StreamKey::new(3, Purpose::Dropout).step(step), rate, 1.0, rows * PANEL);
        match gate {
            Gate::Mask(factors) => factors,
            _ => panic!("a drawn gate is a mask"),
        }
    }

    #[test]
    fn the_share_that_is_dropped_is_the_rate() {
        for rate in [0.1, 0.5, 0.73] {
            let mask = drawn(rate, 1, 4000);
            let dropped = mask.iter().filter(|&&factor| factor == 0.0).count() as f64 / mask.len() as f64;
            assert!((dropped - rate).abs() < 0.005, "{dropped} of {rate}");
            for lane in 0..PANEL {
                let lanes = mask.iter().skip(lane).step_by(PANEL);
                let dropped = lanes.filter(|&&factor| factor == 0.0).count() as f64 / 4000.0;
                assert!((dropped - rate).abs() < 0.04, "lane {lane}: {dropped} of {rate}");
            }
        }
    }

    #[test]
    fn masks_of_neighbouring_steps_lanes_and_units_are_independent() {
        let (first, second) = (drawn(0.5, 7, 4000), drawn(0.5, 8, 4000));
        let agreement =
            |a: &[f32], b: &[f32]| a.iter().zip(b).filter(|(a, b)| a == b).count() as f64 / a.len().min(b.len()) as f64;
        for distance in [1, 16, 31, PANEL, 64 * PANEL] {
            let share = agreement(&first, &first[distance..]);
            assert!((share - 0.5).abs() < 0.01, "at distance {distance}: {share}");
        }
        assert!((agreement(&first, &second) - 0.5).abs() < 0.01);
    }

    #[test]
    fn a_longer_mask_begins_as_a_shorter_one() {
        assert_eq!(drawn(0.3, 1, 10)[..], drawn(0.3, 1, 20)[..10 * PANEL]);
    }
}
