//! Processes of the program that are signalled, killed, starved of space or run side by side.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Noise, Run, Workplace};

/// The longest that a test waits for a process; nothing that is tested takes a tenth of it.
const PATIENCE: Duration = Duration::from_secs(120);

/// Starts the program with these arguments in the folder, and lets it run.
pub fn start(place: &Workplace, arguments: &[&str]) -> Child {
    let mut command = place.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program was built")
}

/// Waits for a process to end by itself. One that does not is killed, and fails the test.
#[track_caller]
pub fn wait(mut child: Child) -> Run {
    let begin = Instant::now();
    while child.try_wait().expect("it is our child").is_none() {
        if begin.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the program did not end: {:?}", Run::from(child.wait_with_output().expect("it was killed")).stderr);
        }
        sleep(Duration::from_millis(1));
    }
    child.wait_with_output().expect("it has ended").into()
}

/// Waits until something is so, or the process has ended; fails where that takes too long.
#[track_caller]
pub fn wait_until(child: &mut Child, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() && child.try_wait().expect("it is our child").is_none() {
        assert!(begin.elapsed() < PATIENCE, "the program does not come so far");
        sleep(Duration::from_millis(1));
    }
}

/// Sends a signal to a process that was started here: `INT`, `TERM`, `STOP`, `CONT`.
#[track_caller]
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.expect("there is a command kill").success(), "{name} could not be sent");
}

/// Runs a shell script in the folder, `$0` being the program.
pub fn shell(place: &Workplace, script: &str) -> Run {
    let program = env!("CARGO_BIN_EXE_overfit");
    let output =
        Command::new("sh").args(["-c", script, program]).current_dir(place.path()).stdin(Stdio::null()).output();
    output.expect("there is a shell").into()
}

/// Runs a shell script in the folder as if by root on file systems of its own, so that it may mount some; they are gone
/// when it ends. `None`, with a word why, where the system does not allow that.
pub fn shell_with_mounts(place: &Workplace, script: &str) -> Option<Run> {
    let may_mount = "unshare -rm sh -c 'mount -t tmpfs -o size=64k none .'";
    let tried = shell(place, may_mount);
    if tried.code != Some(0) {
        println!("skipped: no file system may be mounted here: {}", tried.stderr.trim());
        return None;
    }
    let program = env!("CARGO_BIN_EXE_overfit");
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", script, program])
        .current_dir(place.path())
        .stdin(Stdio::null())
        .output();
    Some(output.expect("it was there a moment ago").into())
}

/// A moment between now and `longest`.
pub fn moment(noise: &mut Noise, longest: Duration) -> Duration {
    longest.mul_f64((noise.draw() + 1.0) / 2.0)
}

/// Every file below a folder, by its path from there.
pub fn files_below(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.expect("a readable folder").path()) {
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path.strip_prefix(root).unwrap_or(&path).display().to_string()),
            }
        }
    }
    found.sort();
    found
}
