//! How fast a file becomes a data set, beside the csv crate alone on the same file: `cargo bench --bench reading`.
//!
//! Out: for each kind of file the rate of both in MB/s, and how many times longer ours takes. The csv crate makes records of
//! bytes and does nothing with them; ours checks that they are text, hashes the file, reads numbers and fills a matrix. Both
//! take turns, so that what else the machine does meets both. A number sets the size of the files in MB (default 100), any other
//! argument is part of the names of those to read.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use overfit::data::{self, DataSettings};
use overfit::experiment::{Experiment, Overrides};

/// Pairs of measurements behind each median.
const PAIRS: usize = 5;

/// A kind of file.
struct Kind {
    name: &'static str,
    /// Columns of features.
    width: usize,
    delimiter: char,
    /// The cell of a feature in a row.
    cell: fn(u64) -> String,
}

const KINDS: &[Kind] = &[
    Kind { name: "digits, as pixels", width: 784, delimiter: ',', cell: |random| (random % 256).to_string() },
    Kind { name: "fractions", width: 100, delimiter: ',', cell: fraction },
    Kind { name: "fractions of six places", width: 100, delimiter: ',', cell: |random| format!("{:.6}", unit(random)) },
    Kind { name: "fractions of all places", width: 100, delimiter: ',', cell: |random| unit(random).to_string() },
    Kind {
        name: "fractions with decimal commas",
        width: 20,
        delimiter: ';',
        cell: |random| fraction(random).replace('.', ","),
    },
    Kind { name: "categories", width: 20, delimiter: ',', cell: |random| format!("level {}", random % 7) },
    Kind { name: "10,000 columns", width: 10_000, delimiter: ',', cell: fraction },
];

fn fraction(random: u64) -> String {
    format!("{:.4}", (random % 2_000_000) as f64 / 1e4 - 100.0)
}

/// From -2 to 2, with as many places as a double has.
fn unit(random: u64) -> f64 {
    random as f64 / (1u64 << 29) as f64 - 2.0
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (sizes, names): (Vec<&str>, Vec<&str>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.parse::<usize>().is_ok());
    let megabytes = sizes.first().map_or(100, |size| size.parse().expect("it is one of the numbers"));
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    println!("| file | MB | csv crate, MB/s | ours, MB/s | times longer |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for kind in KINDS.iter().filter(|kind| names.is_empty() || names.iter().any(|name| kind.name.contains(name))) {
        let path = folder.path().join("rows.csv");
        write(&path, kind, megabytes * 1_000_000);
        let size = fs::metadata(&path).expect("it was just written").len() as f64 / 1e6;
        let settings = settings(folder.path());
        let pairs: Vec<(f64, f64)> = (0..PAIRS).map(|_| (alone(&path, kind), ours(&settings))).collect();
        let rate = |seconds: Vec<f64>| size / median(seconds);
        println!(
            "| {} | {size:.0} | {:.0} | {:.0} | {:.2} |",
            kind.name,
            rate(pairs.iter().map(|pair| pair.0).collect()),
            rate(pairs.iter().map(|pair| pair.1).collect()),
            median(pairs.iter().map(|(alone, ours)| ours / alone).collect())
        );
    }
}

/// Writes a file of about so many bytes.
fn write(path: &Path, kind: &Kind, bytes: usize) {
    let mut text =
        (0..kind.width).fold(String::new(), |names, column| format!("{names}c{column}{}", kind.delimiter)) + "y\n";
    let mut random = 1u64;
    let mut row = 0;
    while text.len() < bytes {
        for _ in 0..kind.width {
            // Knuth's MMIX generator; its upper bits are the good ones.
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let _ = write!(text, "{}{}", (kind.cell)(random >> 33), kind.delimiter);
        }
        text.push_str(if row % 2 == 0 { "yes\n" } else { "no\n" });
        row += 1;
    }
    fs::write(path, text).expect("there is room for temporary files");
}

/// The settings of a config that says nothing but the path.
fn settings(folder: &Path) -> DataSettings {
    let config = folder.join("rows.toml");
    fs::write(&config, "[data]\npath = \"rows.csv\"\n").expect("there is room for temporary files");
    let experiment = Experiment::load(&config, &Overrides::default()).unwrap_or_else(|errors| panic!("{errors}"));
    DataSettings::clone(&experiment.cells[0].settings.data)
}

/// Seconds that the csv crate takes.
fn alone(path: &Path, kind: &Kind) -> f64 {
    let start = Instant::now();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(kind.delimiter as u8)
        .buffer_capacity(1 << 17)
        .from_path(path)
        .expect("the file is there");
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record).expect("the file is well formed") {
        cells += record.len();
    }
    assert!(cells > 0);
    start.elapsed().as_secs_f64()
}

/// Seconds that ours takes.
fn ours(settings: &DataSettings) -> f64 {
    let start = Instant::now();
    let loaded = data::read(settings).unwrap_or_else(|error| panic!("{error}"));
    assert!(loaded.dataset.rows() > 0);
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
