//! Loops of normalisation: over the samples of a unit (batch norm), and over the units of a sample (layer norm).
//!
//! Panels are [units, 32]; only the first `lanes` samples of one count, the others become 0 where something is written. Sums
//! run in f64 and in a fixed order, so that the width of a vector changes no bit.

use super::PANEL;
use super::elementwise::{flushed, for_each_instruction_set};
use super::instructions::Instructions;

/// Sums that run side by side along a row.
const CHAINS: usize = 8;

/// Σ term(a, b) over the first `lanes` of two rows: eight sums side by side, added up by a fixed tree.
#[inline(always)]
fn sum_of_rows(a: &[f32; PANEL], b: &[f32; PANEL], lanes: usize, term: impl Fn(f64, f64) -> f64) -> f64 {
    let mut chains = [0.0; CHAINS];
    let (a, b) = (a.as_chunks::<CHAINS>().0, b.as_chunks::<CHAINS>().0);
    for (group, (a, b)) in a.iter().zip(b).enumerate() {
        let left = lanes.saturating_sub(group * CHAINS);
        if left >= CHAINS {
            for ((chain, &a), &b) in chains.iter_mut().zip(a).zip(b) {
                *chain += term(f64::from(a), f64::from(b));
            }
        } else {
            for ((chain, &a), &b) in chains.iter_mut().zip(a).zip(b).take(left) {
                *chain += term(f64::from(a), f64::from(b));
            }
        }
    }
    let four = [0, 1, 2, 3].map(|i| chains[i] + chains[i + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

for_each_instruction_set! {
    /// sums ← sums + Σ z of each unit. `[units]`
    pub fn add_unit_sums(z: &[f32], lanes: usize, sums: &mut [f64]) {
        for (sum, z) in sums.iter_mut().zip(z.as_chunks().0) {
            *sum += sum_of_rows(z, z, lanes, |z, _| z);
        }
    }

    /// sums ← sums + Σ (z − mean)² of each unit. `[units]`
    pub fn add_unit_squares(z: &[f32], lanes: usize, means: &[f64], sums: &mut [f64]) {
        for ((sum, &mean), z) in sums.iter_mut().zip(means).zip(z.as_chunks().0) {
            *sum += sum_of_rows(z, z, lanes, |z, _| (z - mean) * (z - mean));
        }
    }

    /// sums ← sums + Σ a·b of each unit. `[units]`
    pub fn add_unit_products(a: &[f32], b: &[f32], lanes: usize, sums: &mut [f64]) {
        for ((sum, a), b) in sums.iter_mut().zip(a.as_chunks().0).zip(b.as_chunks().0) {
            *sum += sum_of_rows(a, b, lanes, |a, b| a * b);
        }
    }

    /// sums ← sums + Σ z of each sample. `[32]`
    pub fn add_lane_sums(z: &[f32], sums: &mut [f64]) {
        for z in z.as_chunks::<PANEL>().0 {
            for (sum, &z) in sums.iter_mut().zip(z) {
                *sum += f64::from(z);
            }
        }
    }

    /// sums ← sums + Σ (z − mean)² of each sample. `[32]`
    pub fn add_lane_squares(z: &[f32], means: &[f64], sums: &mut [f64]) {
        for z in z.as_chunks::<PANEL>().0 {
            for ((sum, &z), &mean) in sums.iter_mut().zip(z).zip(means) {
                *sum += (f64::from(z) - mean) * (f64::from(z) - mean);
            }
        }
    }

    /// ẑ ← (z − mean)·inverse by unit, then z ← γẑ + β. `statistics` are means and inverse deviations, `affine` γ and β: `[units]`.
    pub fn normalize_units(
        z: &mut [f32], normalized: &mut [f32], lanes: usize, statistics: [&[f64]; 2], affine: [&[f32]; 2],
    ) {
        let rows = z.as_chunks_mut::<PANEL>().0.iter_mut().zip(normalized.as_chunks_mut::<PANEL>().0);
        for (unit, (z, normalized)) in rows.enumerate() {
            let (mean, inverse) = (statistics[0][unit], statistics[1][unit]);
            let (gain, shift) = (affine[0][unit], affine[1][unit]);
            for (z, normalized) in z.iter_mut().zip(normalized.iter_mut()) {
                *normalized = ((f64::from(*z) - mean) * inverse) as f32;
                *z = gain * *normalized + shift;
            }
            z[lanes..].fill(0.0);
            normalized[lanes..].fill(0.0);
        }
    }

    /// As [`normalize_units`], by sample: `statistics` are `[32]`.
    pub fn normalize_lanes(
        z: &mut [f32], normalized: &mut [f32], lanes: usize, statistics: [&[f64]; 2], affine: [&[f32]; 2],
    ) {
        let rows = z.as_chunks_mut::<PANEL>().0.iter_mut().zip(normalized.as_chunks_mut::<PANEL>().0);
        for (unit, (z, normalized)) in rows.enumerate() {
            let (gain, shift) = (affine[0][unit], affine[1][unit]);
            let statistics = statistics[0].iter().zip(statistics[1]);
            for ((z, normalized), (&mean, &inverse)) in z.iter_mut().zip(normalized.iter_mut()).zip(statistics) {
                *normalized = ((f64::from(*z) - mean) * inverse) as f32;
                *z = gain * *normalized + shift;
            }
            z[lanes..].fill(0.0);
            normalized[lanes..].fill(0.0);
        }
    }

    /// δ ← factor·(δ − a − ẑ·b) by unit. `means` are a and b; `factors` and they are `[units]`.
    pub fn unit_deltas(
        delta: &mut [f32], normalized: &[f32], lanes: usize, factors: &[f64], means: [&[f64]; 2],
    ) {
        let rows = delta.as_chunks_mut::<PANEL>().0.iter_mut().zip(normalized.as_chunks::<PANEL>().0);
        for (unit, (delta, normalized)) in rows.enumerate() {
            let (factor, a, b) = (factors[unit], means[0][unit], means[1][unit]);
            for (delta, &normalized) in delta.iter_mut().zip(normalized) {
                *delta = flushed((factor * (f64::from(*delta) - a - f64::from(normalized) * b)) as f32);
            }
            delta[lanes..].fill(0.0);
        }
    }

    /// a ← a + Σ γδ and b ← b + Σ γδẑ of each sample: `sums` are a and b, `[32]` each, one behind the other.
    pub fn add_lane_products(delta: &[f32], normalized: &[f32], gain: &[f32], sums: &mut [f64]) {
        let (a, b) = sums.split_at_mut(PANEL);
        let rows = delta.as_chunks::<PANEL>().0.iter().zip(normalized.as_chunks::<PANEL>().0).zip(gain);
        for ((delta, normalized), &gain) in rows {
            for (((a, b), &delta), &normalized) in a.iter_mut().zip(b.iter_mut()).zip(delta).zip(normalized) {
                let scaled = f64::from(gain) * f64::from(delta);
                *a += scaled;
                *b += scaled * f64::from(normalized);
            }
        }
    }

    /// δ ← inverse·(γδ − a − ẑ·b) by sample: `inverses` are `[32]`, `means` a and b, `[32]` each, one behind the other.
    pub fn lane_deltas(
        delta: &mut [f32], normalized: &[f32], lanes: usize, gain: &[f32], inverses: &[f64], means: &[f64],
    ) {
        let (a, b) = means.split_at(PANEL);
        let rows = delta.as_chunks_mut::<PANEL>().0.iter_mut().zip(normalized.as_chunks::<PANEL>().0).zip(gain);
        for ((delta, normalized), &gain) in rows {
            let statistics = inverses.iter().zip(a).zip(b);
            for ((delta, &normalized), ((&inverse, &a), &b)) in delta.iter_mut().zip(normalized).zip(statistics) {
                let scaled = f64::from(gain) * f64::from(*delta);
                *delta = flushed((inverse * (scaled - a - f64::from(normalized) * b)) as f32);
            }
            delta[lanes..].fill(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_takes_the_lanes_that_hold_samples_and_no_other() {
        let row: [f32; PANEL] = std::array::from_fn(|lane| lane as f32 + 1.0);
        for lanes in [0, 1, 7, 8, 9, 31, 32] {
            let mut sums = [0.5];
            add_unit_sums(&row, lanes, &mut sums);
            assert_eq!(sums, [0.5 + (lanes * (lanes + 1)) as f64 / 2.0], "{lanes} lanes");
        }
    }

    #[test]
    fn lanes_without_a_sample_become_zero() {
        let (mut z, mut normalized) = (vec![3.0; PANEL], vec![9.0; PANEL]);
        normalize_units(&mut z, &mut normalized, 2, [&[1.0], &[0.5]], [&[4.0], &[1.0]]);
        assert_eq!((&z[..3], &normalized[..3]), (&[5.0, 5.0, 0.0][..], &[1.0, 1.0, 0.0][..]));
        let mut delta = vec![f32::NAN; PANEL];
        unit_deltas(&mut delta, &normalized, 0, &[1.0], [&[0.0], &[0.0]]);
        assert_eq!(delta, [0.0; PANEL]);
    }
}
