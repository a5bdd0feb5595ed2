//! What stands between the output of one layer and the input of the next.
//!
//! A gate multiplies the values that flow into a layer; the gradient that flows back is multiplied alike. Dropout closes
//! gates at random in training, and scales at test where the paper's form is asked for. Two gates do not act on values but on
//! what the layer makes of them: DropConnect's, in training and at test.

use super::kernels::{self, PANEL};
use super::{Connections, Layer, Sampling};
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
    /// Closes single connections of the layer behind, for each sample others.
    Connect(Connections),
    /// Draws what the layer's units give at test time, where connections were closed in training.
    Sampled(Sampling),
}

/// Values of the 16 bits that decide whether something is closed.
pub(super) const DRAWS: f64 = 65536.0;

impl Gate {
    /// Closes every unit of every sample with probability `rate`, to the nearest 65536th, and multiplies the others by
    /// `kept`. The draws belong to `key`; `length` is panels · units · 32.
    pub fn draw(&mut self, key: StreamKey, rate: f64, kept: f32, length: usize) {
        kernels::mask(key.mixed(), libm::round(rate * DRAWS) as u32, kept, self.factors_mut(length));
    }

    /// Multiplies every unit of every sample by a factor of its own, normal with mean 1 and this deviation. The draws belong to
    /// `key`; `length` is panels · units · 32.
    pub fn draw_normal(&mut self, key: StreamKey, deviation: f64, length: usize) {
        kernels::normals(key.mixed(), 0, 1.0, deviation as f32, self.factors_mut(length));
    }

    /// Closes every connection of `layer`, in each sample of some panels, with probability `rate`, to the nearest 65536th, and
    /// multiplies the others by `kept`. The draws belong to `key`.
    pub fn draw_connections(&mut self, key: StreamKey, rate: f64, kept: f32, layer: &Layer, panels: usize) {
        if !matches!(self, Gate::Connect(_)) {
            *self = Gate::Connect(Connections::default());
        }
        if let Gate::Connect(connections) = self {
            connections.draw(key, rate, kept, layer, panels);
        }
    }

    /// The gate becomes a mask of so many factors, which are still to be written.
    fn factors_mut(&mut self, length: usize) -> &mut [f32] {
        if !matches!(self, Gate::Mask(_)) {
            *self = Gate::Mask(Vec::new());
        }
        let Gate::Mask(factors) = self else { unreachable!("it was just made a mask") };
        factors.resize(length, 0.0);
        factors
    }

    /// How many units (or connections) are closed, counted in each of the first `rows` samples, in front of a layer of `inputs`
    /// inputs.
    pub fn closed(&self, inputs: usize, rows: usize) -> u64 {
        match self {
            Gate::Open | Gate::Scale(_) | Gate::Sampled(_) => 0,
            Gate::Connect(connections) => connections.closed(rows),
            Gate::Mask(factors) => {
                let whole = rows / PANEL * inputs * PANEL;
                let rest = &factors[whole..][..if rows.is_multiple_of(PANEL) { 0 } else { inputs * PANEL }];
                let mut count = 0;
                kernels::count_zeros(&factors[..whole], PANEL, &mut count);
                kernels::count_zeros(rest, rows % PANEL, &mut count);
                count
            }
        }
    }

    /// Whether nothing changes on the way through.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Gate::Open)
    }

    /// Writes `from`, multiplied by the gate's factors, into `to`; both begin at `offset` of the layer's input.
    pub(super) fn pass(&self, offset: usize, from: &[f32], to: &mut [f32]) {
        match self {
            Gate::Open | Gate::Connect(_) => to.copy_from_slice(from),
            Gate::Sampled(sampling) => kernels::scaled(from, sampling.mean, to),
            Gate::Scale(factor) => kernels::scaled(from, *factor, to),
            Gate::Mask(factors) => kernels::multiplied(from, &factors[offset..], to),
        }
    }

    /// Multiplies `values`, which begin at `offset` of the layer's input, by the gate's factors.
    pub(super) fn apply(&self, offset: usize, values: &mut [f32]) {
        match self {
            Gate::Open | Gate::Connect(_) => {}
            Gate::Scale(factor) => kernels::scale(values, *factor),
            Gate::Mask(factors) => kernels::multiply(values, &factors[offset..]),
            Gate::Sampled(sampling) => kernels::scale(values, sampling.mean),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn what_is_kept_is_multiplied_by_exactly_what_was_asked_and_the_mean_is_one() {
        for rate in [0.2, 0.5, 0.9] {
            let (mut gate, kept, length) = (Gate::Open, (1.0 / (1.0 - rate)) as f32, 4000 * PANEL);
            gate.draw(StreamKey::new(3, Purpose::Dropout), rate, kept, length);
            let mut values = vec![3.0; length];
            gate.apply(0, &mut values);
            assert!(values.iter().all(|&value| value == 0.0 || value == 3.0 * kept), "rate {rate}");
            let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / length as f64;
            let deviation = 3.0 * libm::sqrt(rate / (1.0 - rate) / length as f64);
            assert!((mean - 3.0).abs() < 5.0 * deviation, "rate {rate}: {mean}");
        }
    }

    #[test]
    fn normal_factors_have_mean_one_and_the_variance_of_the_same_rate() {
        for rate in [0.1, 0.5, 0.8] {
            let (mut gate, length) = (Gate::Open, 4000 * PANEL);
            gate.draw_normal(StreamKey::new(3, Purpose::Dropout), libm::sqrt(rate / (1.0 - rate)), length);
            let Gate::Mask(factors) = gate else { panic!("a drawn gate is a mask") };
            let mean = factors.iter().map(|&f| f64::from(f)).sum::<f64>() / length as f64;
            let square =
                factors.iter().map(|&f| (f64::from(f) - 1.0) * (f64::from(f) - 1.0)).sum::<f64>() / length as f64;
            assert!((mean - 1.0).abs() < 0.02, "rate {rate}: mean {mean}");
            assert!((square / (rate / (1.0 - rate)) - 1.0).abs() < 0.02, "rate {rate}: variance {square}");
        }
    }

    #[test]
    fn what_is_closed_is_counted_in_the_rows_of_the_batch_only() {
        let (units, mut gate) = (3, Gate::Open);
        gate.draw(StreamKey::new(3, Purpose::Dropout), 0.4, 1.0, 2 * units * PANEL);
        let Gate::Mask(factors) = &gate else { panic!("a drawn gate is a mask") };
        for rows in [1, 31, 32, 33, 64] {
            let places = (0..rows)
                .flat_map(|row| (0..units).map(move |unit| (row / PANEL * units + unit) * PANEL + row % PANEL));
            let closed = places.filter(|&place| factors[place] == 0.0).count() as u64;
            assert_eq!(gate.closed(units, rows), closed, "{rows} rows");
        }
        assert_eq!((Gate::Open.closed(3, 40), Gate::Scale(2.0).closed(3, 40)), (0, 0));
    }

    #[test]
    fn a_longer_mask_begins_as_a_shorter_one() {
        assert_eq!(drawn(0.3, 1, 10)[..], drawn(0.3, 1, 20)[..10 * PANEL]);
    }
}
