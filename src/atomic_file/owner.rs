//! Whose a file is: the name of the process that writes it, as a part of the file's name.
//!
//! In: this machine and process, or a name that was made here. Out: `<host>-<process>-<random>`, which is no other's on any
//! machine that shares the folder; and whether the process of such a name is gone.

use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

/// What another machine's process has not written to for so long is taken for abandoned.
const LONG: Duration = Duration::from_secs(24 * 60 * 60);

/// A new name, in letters, digits and hyphens: another one with every call.
pub fn owner() -> String {
    let random = RandomState::new().build_hasher().finish();
    format!("{}-{}-{random:016x}", *HOST, std::process::id())
}

/// Whether the process that made this name is gone, as far as can be told from here: its machine is this one, and has no
/// such process; or the file, at `path`, was not touched for a day. A name that was not made here is nobody's to judge.
pub fn is_abandoned(owner: &str, path: &Path) -> bool {
    let Some((host, process)) = parsed(owner) else { return false };
    let untouched = || fs::metadata(path).and_then(|found| found.modified()).ok().and_then(|time| time.elapsed().ok());
    host == *HOST && is_gone(process) || untouched().is_some_and(|time| time > LONG)
}

/// Whether the name is that of another process of this machine that is still there.
pub fn is_at_work(owner: &str) -> bool {
    parsed(owner).is_some_and(|(host, process)| host == *HOST && process != std::process::id() && !is_gone(process))
}

/// Host and process of a name.
fn parsed(owner: &str) -> Option<(&str, u32)> {
    let mut parts = owner.rsplitn(3, '-');
    let random = parts.next()?;
    let process = parts.next()?.parse().ok()?;
    let host = parts.next().filter(|host| !host.is_empty())?;
    let is_ours = random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_ours.then_some((host, process))
}

/// Whether this machine is known to have no such process. Elsewhere than on Linux that is never known.
fn is_gone(process: u32) -> bool {
    let processes = Path::new("/proc");
    processes.join("self").exists() && !processes.join(process.to_string()).exists()
}

/// The name of this machine as far as it is known, in letters, digits and hyphens.
static HOST: LazyLock<String> = LazyLock::new(|| {
    let name = fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::env::var("HOSTNAME"))
        .or_else(|_| std::env::var("COMPUTERNAME"))
        .unwrap_or_default();
    let plain: String = name.trim().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(40).collect();
    if plain.is_empty() { "host".to_owned() } else { plain }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_back_its_host_and_process() {
        let name = owner();
        assert_eq!(parsed(&name), Some((HOST.as_str(), std::process::id())));
        assert_ne!(name, owner());
        assert_eq!(parsed("my-host-2-77-0123456789abcdef"), Some(("my-host-2", 77)));
        for other in ["77-0", "host-x-0123456789abcdef", "host-77-01", "", "-77-0123456789abcdef"] {
            assert_eq!(parsed(other), None, "{other}");
        }
    }

    #[test]
    fn what_a_living_process_or_another_machine_touched_today_is_not_abandoned() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(!is_abandoned(&owner(), file.path()));
        assert!(!is_abandoned("nowhere-1-0123456789abcdef", file.path()));
        assert!(!is_abandoned("notes", file.path()));
        let yesterday = std::time::SystemTime::now() - LONG - Duration::from_secs(1);
        file.as_file().set_modified(yesterday).unwrap();
        assert!(is_abandoned("nowhere-1-0123456789abcdef", file.path()));
        assert!(!is_abandoned("notes", file.path()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_a_process_of_this_machine_left_when_it_died_is_abandoned() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let dead = child.id();
        child.wait().unwrap();
        let name = |process: u32| format!("{}-{process}-0123456789abcdef", *HOST);
        assert!(is_abandoned(&name(dead), file.path()));
        assert!(!is_at_work(&name(dead)) && !is_at_work(&name(std::process::id())) && is_at_work(&name(1)));
    }
}
