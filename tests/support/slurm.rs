//! A real Slurm of three nodes on this machine, from the scripts in `../shared/slurm`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Run, Workplace};

/// The longest that a test waits for anything here. A node that fails costs ten to fifteen seconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(100);

/// A cluster that is stopped when it is dropped, also by a test that fails.
pub struct Cluster {
    _folder: TempDir,
    folder: PathBuf,
}

impl Cluster {
    /// Starts a cluster whose arrays have indices below `max_array_size`. `None`, with a word why, where there is no Slurm.
    pub fn start(max_array_size: usize) -> Option<Self> {
        if !scripts().join("up").exists() {
            println!("skipped: there is no ../shared/slurm");
            return None;
        }
        let installed = Command::new("sh").args(["-c", "command -v slurmctld slurmd munged sbatch"]).output();
        if !installed.is_ok_and(|output| output.status.success()) {
            println!("skipped: Slurm is not installed; ../shared/slurm/install does so");
            return None;
        }
        // Unix sockets have short names: not where TMPDIR may be deep.
        let root =
            tempfile::Builder::new().prefix("of-").tempdir_in("/tmp").expect("there is room for temporary files");
        let cluster = Self { folder: root.path().join("c"), _folder: root };
        cluster.up(max_array_size);
        Some(cluster)
    }

    /// Starts it, or what of it has died.
    fn up(&self, max_array_size: usize) {
        let mut up = Command::new(scripts().join("up"));
        succeeded(up.arg(&self.folder).env("MAX_ARRAY_SIZE", max_array_size.to_string()));
    }

    /// A program that asks or uses this cluster.
    pub fn bind<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("SLURM_CONF", self.folder.join("etc/slurm.conf"))
    }

    /// Runs our program in the folder of a test.
    pub fn overfit(&self, place: &Workplace, arguments: &[&str]) -> Run {
        let output = self.bind(&mut place.command(arguments)).output();
        output.expect("the program was built").into()
    }

    /// What one of Slurm's commands answers.
    pub fn ask(&self, program: &str, arguments: &[&str]) -> String {
        let output = succeeded(self.bind(Command::new(program).args(arguments)));
        String::from_utf8(output.stdout).expect("Slurm writes UTF-8")
    }

    /// `kill`, `fail`, `isolate` or `start` a node.
    pub fn node(&self, what: &str, name: &str) {
        succeeded(Command::new(scripts().join("node")).args([what, name]).arg(&self.folder));
    }

    /// Slurm notices at once that a node does not answer, not after a while.
    pub fn give_up(&self, name: &str) {
        self.ask("scontrol", &["update", &format!("nodename={name}"), "state=down", "reason=silent"]);
    }

    /// The controller dies without a word and comes back: the last seconds of its memory are gone.
    pub fn lose_controller(&self) {
        let pid = fs::read_to_string(self.folder.join("run/slurmctld.pid")).expect("the controller runs");
        succeeded(Command::new("kill").args(["-9", pid.trim()]));
        let gone = || !Path::new("/proc").join(pid.trim()).exists();
        wait_for("the controller is dead", || gone() || is_zombie(pid.trim()));
        self.up(0);
    }

    /// The tasks in the queue, one a line: job, index, state, node, reason.
    pub fn queue(&self) -> Vec<String> {
        let answer = self.ask("squeue", &["-h", "-r", "-o", "%F|%K|%T|%N|%r"]);
        answer.lines().map(str::to_owned).collect()
    }

    /// Waits until nothing is queued any more.
    #[track_caller]
    pub fn drain(&self) {
        wait_for("the queue is empty", || self.queue().is_empty());
    }

    /// The processes of our program that train on a node, without those that are called off.
    pub fn training_on(&self, node: &str) -> Vec<String> {
        let wanted =
            [format!("SLURM_CONF={}", self.folder.join("etc/slurm.conf").display()), format!("SLURMD_NODENAME={node}")];
        let is_ours = |process: &Path| {
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            let variables: Vec<&[u8]> = environment.split(|byte| *byte == 0).collect();
            fs::read_link(process.join("exe")).is_ok_and(|program| program.ends_with("overfit"))
                && wanted.iter().all(|variable| variables.contains(&variable.as_bytes()))
        };
        let processes = fs::read_dir("/proc").expect("there is /proc").map(|entry| entry.expect("it is listed").path());
        let ours = processes.filter(|process| is_ours(process));
        ours.map(|process| process.file_name().expect("a number").to_string_lossy().into_owned()).collect()
    }

    /// Waits until a node trains, and stops its processes where they are; gives their numbers.
    #[track_caller]
    pub fn freeze(&self, node: &str) -> Vec<String> {
        wait_for("the node trains", || !self.training_on(node).is_empty());
        let processes = self.training_on(node);
        processes.iter().for_each(|process| send("STOP", process));
        processes
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A test that fails shall say why it failed, not that this did.
        let _ = Command::new(scripts().join("down")).arg(&self.folder).output();
    }
}

/// Sends a signal to a process that may have ended.
pub fn send(signal: &str, process: &str) {
    let _ = Command::new("kill").args([&format!("-{signal}"), process]).output();
}

/// Waits until something is so; fails where that takes too long.
#[track_caller]
pub fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "waited in vain for: {what}");
        sleep(Duration::from_millis(20));
    }
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/slurm")
}

fn is_zombie(process: &str) -> bool {
    fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|text| text.contains(") Z "))
}

#[track_caller]
fn succeeded(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
