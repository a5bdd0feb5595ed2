//! From a file to a tree of nodes.

use std::path::Path;
use std::sync::Arc;

use super::ConfigErrors;
use crate::schema::{Node, Problem, read_json, read_toml};

/// Reads a config: JSON where the name ends in `.json`, TOML otherwise.
///
/// # Errors
/// A file that cannot be read or is not UTF-8; syntax errors, with their lines.
pub(super) fn read(path: &Path) -> Result<Node, ConfigErrors> {
    let shown = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(_) if path.is_dir() => return refuse(format!("{shown} is a folder, a config is a file")),
        Err(error) => return refuse(format!("cannot read {shown}: {error}")),
    };
    let has_extension = |known: &str| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(known));
    if ["csv", "tsv", "gz"].into_iter().any(has_extension) {
        return refuse(format!("{shown} is data; a config is TOML or JSON and names it as data.path"));
    }
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            return refuse(format!("a config is UTF-8 text, and this is not ({shown}:{line})"));
        }
    };
    let file: Arc<str> = shown.into();
    let root = if has_extension("json") { read_json(text, &file) } else { read_toml(text, &file) };
    root.map_err(ConfigErrors::from)
}

fn refuse(text: String) -> Result<Node, ConfigErrors> {
    Err(Problem::elsewhere(text).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(name: &str, bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        read(&path).unwrap_err().to_string().replace(&format!("{}/", folder.path().display()), "")
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let missing = read(Path::new("no/such.toml")).unwrap_err().to_string();
        assert!(missing.starts_with("cannot read no/such.toml: "), "{missing}");
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap_err().to_string().ends_with(" is a folder, a config is a file"));
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_with_its_line() {
        assert_eq!(
            message("a.toml", b"seeds = 1\nname = \"\xff\""),
            "a config is UTF-8 text, and this is not (a.toml:2)"
        );
    }

    #[test]
    fn data_in_place_of_a_config_is_noticed() {
        assert_eq!(message("a.csv", b"x,y\n"), "a.csv is data; a config is TOML or JSON and names it as data.path");
    }

    #[test]
    fn the_extension_decides_on_the_syntax() {
        assert!(message("a.json", b"seeds = 1").starts_with("not valid JSON: "));
        assert!(message("a.toml", b"{\"seeds\": 1}").starts_with("not valid TOML: "));
    }
}
