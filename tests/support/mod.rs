//! What several tests of the program need: a folder to work in, the program itself, small data sets, and readers for
//! what it writes.
#![allow(dead_code, reason = "each test is a crate of its own, and uses some of this")]

#[cfg(unix)]
pub mod browser;
pub mod json_schema;
#[cfg(unix)]
pub mod processes;
#[cfg(unix)]
pub mod slurm;
pub mod strengths;
pub mod variants;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// What a run of the program gave.
pub struct Run {
    /// What it printed on standard output.
    pub stdout: String,
    /// What it printed on standard error.
    pub stderr: String,
    /// How it ended; `None` if by a signal.
    pub code: Option<i32>,
}

impl Run {
    /// Fails unless the program ended with this code.
    #[track_caller]
    pub fn code(self, wanted: i32) -> Self {
        assert_eq!(self.code, Some(wanted), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Fails unless all went well.
    #[track_caller]
    pub fn success(self) -> Self {
        self.code(0)
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
        Self { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() }
    }
}

/// The program with these arguments, not yet started, without a terminal.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overfit"));
    for variable in ["CLICOLOR_FORCE", "OVERFIT_KERNELS", "COLUMNS"] {
        command.env_remove(variable);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs the program with these arguments.
pub fn overfit(arguments: &[&str]) -> Run {
    command(arguments).output().expect("the program was built").into()
}

/// The rows of a CSV file, by the names of the columns.
pub fn read_csv(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    reader.deserialize().map(|row| row.expect("our own CSV is well formed")).collect()
}

/// A row of a CSV file, by the names of the columns.
pub type Row = HashMap<String, String>;

/// A number in a row.
#[track_caller]
pub fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} is no number: {:?}", row[column]))
}

/// A folder in which a test writes its data and configs and runs the program, as a user would.
pub struct Workplace {
    folder: TempDir,
}

impl Workplace {
    /// An empty folder.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("there is room for temporary files") }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path().join(name), content).expect("there is room for temporary files");
        self
    }

    /// The program with these arguments, to be started in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command.current_dir(self.path());
        command
    }

    /// Runs the program with these arguments in the folder.
    pub fn overfit(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().expect("the program was built").into()
    }

    /// Writes `<name>.toml` and runs it with these arguments. Fails unless all goes well.
    #[track_caller]
    pub fn experiment(&self, name: &str, config: &str, arguments: &[&str]) -> Results {
        let file = format!("{name}.toml");
        self.write(&file, config).overfit(&[&["run", &file, "--quiet"], arguments].concat()).success();
        self.results(name)
    }

    /// The results of the experiment of that name.
    pub fn results(&self, name: &str) -> Results {
        Results { folder: self.path().join("results").join(name) }
    }
}

/// The folder that an experiment writes.
pub struct Results {
    /// Where it is.
    pub folder: PathBuf,
}

impl Results {
    /// The bytes of a file.
    #[track_caller]
    pub fn bytes(&self, file: &str) -> Vec<u8> {
        let path = self.folder.join(file);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// `curves.csv` as text.
    #[track_caller]
    pub fn curves_text(&self) -> String {
        String::from_utf8(self.bytes("curves.csv")).expect("a CSV is UTF-8")
    }

    /// The rows of `curves.csv`.
    pub fn curves(&self) -> Vec<Row> {
        read_csv(&self.folder.join("curves.csv"))
    }

    /// The rows of `curves.csv` of one variant.
    #[track_caller]
    pub fn curves_of(&self, variant: &str) -> Vec<Row> {
        let rows: Vec<Row> = self.curves().into_iter().filter(|row| row["variant"] == variant).collect();
        assert!(!rows.is_empty(), "no rows of {variant}");
        rows
    }

    /// The rows of `trials.csv`.
    pub fn trials(&self) -> Vec<Row> {
        read_csv(&self.folder.join("trials.csv"))
    }

    /// The files of the store, by name.
    pub fn store_files(&self) -> Vec<PathBuf> {
        files(&self.folder.join("trials"))
    }

    /// How many trials are stored: whole lines of the store.
    pub fn stored_lines(&self) -> usize {
        self.stored_lines_beside(&[])
    }

    /// How many trials are stored in other files than these, which is what was trained since they were listed.
    pub fn stored_lines_beside(&self, known: &[PathBuf]) -> usize {
        let count = |path: &PathBuf| fs::read(path).map_or(0, |b| b.iter().filter(|&&byte| byte == b'\n').count());
        self.store_files().iter().filter(|path| !known.contains(path)).map(count).sum()
    }

    /// The saved networks, by file name.
    pub fn models(&self) -> Vec<PathBuf> {
        files(&self.folder.join("models"))
    }

    /// The saved network of a variant's first trial.
    #[track_caller]
    pub fn model_of(&self, variant: &str) -> Model {
        read_model(&self.model_path(variant))
    }

    /// The file of that network.
    #[track_caller]
    pub fn model_path(&self, variant: &str) -> PathBuf {
        let trials = self.trials();
        let row =
            trials.iter().find(|row| row["variant"] == variant).unwrap_or_else(|| panic!("no trial of {variant}"));
        self.folder.join("models").join(format!("{}.safetensors", row["trial"]))
    }
}

/// The files of a folder, by name; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    paths
}

/// A tensor: its shape and its values, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Outputs and inputs; of a bias, outputs.
    pub shape: Vec<usize>,
    /// The values.
    pub values: Vec<f32>,
}

/// A saved network: its tensors, by name.
pub type Model = BTreeMap<String, Tensor>;

/// Reads a safetensors file.
#[track_caller]
pub fn read_model(path: &Path) -> Model {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let file = safetensors::SafeTensors::deserialize(&bytes).expect("a safetensors file");
    let tensor = |view: safetensors::tensor::TensorView<'_>| Tensor {
        shape: view.shape().to_vec(),
        values: view.data().chunks(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
    };
    file.tensors().into_iter().map(|(name, view)| (name, tensor(view))).collect()
}

/// The weight matrices of a network, without biases and what normalises, from the first layer to the last.
pub fn weights(model: &Model) -> Vec<&Tensor> {
    // What normalises a layer has weights too, one for each unit; at other places stand activations.
    let places = (0..3 * model.len()).filter_map(|place| model.get(&format!("{place}.weight")));
    places.filter(|tensor| tensor.shape.len() == 2).collect()
}

/// Numbers that look random and are the same everywhere: a linear congruential generator.
pub struct Noise(u64);

impl Noise {
    /// The sequence of that number.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number in [-1, 1).
    pub fn draw(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / f64::from(1 << 23) - 1.0
    }
}

/// A classification: `rows` rows of `x0`..`x4` and `label`, one of three overlapping classes.
pub fn blobs(rows: usize) -> String {
    let mut noise = Noise::new(1);
    let mut text = "x0,x1,x2,x3,x4,label\n".to_owned();
    for row in 0..rows {
        for feature in 0..5 {
            let centre = if feature % 3 == row % 3 { 0.8 } else { 0.0 };
            write!(text, "{:.4},", centre + noise.draw()).expect("a String takes all");
        }
        text.push_str(["red\n", "green\n", "blue\n"][row % 3]);
    }
    text
}

/// A regression: `rows` rows of `x0`..`x3` and `y`, a bent function of them with noise.
pub fn waves(rows: usize) -> String {
    let mut noise = Noise::new(2);
    let mut text = "x0,x1,x2,x3,y\n".to_owned();
    for _ in 0..rows {
        let x: [f64; 4] = std::array::from_fn(|_| noise.draw());
        let y = 3.0 * x[0] - 2.0 * x[1] * x[1] + 0.5 * noise.draw();
        writeln!(text, "{:.4},{:.4},{:.4},{:.4},{y:.4}", x[0], x[1], x[2], x[3]).expect("a String takes all");
    }
    text
}
