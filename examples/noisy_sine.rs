//! Makes `data/noisy_sine.csv`: a few points on a noisy sine, on which a network that overfits can be seen to wiggle.
//!
//! `cargo run --example noisy_sine > data/noisy_sine.csv`
//!
//! y = sin(2πx) + ε with ε normal, x uniform in [0, 1) and ascending; after the first example of Bishop, Pattern Recognition
//! and Machine Learning (2006).

use std::io::{self, Write};

use overfit::random::{Purpose, StreamKey};

const ROWS: usize = 60;
/// Standard deviation of ε.
const NOISE: f64 = 0.3;
const SEED: u64 = 1;

fn main() -> io::Result<()> {
    let mut stream = StreamKey::new(SEED, Purpose::InputNoise).open();
    let mut xs: Vec<f64> = (0..ROWS).map(|_| stream.uniform()).collect();
    xs.sort_by(f64::total_cmp);
    let mut out = io::stdout().lock();
    writeln!(out, "x,y")?;
    for x in xs {
        let y = libm::sin(2.0 * std::f64::consts::PI * x) + NOISE * stream.normal();
        writeln!(out, "{x:.4},{y:.4}")?;
    }
    Ok(())
}
