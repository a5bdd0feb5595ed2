//! How near the kernel `product` comes to what one core can do at most: `cargo bench --bench kernels`.
//!
//! Out: the fused multiply-adds that this machine does per second on numbers in registers, the share of them that the
//! product reaches for each layer of the benchmarks' networks, and the time below which those benchmarks cannot be
//! trained. Peak and product are measured by turns, and shares are medians of the pairs, so that what else the machine does
//! meets both. `OVERFIT_KERNELS=scalar|avx2|avx512` picks the product's instructions; the peak is that of the widest.

mod peak;
mod products;
mod workloads;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use overfit::nn::Instructions;

use products::{Direction, Product};
use workloads::{WORKLOADS, Workload};

/// Pairs of measurements behind each median.
const PAIRS: usize = 25;

/// Floating-point operations of one measurement: some milliseconds of a fast core, short beside a turn of the scheduler.
const OPERATIONS: f64 = 2e8;

/// By how much a share may exceed 1 because a clock changes between two measurements.
const TOLERANCE: f64 = 0.05;

fn main() -> ExitCode {
    if let Ok(name) = std::env::var("OVERFIT_KERNELS")
        && let Err(error) = Instructions::choose(&name)
    {
        eprintln!("OVERFIT_KERNELS {error}");
        return ExitCode::from(2);
    }
    let peak = median((0..PAIRS).map(|_| peak_rate()).collect());
    let name = Instructions::current().name();
    println!("FMA peak of one core: {:.1} GFLOP/s. Share of it that the product reaches with {name}:\n", peak / 1e9);
    println!("| workload | layer | forward | gradient of the inputs | gradient of the weights |");
    println!("| --- | --- | ---: | ---: | ---: |");
    // W4 trains the network of W2.
    for workload in &WORKLOADS[..3] {
        print_shares(workload);
    }
    println!("\nAt the peak, training and evaluation of every epoch take at least:\n");
    println!("| workload | GFLOP | seconds on one core |");
    println!("| --- | ---: | ---: |");
    for workload in WORKLOADS {
        let operations = workload.operations();
        println!("| {} | {:.1} | {:.3} |", workload.name, operations / 1e9, operations / peak);
    }
    ExitCode::SUCCESS
}

/// Prints a row per layer.
fn print_shares(workload: &Workload) {
    for (index, &(inputs, outputs)) in workload.layers().iter().enumerate() {
        let cell =
            |direction| format!("{:.0}%", 100.0 * share(Product::new(direction, inputs, outputs, workload.batch)));
        let (forward, weights) = (cell(Direction::Forward), cell(Direction::Weights));
        // Nobody needs the gradient of the data.
        let back = if index == 0 { "–".to_owned() } else { cell(Direction::Inputs) };
        let (name, batch) = (workload.name, workload.batch);
        println!("| {name} | {inputs} → {outputs}, {batch} rows | {forward} | {back} | {weights} |");
    }
}

/// The share of the peak that a product reaches: the median over pairs of measurements.
fn share(mut product: Product) -> f64 {
    let repeats = (OPERATIONS / product.operations()).ceil();
    let mut rate = || {
        let begin = Instant::now();
        for _ in 0..repeats as usize {
            product.compute();
        }
        repeats * product.operations() / begin.elapsed().as_secs_f64()
    };
    rate(); // warms caches and clock
    let share = median((0..PAIRS).map(|_| rate() / peak_rate()).collect());
    if share > 1.0 + TOLERANCE {
        eprintln!(
            "warning: a product is faster than the peak: the compiler did not keep the peak's numbers in registers"
        );
    }
    share
}

/// Floating-point operations per second on numbers in registers.
fn peak_rate() -> f64 {
    let begin = Instant::now();
    let (operations, sum) = peak::multiply_adds(OPERATIONS);
    black_box(sum);
    operations / begin.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
