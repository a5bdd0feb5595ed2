//! Files that appear whole or not at all.
//!
//! In: a path and what fills it. Out: the file; whoever reads it meanwhile sees the old one. It is written beside its place,
//! synced, and renamed. What a process that was killed leaves beside a place is removed by [`remove_leftovers`]. Imports
//! nothing of ours.

mod owner;
mod together;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub use owner::{is_abandoned, is_at_work, owner};
pub use together::Together;

/// Writes a file whole or not at all, and its folder where there is none.
///
/// # Errors
/// If `fill` fails, or the disk does; the old file then stays as it was. The error does not name the path.
pub fn write_atomically<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    let temporary = fill_beside(path, fill)?;
    temporary.rename(path)?;
    Ok(sync_folder(folder_of(path))?)
}

/// Fills a file beside its place and brings it to the disk, and makes its folder where there is none.
fn fill_beside<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<Temporary, E> {
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    let temporary = Temporary { path: beside(path, folder), renamed: false };
    let mut writer = BufWriter::with_capacity(1 << 16, File::create_new(&temporary.path)?);
    fill(&mut writer)?;
    writer.flush()?;
    writer.get_ref().sync_all()?;
    // Closed before it is renamed: some systems do not rename an open file.
    drop(writer);
    Ok(temporary)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file that goes away unless it is renamed.
struct Temporary {
    path: PathBuf,
    renamed: bool,
}

impl Temporary {
    fn rename(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // The error that brought us here is reported; that nothing could be removed adds nothing to it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What the name of a file ends with that is not whole yet.
const UNFINISHED: &str = ".tmp";

/// A name of this process alone, in the same folder, since only within a file system is a rename atomic.
fn beside(path: &Path, folder: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    folder.join(format!(".{name}.{}{UNFINISHED}", owner()))
}

/// Removes from a folder what processes that are gone were writing when they died; what is being written stays.
pub fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.strip_prefix('.').and_then(|name| name.strip_suffix(UNFINISHED));
        if let Some((_, owner)) = stem.and_then(|stem| stem.rsplit_once('.'))
            && is_abandoned(owner, &path)
        {
            // No reader looks at it: one that cannot be removed does no harm.
            let _ = fs::remove_file(&path);
        }
    }
}

/// Brings the names of a folder to the disk: only then is a new or renamed file sure to be found after a power cut.
///
/// # Errors
/// If the folder cannot be opened, or the disk fails.
#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened; the system takes care of it.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn replaces_the_old_file_and_leaves_nothing_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("results/a.csv");
        for text in ["old", "new"] {
            write_atomically(&path, |out| out.write_all(text.as_bytes())).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(path.parent().unwrap()), ["a.csv"]);
    }

    #[test]
    fn an_error_keeps_the_old_file_and_leaves_nothing_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let error = write_atomically(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("the disk is full"))
        });
        assert_eq!(error.unwrap_err().to_string(), "the disk is full");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(root.path()), ["a.csv"]);
    }

    #[test]
    fn a_folder_in_the_place_of_the_file_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.csv");
        fs::create_dir(&path).unwrap();
        assert!(write_atomically(&path, |_| Ok::<(), io::Error>(())).is_err());
        assert_eq!(names(root.path()), ["a.csv"]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_a_dead_process_left_goes_and_the_rest_stays() {
        let root = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let (own, dead) = (owner(), child.id());
        child.wait().unwrap();
        let left = own.replacen(&format!("-{}-", std::process::id()), &format!("-{dead}-"), 1);
        for name in [format!(".a.csv.{left}.tmp"), format!(".a.csv.{own}.tmp"), ".notes.tmp".into(), "a.csv".into()] {
            fs::write(root.path().join(name), "x").unwrap();
        }
        remove_leftovers(root.path());
        let mut kept = names(root.path());
        kept.sort();
        assert_eq!(kept, [format!(".a.csv.{own}.tmp"), ".notes.tmp".into(), "a.csv".into()]);
        remove_leftovers(&root.path().join("no such folder"));
    }
}
