//! Several files that belong together, and appear one right after the other once all are whole.
//!
//! In: paths and what fills them. Out: all files, or none where one cannot be filled. A system that renames several files at
//! once there is not: who is killed in between leaves some of them old, for an instant instead of as long as writing takes.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Temporary, fill_beside, folder_of, sync_folder};

/// Files that are filled and wait to appear; dropped, they go away.
#[derive(Default)]
pub struct Together {
    files: Vec<(PathBuf, Temporary)>,
}

impl Together {
    /// Fills a file beside its place.
    ///
    /// # Errors
    /// If `fill` fails, or the disk does. The error does not name the path.
    pub fn write<E: From<io::Error>>(
        &mut self,
        path: &Path,
        fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<(), E> {
        self.files.push((path.to_owned(), fill_beside(path, fill)?));
        Ok(())
    }

    /// Puts the files into their places, in the order in which they were written.
    ///
    /// # Errors
    /// If the disk fails, with the path; those before it are in their places.
    pub fn appear(self) -> Result<(), (PathBuf, io::Error)> {
        let mut folders: Vec<PathBuf> = Vec::new();
        for (path, temporary) in self.files {
            temporary.rename(&path).map_err(|error| (path.clone(), error))?;
            let folder = folder_of(&path);
            if !folders.iter().any(|known| known == folder) {
                folders.push(folder.to_owned());
            }
        }
        folders.into_iter().try_for_each(|folder| sync_folder(&folder).map_err(|error| (folder, error)))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn all_appear_or_none() {
        let root = tempfile::tempdir().unwrap();
        let (a, b) = (root.path().join("a.csv"), root.path().join("plots/b.svg"));
        fs::write(&a, "old").unwrap();
        let mut files = Together::default();
        for path in [&a, &b] {
            files.write(path, |out| out.write_all(b"new")).unwrap();
        }
        assert_eq!((fs::read_to_string(&a).unwrap().as_str(), b.exists()), ("old", false));
        files.appear().unwrap();
        assert_eq!([&a, &b].map(|path| fs::read_to_string(path).unwrap()), ["new", "new"]);

        let mut files = Together::default();
        files.write(&a, |out| out.write_all(b"newer")).unwrap();
        let full = files.write(&b, |_| Err(io::Error::other("the disk is full")));
        assert_eq!(full.unwrap_err().to_string(), "the disk is full");
        drop(files);
        assert_eq!(fs::read_to_string(&a).unwrap(), "new");
        let names = |folder: &Path| fs::read_dir(folder).unwrap().count();
        assert_eq!((names(root.path()), names(b.parent().unwrap())), (2, 1), "nothing is left beside them");
    }
}
