//! Slurm's commands, as this machine has them.
//!
//! In: what is to be asked or submitted. Out: their answers, which `lab::cluster` reads. Nothing is believed of a command but
//! its exit status and what it prints; one that only asks is not waited for longer than a person would.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::lab::cluster::{self, Options, QUEUE_FORMAT, Queue};

/// The command that submits.
pub(super) const SBATCH: &str = "sbatch";

/// How long a question may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether a command is on PATH.
pub(super) fn is_there(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// What is queued of a folder of results, an absolute path; nothing where there is no `squeue`.
///
/// # Errors
/// Where `squeue` does not answer: with what it said.
pub(super) fn queue(results: &str) -> Result<Option<Queue>, String> {
    // One line for each task; of all users: the folder tells whose they are.
    let arguments = ["--noheader", "--array", "--format", QUEUE_FORMAT];
    Ok(ask("squeue", &arguments)?.map(|answer| Queue::read(&answer, results)))
}

/// The largest array of the cluster, or that of Slurm's defaults, and then why.
pub(super) fn max_array_size() -> (usize, Option<String>) {
    let assumed = |why: String| {
        let size = cluster::USUAL_MAX_ARRAY_SIZE;
        (size, Some(format!("MaxArraySize is taken to be {size}, Slurm's default: {why}")))
    };
    match ask("scontrol", &["show", "config"]) {
        Ok(None) => assumed("there is no scontrol to ask".to_owned()),
        Err(error) => assumed(error),
        Ok(Some(config)) => match cluster::max_array_size(&config) {
            Some(size) => (size, None),
            None => assumed("scontrol show config does not tell it".to_owned()),
        },
    }
}

/// The processors that jobs with these options may get; nothing where that cannot be told.
pub(super) fn cpus(options: &Options) -> Option<usize> {
    let answer = ask("sinfo", &["--noheader", "--format", "%P|%C"]).ok()??;
    cluster::cpus(&answer, options)
}

/// Submits a job; gives its number.
///
/// # Errors
/// Where that fails: how it ended, and what it said.
pub(super) fn submit(arguments: &[String]) -> Result<String, String> {
    let mut command = Command::new(SBATCH);
    // Within a job it stands for the processors of that job, and tasks would take it for theirs.
    command.args(arguments).stdin(Stdio::null()).env_remove("SLURM_CPUS_PER_TASK");
    let output = command.output().map_err(|error| format!("sbatch cannot be started: {error}"))?;
    let said = one_line(&output.stderr);
    if !output.status.success() {
        return Err(format!("sbatch ended with {}: {said}", output.status));
    }
    let answer = String::from_utf8_lossy(&output.stdout);
    let unread = || format!("sbatch ended well, but gave no number of a job: {:?} {said}", answer.trim());
    cluster::job_id(&answer).ok_or_else(unread)
}

/// Asks a command; nothing where it is not there.
fn ask(program: &str, arguments: &[&str]) -> Result<Option<String>, String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{program} cannot be started: {error}")),
    };
    // Read beside the waiting: a long answer would fill the pipe, and the command not end.
    let (out, err) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let status = wait(&mut child).map_err(|reason| format!("{program} {reason}"))?;
    let [answer, said] = [out, err].map(|thread| thread.join().unwrap_or_default());
    match status {
        true => Ok(Some(String::from_utf8_lossy(&answer).into_owned())),
        false => Err(format!("{program} failed: {}", one_line(&said))),
    }
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read until then is all that there is.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        bytes
    })
}

/// Whether it ended well; or why that cannot be told.
fn wait(child: &mut Child) -> Result<bool, String> {
    /// Between two looks.
    const PAUSE: Duration = Duration::from_millis(5);
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if start.elapsed() < PATIENCE => thread::sleep(PAUSE),
            Ok(None) => {
                // It is of no use any more, whether that succeeds or not.
                let _ = child.kill().and_then(|()| child.wait());
                return Err(format!("gave no answer for {} s", PATIENCE.as_secs()));
            }
            Err(error) => return Err(format!("cannot be waited for: {error}")),
        }
    }
}

fn one_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    said.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

/// A path as scripts and Slurm's options can hold it.
///
/// # Errors
/// Where they cannot, with the reason.
pub(super) fn text(path: &Path) -> Result<&str, String> {
    let reason = match path.to_str() {
        None => "letters that are UTF-8",
        Some(text) if text.chars().any(char::is_control) => "no line breaks or other control characters",
        // In the name of a log it would switch off what Slurm fills in.
        Some(text) if text.contains('\\') => "no backslash, which means something else to Slurm",
        Some(text) => return Ok(text),
    };
    Err(format!("a path for tasks of Slurm must have {reason}, found {:?}", path.display().to_string()))
}
