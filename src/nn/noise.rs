//! Normal deviates in bulk, for noise on a batch, on weights or on a gradient.
//!
//! In: a key, the numbers to be changed. Out: numbers that depend on the key and on their place alone.

use super::kernels::{self, PANEL};
use crate::random::StreamKey;

/// Fills rows of [`PANEL`] numbers with standard normal deviates: those from row `first` on of this key.
pub fn fill_normal(key: StreamKey, first: usize, rows: &mut [f32]) {
    kernels::normals(key.mixed(), first as u32, 0.0, 1.0, rows);
}

/// Adds normal deviates of this standard deviation, the first of this key.
pub fn add_normal(key: StreamKey, deviation: f64, values: &mut [f32]) {
    /// Rows that are drawn at once: few enough to stay near.
    const ROWS: usize = 32;
    let mut noise = [0.0; ROWS * PANEL];
    for (block, values) in values.chunks_mut(ROWS * PANEL).enumerate() {
        let noise = &mut noise[..values.len().next_multiple_of(PANEL)];
        kernels::normals(key.mixed(), (block * ROWS) as u32, 0.0, deviation as f32, noise);
        values.iter_mut().zip(noise).for_each(|(value, noise)| *value += *noise);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    fn added(step: u64, count: usize) -> Vec<f32> {
        let mut values = vec![2.0; count];
        add_normal(StreamKey::new(1, Purpose::WeightNoise).step(step), 0.5, &mut values);
        values
    }

    #[test]
    fn what_is_added_has_its_deviation_and_belongs_to_its_key_and_place() {
        let values = added(0, 50_000);
        let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / 5e4;
        let variance = values.iter().map(|&x| (f64::from(x) - mean) * (f64::from(x) - mean)).sum::<f64>() / 5e4;
        assert!((mean - 2.0).abs() < 0.01 && (variance - 0.25).abs() < 0.005, "{mean}, {variance}");
        assert_eq!(values[..1077], added(0, 1077));
        assert_ne!(values[..1077], added(1, 1077));
        assert_ne!(values[..1024], values[1024..2048], "blocks differ");
    }

    #[test]
    fn rows_from_the_middle_are_those_of_the_whole() {
        let key = StreamKey::new(2, Purpose::InputNoise);
        let (mut whole, mut part) = ([0.0; 5 * PANEL], [0.0; 2 * PANEL]);
        fill_normal(key, 0, &mut whole);
        fill_normal(key, 3, &mut part);
        assert_eq!(whole[3 * PANEL..], part);
    }
}
