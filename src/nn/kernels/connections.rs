//! Products through masks of single connections: every sample of a panel has weights of its own.
//!
//! A word of 32 bits says for a weight in which samples of a panel it is kept (bit s is sample s). Sums run in ascending order
//! and round after every multiplication and addition, so that the vector width of the processor changes no bit.

use super::PANEL;
use super::elementwise::for_each_instruction_set;
use super::instructions::Instructions;

for_each_instruction_set! {
    /// sums(s) ← sums(s) + Σ_i kept(i, s)·w(i)·factor·x(i, s) of one unit: `words` and `weights` are `[inputs]`, `x` [inputs, 32].
    pub fn connected_sums(words: &[u32], weights: &[f32], factor: f32, x: &[f32], sums: &mut [f32; PANEL]) {
        let mut totals = *sums;
        for ((&word, &weight), x) in words.iter().zip(weights).zip(x.chunks_exact(PANEL)) {
            let weight = weight * factor;
            for (lane, (total, &x)) in totals.iter_mut().zip(x).enumerate() {
                *total += if word >> lane & 1 == 1 { weight * x } else { 0.0 };
            }
        }
        *sums = totals;
    }

    /// front(i, s) ← front(i, s) + kept(i, s)·w(i)·factor·δ(s): what one unit sends back. `front` is [inputs, 32].
    pub fn connected_deltas(words: &[u32], weights: &[f32], factor: f32, delta: &[f32; PANEL], front: &mut [f32]) {
        for ((&word, &weight), front) in words.iter().zip(weights).zip(front.chunks_exact_mut(PANEL)) {
            let weight = weight * factor;
            for (lane, (front, &delta)) in front.iter_mut().zip(delta).enumerate() {
                *front += if word >> lane & 1 == 1 { weight * delta } else { 0.0 };
            }
        }
    }

    /// gradient(i) ← gradient(i) + Σ_s kept(i, s)·factor·δ(s)·x(s, i) of one unit over as many samples as `delta` is long: `flat`
    /// holds x row by row, [samples, `width`].
    pub fn connected_gradient(
        words: &[u32],
        factor: f32,
        delta: &[f32],
        flat: &[f32],
        width: usize,
        gradient: &mut [f32],
    ) {
        for (lane, (&delta, x)) in delta.iter().zip(flat.chunks_exact(width)).enumerate() {
            let delta = delta * factor;
            for ((gradient, &x), &word) in gradient.iter_mut().zip(x).zip(words) {
                *gradient += if word >> lane & 1 == 1 { delta * x } else { 0.0 };
            }
        }
    }

    /// u ← mean + deviation·u in each lane of rows of 32 lanes.
    pub fn spread_rows(mean: &[f32], deviation: &[f32; PANEL], rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(PANEL) {
            for ((u, &mean), &deviation) in row.iter_mut().zip(mean).zip(deviation) {
                *u = mean + deviation * *u;
            }
        }
    }

    /// The mean of each lane over rows of 32 lanes, summed in their order.
    pub fn mean_of_rows(rows: &[f32], mean: &mut [f32]) {
        let mut totals = [0.0; PANEL];
        for row in rows.chunks_exact(PANEL) {
            for (total, &value) in totals.iter_mut().zip(row) {
                *total += value;
            }
        }
        let count = (rows.len() / PANEL) as f32;
        for (mean, &total) in mean.iter_mut().zip(&totals) {
            *mean = total / count;
        }
    }
}
