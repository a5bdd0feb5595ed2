//! Random numbers in bulk, by counters under a key.
//!
//! Number i is made of i and the key alone, so that neither the width of a vector nor the order of the work changes it.

use super::PANEL;
use super::elementwise::for_each_instruction_set;
use super::instructions::Instructions;
use super::math::{ln, turn};

/// One round of Wellons' lowbias32: a permutation of 32 bits that scatters them.
#[inline(always)]
pub(super) fn mix(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x21f0_aaad);
    x ^= x >> 15;
    x = x.wrapping_mul(0xd35a_2d97);
    x ^ (x >> 15)
}

/// Pairs of normal deviates in a row of 32 lanes.
const PAIRS: usize = PANEL / 2;

/// 2^-23: a step of the uniform numbers behind normal deviates.
const STEP: f32 = 1.0 / 8_388_608.0;

for_each_instruction_set! {
    /// values ← mean + deviation·(standard normal), by Box and Muller from two words of 32 bits; no deviate is larger than 5.8.
    /// What is drawn are the rows of 32 lanes from `first_row` on of the stream of this key.
    pub fn normals(key: [u32; 2], first_row: u32, mean: f32, deviation: f32, values: &mut [f32]) {
        for (row, lanes) in values.chunks_exact_mut(PANEL).enumerate() {
            let first = first_row.wrapping_add(row as u32).wrapping_mul(PANEL as u32);
            let (low, high) = lanes.split_at_mut(PAIRS);
            for (pair, (low, high)) in low.iter_mut().zip(high).enumerate() {
                let counter = first.wrapping_add(2 * pair as u32);
                let bits = mix(mix(counter ^ key[0]) ^ key[1]);
                let turns = mix(mix((counter + 1) ^ key[0]) ^ key[1]);
                // Within (0, 1), and exact: 23 bits and a half.
                let uniform = ((bits >> 9) as i32 as f32 + 0.5) * STEP;
                let radius = deviation * (-2.0 * ln(uniform)).sqrt();
                let [cosine, sine] = turn(turns);
                *low = mean + radius * cosine;
                *high = mean + radius * sine;
            }
        }
    }

    /// Words of 32 lanes whose bits are 1 with probability `ones` / 65536, for `ones` in 1..=65536.
    ///
    /// A bit is 1 where a random binary fraction is below that of `ones`. The words of fractions are compared from the last
    /// binary place that counts to the first, so that a probability of 1/2 costs one random word and 1/65536ths cost 16.
    pub fn random_bits(key: [u32; 2], ones: u32, words: &mut [u32]) {
        /// 2^32 / golden ratio: it sets the rounds of one counter apart.
        const ROUND: u32 = 0x9e37_79b9;
        /// Words that go through the rounds together: few enough to stay near.
        const TOGETHER: usize = 256;
        for (block, words) in words.chunks_mut(TOGETHER).enumerate() {
            let mut states = [0; TOGETHER];
            for (place, (state, word)) in states.iter_mut().zip(&mut *words).enumerate() {
                *state = mix((block * TOGETHER + place) as u32 ^ key[0]);
                *word = if ones >> 16 == 1 { u32::MAX } else { 0 };
            }
            for place in ones.trailing_zeros()..16 {
                let round = key[1].wrapping_add(place.wrapping_mul(ROUND));
                let random = states.iter().map(|state| mix(state ^ round));
                if ones >> place & 1 == 1 {
                    words.iter_mut().zip(random).for_each(|(word, random)| *word |= random);
                } else {
                    words.iter_mut().zip(random).for_each(|(word, random)| *word &= random);
                }
            }
        }
    }

    /// Adds to `count` how many bits of the words are 1 in the places that are 1 in `places`.
    pub fn count_ones(words: &[u32], places: u32, count: &mut u64) {
        *count += u64::from(words.iter().map(|word| (word & places).count_ones()).sum::<u32>());
    }

    /// Adds to `count` how many of the first `lanes` numbers of rows of 32 lanes are 0.
    pub fn count_zeros(values: &[f32], lanes: usize, count: &mut u64) {
        let zeros = |values: &[f32]| values.iter().map(|&value| u32::from(value == 0.0)).sum::<u32>();
        let rows = values.chunks_exact(PANEL);
        *count += u64::from(match lanes {
            PANEL => zeros(values),
            _ => rows.map(|row| zeros(&row[..lanes])).sum::<u32>(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u32; 2] = [0x1234_5678, 0x9abc_def0];

    #[test]
    fn normal_deviates_have_the_moments_and_tails_of_the_normal_distribution() {
        let mut values = vec![0.0; 1 << 20];
        normals(KEY, 0, 0.0, 1.0, &mut values);
        let n = values.len() as f64;
        let mean_of = |f: &dyn Fn(f64) -> f64| values.iter().map(|&z| f(f64::from(z))).sum::<f64>() / n;
        for (power, wanted, tolerance) in [(1, 0.0, 0.004), (2, 1.0, 0.006), (3, 0.0, 0.015), (4, 3.0, 0.04)] {
            let found = mean_of(&|z| (0..power).fold(1.0, |product, _| product * z));
            assert!((found - wanted).abs() < tolerance, "moment {power}: {found}");
        }
        // 2·(1 − Φ(x))
        for (x, wanted) in [(1.0, 0.317_310_5), (2.0, 0.045_500_3), (3.0, 0.002_699_8)] {
            let found = mean_of(&|z| f64::from(z.abs() > x));
            assert!((found - wanted).abs() < 0.005 * f64::sqrt(wanted), "beyond {x}: {found}");
        }
        // Neighbours, the two of a pair among them, do not go together.
        for distance in [1, 16, 31, 32, 64] {
            let together =
                values.iter().zip(&values[distance..]).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
            assert!((together / n).abs() < 0.005, "at distance {distance}: {}", together / n);
        }
    }

    #[test]
    fn normal_deviates_are_those_of_box_and_muller() {
        let mut values = [0.0; PANEL];
        normals(KEY, 0, 0.0, 1.0, &mut values);
        for pair in 0..PAIRS {
            let word = |offset: u32| mix(mix((2 * pair as u32 + offset) ^ KEY[0]) ^ KEY[1]);
            let uniform = (f64::from(word(0) >> 9) + 0.5) / 8_388_608.0;
            let angle = (f64::from(word(1) & 3) + (f64::from(word(1) >> 9) + 0.5) / 8_388_608.0 - 0.5) * 0.5;
            let (radius, angle) = (libm::sqrt(-2.0 * libm::log(uniform)), angle * core::f64::consts::PI);
            for (found, wanted) in
                [(values[pair], radius * libm::cos(angle)), (values[pair + PAIRS], radius * libm::sin(angle))]
            {
                assert!((f64::from(found) - wanted).abs() < 1e-6, "{found} {wanted}");
            }
        }
    }

    #[test]
    fn deviates_do_not_depend_on_how_the_rows_are_cut() {
        let (mut whole, mut part) = (vec![0.0; 6 * PANEL], vec![0.0; 2 * PANEL]);
        normals(KEY, 0, 1.0, 0.5, &mut whole);
        normals(KEY, 3, 1.0, 0.5, &mut part);
        assert_eq!(whole[3 * PANEL..5 * PANEL], part);
    }

    #[test]
    fn bits_are_one_as_often_as_asked_in_every_lane_and_independently() {
        let n = 100_000;
        for ones in [1u32, 32768, 16384, 6554, 45875, 65535, 65536] {
            let mut words = vec![0; n];
            random_bits(KEY, ones, &mut words);
            let wanted = f64::from(ones) / 65536.0;
            let within = 5.0 * f64::sqrt(wanted * (1.0 - wanted) / n as f64) + 1e-12;
            for lane in 0..32 {
                let share = words.iter().filter(|&&word| word >> lane & 1 == 1).count() as f64 / n as f64;
                assert!((share - wanted).abs() <= within, "lane {lane}: {share} of {wanted}");
            }
            // Two lanes of a word, and a lane of two words.
            for (shift, distance) in [(1, 0), (7, 0), (0, 1), (0, 64), (3, 1)] {
                let both =
                    words.iter().zip(&words[distance..]).filter(|(a, b)| (**a & (**b >> shift)) & 1 == 1).count();
                let share = both as f64 / n as f64;
                assert!((share - wanted * wanted).abs() <= within + 0.001, "{shift}, {distance}: {share} of {wanted}²");
            }
        }
    }

    #[test]
    fn zeros_are_counted_in_the_lanes_that_are_asked_for() {
        let mut values = vec![1.0; 3 * PANEL];
        (values[0], values[PANEL], values[2 * PANEL + 31]) = (0.0, -0.0, 0.0);
        for (lanes, wanted) in [(0, 7), (1, 9), (31, 9), (PANEL, 10)] {
            let mut count = 7;
            count_zeros(&values, lanes, &mut count);
            assert_eq!(count, wanted, "{lanes} lanes");
        }
    }
}
