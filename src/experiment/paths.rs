//! Paths in a config: relative to its folder, wherever that is.

use std::path::{Component, Path, PathBuf};

use crate::schema::{Content, Node};

/// The keys whose values are paths.
const PATH_KEYS: [&[&str]; 3] = [&["data", "path"], &["data", "test_path"], &["model", "init", "file"]];

/// Rewrites the paths in sections, or in what stands at `key` of sections: relative to the folder `from` before, to the
/// folder `to` after.
pub(super) fn relocate(node: &mut Node, key: &[&str], from: &Path, to: &Path) {
    for path in PATH_KEYS {
        if let Some(below) = path.strip_prefix(key)
            && let Some(Node { content: Content::Text(text), .. }) = node.at_mut(below)
        {
            *text = relative(&from.join(text.as_str()), to);
        }
    }
}

/// `file` as seen from `folder`, with `/` between the parts; as an absolute path where no way leads there.
pub(super) fn relative(file: &Path, folder: &Path) -> String {
    let (file, folder) = (located(file), canonical(folder));
    let common = file.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return file.to_string_lossy().into_owned();
    }
    let up = folder.components().skip(common).map(|_| "..".into());
    let down = file.components().skip(common).map(|part| part.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// A path of a config in `folder`, as short as it can be said: `configs/../data/a.csv` is `data/a.csv`, unless a link makes
/// that another file.
pub(super) fn joined(folder: &Path, path: &Path) -> PathBuf {
    let long = folder.join(path);
    let mut short = PathBuf::new();
    for part in long.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(short.components().next_back(), Some(Component::Normal(_))) => {
                short.pop();
            }
            part => short.push(part),
        }
    }
    let is_same = short == long || matches!((short.canonicalize(), long.canonicalize()), (Ok(a), Ok(b)) if a == b);
    if is_same { short } else { long }
}

/// The absolute path of a file, links resolved in its folder; a file that is itself a link keeps its name, whose
/// extension says what is in it.
fn located(file: &Path) -> PathBuf {
    match (file.parent(), file.file_name()) {
        (Some(folder), Some(name)) => canonical(folder).join(name),
        _ => canonical(file),
    }
}

/// The absolute path of a folder that need not be there yet: links resolved as far as it is.
pub fn canonical(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    for existing in absolute.ancestors() {
        if let Ok(real) = existing.canonicalize() {
            let rest = absolute.strip_prefix(existing).unwrap_or(Path::new(""));
            return rest.components().fold(real, |mut path, part| {
                match part {
                    Component::ParentDir => drop(path.pop()),
                    part => path.push(part),
                }
                path
            });
        }
    }
    absolute
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_seen_from_a_folder_that_need_not_exist() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        std::fs::create_dir_all(at("data")).unwrap();
        assert_eq!(relative(&at("data/a.csv"), &at("results/new")), "../../data/a.csv");
        assert_eq!(relative(&at("data/../data/a.csv"), &at("data")), "a.csv");
        assert_eq!(relative(&at("results/new/a.csv"), &at("results/new")), "a.csv");
    }

    #[test]
    fn a_path_goes_no_detours_that_lead_to_the_same_file() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("configs")).unwrap();
        std::fs::write(root.path().join("a.csv"), "").unwrap();
        let folder = root.path().join("configs");
        assert_eq!(joined(&folder, Path::new("../a.csv")), root.path().join("a.csv"));
        assert_eq!(joined(&folder, Path::new("./../b.csv")), folder.join("./../b.csv"), "what is not there stays");
        assert_eq!(joined(Path::new(""), Path::new("../b.csv")), Path::new("../b.csv"));
    }

    #[test]
    fn paths_are_rewritten_where_they_stand_and_nowhere_else() {
        let text = |text: &str| Node { content: Content::Text(text.into()), origin: crate::schema::Origin::Default };
        let root = tempfile::tempdir().unwrap();
        let (from, to) = (root.path().join("configs"), root.path().join("results/x"));
        let mut sections = Node::nested(&["data", "path"], text("../data/a.csv"));
        relocate(&mut sections, &[], &from, &to);
        assert_eq!(sections.at(&["data", "path"]).unwrap().text(), Some("../../data/a.csv"));
        let mut value = text("../data/a.csv");
        relocate(&mut value, &["data", "path"], &from, &to);
        assert_eq!(value.text(), Some("../../data/a.csv"));
        let mut other = text("../data/a.csv");
        relocate(&mut other, &["data", "target"], &from, &to);
        assert_eq!(other.text(), Some("../data/a.csv"));
    }
}
