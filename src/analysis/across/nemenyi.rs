//! Which variants differ from which? Nemenyi's critical difference of average ranks.
//!
//! In: the number of variants and of data sets. Out: CD = q·√(k(k+1)/6N), with q the upper quantile of the studentized range
//! of k normal numbers, divided by √2; and the groups of variants whose average ranks lie within it (Demšar 2006).

use super::super::verdict::LEVEL;

/// The difference of average ranks from which on two of `variants` differ at [`LEVEL`]; `None` of fewer than two.
pub fn critical_difference(variants: usize, sets: usize) -> Option<f64> {
    let count = variants as f64;
    let quantile = || range_quantile(1.0 - LEVEL, variants) / std::f64::consts::SQRT_2;
    (variants >= 2 && sets >= 1).then(|| quantile() * (count * (count + 1.0) / (6.0 * sets as f64)).sqrt())
}

/// The largest groups of variants that do not differ, each in the order of their ranks: places among `ranks`. A variant that
/// differs from all others is in none.
pub fn groups(ranks: &[f64], critical_difference: f64) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    order.sort_by(|a, b| ranks[*a].total_cmp(&ranks[*b]));
    let mut groups = Vec::new();
    let mut reached = 0;
    for (start, &first) in order.iter().enumerate() {
        let end = order.partition_point(|&place| ranks[place] - ranks[first] < critical_difference);
        // A group that ends where an earlier one did is part of that.
        if end > reached && end - start >= 2 {
            groups.push(order[start..end].to_vec());
        }
        reached = reached.max(end);
    }
    groups
}

/// The value that the range of `count` standard normal numbers stays under with this probability.
fn range_quantile(probability: f64, count: usize) -> f64 {
    // The range of a million numbers stays under 20 for sure; 60 halvings leave an error of 2e-17.
    let (mut low, mut high) = (0.0, 20.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if range_probability(middle, count) < probability { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// The probability that the range of `count` standard normal numbers is at most `range`: k∫φ(z)·(Φ(z) − Φ(z−r))^(k−1) dz, z
/// being the largest of them. The trapezoidal rule converges faster than any power of the step on such a bell.
fn range_probability(range: f64, count: usize) -> f64 {
    /// So far out φ is below 1e-31.
    const END: f64 = 12.0;
    const STEPS: i32 = 480;
    let step = 2.0 * END / f64::from(STEPS);
    let at = |place: i32| {
        let z = -END + step * f64::from(place);
        let density = libm::exp(-z * z / 2.0) / (2.0 * std::f64::consts::PI).sqrt();
        density * libm::pow(below(z) - below(z - range), (count - 1) as f64)
    };
    count as f64 * step * (0..=STEPS).map(at).sum::<f64>()
}

/// Φ(z).
fn below(z: f64) -> f64 {
    libm::erfc(-z / std::f64::consts::SQRT_2) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_scipy_and_demsars_table() {
        // SciPy: [stats.studentized_range.ppf(.95, k, np.inf) for k in (2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 50)]
        let scipy = [
            (2, 2.771_807_648_699_355),
            (3, 3.314_493_155_398_122),
            (4, 3.633_159_574_902_627_8),
            (5, 3.857_655_510_378_623),
            (6, 4.030_092_053_180_576),
            (7, 4.169_554_155_006_547),
            (8, 4.286_309_409_349_043),
            (9, 4.386_509_115_495_37),
            (10, 4.474_124_221_725_907),
            (20, 5.011_688_794_118_442_5),
            (50, 5.646_026_026_380_527),
        ];
        for (count, expected) in scipy {
            let found = range_quantile(0.95, count);
            assert!((found - expected).abs() < 1e-8, "{count}: {found}, expected {expected}");
        }
        let demsar = [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164];
        for (count, expected) in (2..).zip(demsar) {
            let found = range_quantile(0.95, count) / std::f64::consts::SQRT_2;
            assert!((found - expected).abs() < 1e-3, "{count}: {found}, expected {expected}");
        }
    }

    #[test]
    fn the_critical_differences_of_published_examples() {
        // Demšar's own: 2.569·√(4·5/(6·14)) = 1.25.
        assert_eq!(format!("{:.2}", critical_difference(4, 14).unwrap()), "1.25");
        assert_eq!(format!("{:.4}", critical_difference(4, 6).unwrap()), "1.9148");
        assert_eq!(critical_difference(1, 6), None);
    }

    #[test]
    fn groups_overlap_and_hold_none_that_differ() {
        assert_eq!(groups(&[3.0, 1.0, 2.0, 4.5], 1.5), [vec![1, 2], vec![2, 0]]);
        assert_eq!(groups(&[1.0, 2.0, 3.0], 2.5), [vec![0, 1, 2]]);
        assert!(groups(&[1.0, 3.0], 1.5).is_empty());
        assert_eq!(groups(&[1.0, 1.2, 3.0, 3.1], 1.0), [vec![0, 1], vec![2, 3]]);
    }
}
