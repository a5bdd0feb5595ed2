//! Deviates of the symmetric Beta distribution.

use super::Stream;

impl Stream {
    /// Beta(α, α), as X/(X + Y) of two Gamma(α) deviates by Marsaglia and Tsang (2000).
    ///
    /// For α below 1 it is Gamma(α + 1)·U^(1/α), which underflows where α is small: logarithms are subtracted instead of
    /// numbers divided, so that the draw tends to a fair choice of 0 and 1 as α → 0.
    ///
    /// # Panics
    /// If `alpha` is not positive.
    pub fn symmetric_beta(&mut self, alpha: f64) -> f64 {
        assert!(alpha > 0.0, "a Beta distribution has a positive parameter");
        let at_least_one = if alpha < 1.0 { alpha + 1.0 } else { alpha };
        let mut difference = self.log_cube(at_least_one) - self.log_cube(at_least_one);
        if alpha < 1.0 {
            let mut log_uniform = || libm::log(1.0 - self.uniform());
            difference += (log_uniform() - log_uniform()) / alpha;
        }
        1.0 / (1.0 + libm::exp(-difference))
    }

    /// ln v of a Gamma(α) deviate (α − 1/3)·v, α ≥ 1.
    fn log_cube(&mut self, alpha: f64) -> f64 {
        let d = alpha - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let x = self.normal();
            let root = 1.0 + c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let log = libm::log(v);
            if libm::log(1.0 - self.uniform()) < 0.5 * x * x + d * (1.0 - v + log) {
                return log;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::random::{Purpose, StreamKey};

    #[test]
    fn draws_have_the_distribution_of_scipy() {
        // scipy.stats.beta.cdf([.01, .1, .3, .5], a, a)
        for (alpha, wanted) in [
            (0.2, [0.209_778, 0.336_690, 0.433_204, 0.5]),
            (1.0, [0.01, 0.1, 0.3, 0.5]),
            (4.0, [0.000_000, 0.002_728, 0.126_036, 0.5]),
        ] {
            const N: usize = 40_000;
            let mut stream = StreamKey::new(1, Purpose::Mixup).open();
            let draws: Vec<f64> = (0..N).map(|_| stream.symmetric_beta(alpha)).collect();
            for (x, wanted) in [0.01, 0.1, 0.3, 0.5].into_iter().zip(wanted) {
                let share = draws.iter().filter(|&&draw| draw < x).count() as f64 / N as f64;
                assert!((share - wanted).abs() < 0.01, "alpha {alpha}, below {x}: {share}, wanted {wanted}");
            }
        }
    }

    #[test]
    fn a_tiny_parameter_chooses_between_zero_and_one_and_a_large_one_halves() {
        let mut stream = StreamKey::new(2, Purpose::Mixup).open();
        let tiny: Vec<f64> = (0..1000).map(|_| stream.symmetric_beta(1e-300)).collect();
        assert!(tiny.iter().all(|&draw| draw == 0.0 || draw == 1.0));
        let ones = tiny.iter().sum::<f64>();
        assert!((400.0..600.0).contains(&ones), "{ones}");
        assert!((0..100).all(|_| (stream.symmetric_beta(1000.0) - 0.5).abs() < 0.1));
    }
}
