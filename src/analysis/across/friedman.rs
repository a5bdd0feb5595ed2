//! Do the variants differ at all? Friedman's test, and Iman and Davenport's.
//!
//! In: a block of scores per data set, one score per variant. Out: both statistics with their p-values. The formulas are
//! those of Demšar (2006), "Statistical Comparisons of Classifiers over Multiple Data Sets": with k variants, N data sets and
//! average ranks R,
//!
//! χ² = 12N/(k(k+1)) · (ΣR² − k(k+1)²/4), with k − 1 degrees of freedom,
//! F = (N−1)χ²/(N(k−1) − χ²), with k − 1 and (k−1)(N−1).

use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor};

use super::super::ranks::{average_ranks, ranks};

/// The outcome of both tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Friedman {
    /// Friedman's χ², without a correction for ties.
    pub chi_square: f64,
    /// Its p-value.
    pub p_value: f64,
    /// χ² and p-value after the correction for ties, as R and SciPy give them; the same where nothing ties, `None` where
    /// everything does.
    pub tie_corrected: Option<(f64, f64)>,
    /// Iman and Davenport's F with its p-value; `None` where all data sets rank alike, which leaves nothing to divide by.
    pub iman_davenport: Option<(f64, f64)>,
}

/// Tests blocks of as many scores; `None` of fewer than two variants or two data sets.
pub fn friedman(blocks: &[Vec<f64>]) -> Option<Friedman> {
    let sets = blocks.len() as f64;
    let count = blocks.first()?.len() as f64;
    if sets < 2.0 || count < 2.0 {
        return None;
    }
    // Which end is the first changes nothing.
    let squares: f64 = average_ranks(blocks, false).iter().map(|rank| rank * rank).sum();
    let chi_square =
        (12.0 * sets / (count * (count + 1.0)) * (squares - count * (count + 1.0) * (count + 1.0) / 4.0)).max(0.0);
    let (freedom, others) = (count - 1.0, (count - 1.0) * (sets - 1.0));
    let chi = |value: f64| ChiSquared::new(freedom).map_or(f64::NAN, |chi| chi.sf(value));
    let free_share = 1.0 - blocks.iter().map(|block| ties(block)).sum::<f64>() / (sets * count * (count * count - 1.0));
    let tie_corrected = (free_share > 0.0).then(|| chi_square / free_share).map(|value| (value, chi(value)));
    let rest = sets * freedom - chi_square;
    let iman_davenport = (rest > 1e-9 * sets * freedom).then(|| {
        let value = (sets - 1.0) * chi_square / rest;
        (value, FisherSnedecor::new(freedom, others).map_or(f64::NAN, |fisher| fisher.sf(value)))
    });
    Some(Friedman { chi_square, p_value: chi(chi_square), tie_corrected, iman_davenport })
}

/// Σ(t³ − t) over the groups of t equal scores.
fn ties(block: &[f64]) -> f64 {
    let mut ranks = ranks(block, false);
    ranks.sort_by(f64::total_cmp);
    let sizes = ranks.chunk_by(|a, b| a == b).map(|group| group.len() as f64);
    sizes.map(|size| size * size * size - size).sum()
}

#[cfg(test)]
mod tests {
    use super::super::demsar;
    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance * expected.abs(), "{found}, expected {expected}");
    }

    #[test]
    fn agrees_with_scipy_where_nothing_ties() {
        let blocks = [
            [0.90, 0.92, 0.91, 0.89],
            [0.80, 0.84, 0.82, 0.79],
            [0.70, 0.73, 0.74, 0.69],
            [0.95, 0.96, 0.94, 0.93],
            [0.60, 0.66, 0.63, 0.61],
            [0.85, 0.88, 0.86, 0.84],
        ]
        .map(Vec::from);
        let found = friedman(&blocks).unwrap();
        // SciPy: stats.friedmanchisquare(*np.array(blocks).T)
        close(found.chi_square, 14.6, 1e-12);
        close(found.p_value, 0.002_192_438_137_306_533, 1e-10);
        assert_eq!(found.tie_corrected, Some((found.chi_square, found.p_value)));
        // SciPy: f = 5 * 14.6 / (18 - 14.6); stats.f.sf(f, 3, 15)
        let (f, p) = found.iman_davenport.unwrap();
        close(f, 21.470_588_235_294_12, 1e-10);
        close(p, 1.103_339_007_090_367e-05, 1e-9);
    }

    #[test]
    fn agrees_with_demsars_example() {
        let found = friedman(&demsar::blocks()).unwrap();
        assert_eq!(format!("{:.2}", found.chi_square), "9.28");
        assert_eq!(format!("{:.2}", found.iman_davenport.unwrap().0), "3.69");
        // SciPy: stats.friedmanchisquare(*np.array(blocks).T), which corrects for ties.
        let (chi_square, p) = found.tie_corrected.unwrap();
        close(chi_square, 10.228_346_456_692_925, 1e-10);
        close(p, 0.016_721_580_328_441_323, 1e-9);
    }

    #[test]
    fn where_all_sets_rank_alike_there_is_no_f_and_where_all_tie_nothing_differs() {
        let alike = friedman(&[vec![0.1, 0.2, 0.3], vec![0.5, 0.6, 0.7]]).unwrap();
        assert_eq!((alike.chi_square, alike.iman_davenport), (4.0, None));
        let tied = friedman(&[vec![0.1; 3], vec![0.5; 3]]).unwrap();
        assert_eq!((tied.chi_square, tied.p_value, tied.tie_corrected), (0.0, 1.0, None));
        assert_eq!(friedman(&[vec![0.1, 0.2]]), None);
        assert_eq!(friedman(&[vec![0.1], vec![0.2]]), None);
    }
}
