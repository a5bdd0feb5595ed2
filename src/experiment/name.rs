//! The name of an experiment, which is that of a folder too, on every system: results are copied from one to another.

use crate::schema::harmless;

/// Limits of common file systems, with room for what is put behind a name.
const MOST_CHARACTERS: usize = 100;
const MOST_BYTES: usize = 200;

/// What keeps a name from being that of a folder: a fragment behind "must".
pub(super) fn objection(name: &str) -> Option<String> {
    let forbidden = |letter: char| r#"/\:*?"<>|"#.contains(letter);
    if name.trim().is_empty() {
        Some("not be empty".to_owned())
    } else if name.starts_with('.') {
        Some("not begin with a dot".to_owned())
    } else if name.contains(forbidden) {
        Some(r#"be the name of a folder, without / \ : * ? " < > |"#.to_owned())
    } else if harmless(name) != name {
        Some("have no control characters".to_owned())
    } else if name.ends_with(['.', ' ']) {
        Some("not end with a point or a blank".to_owned())
    } else if is_device(name) {
        Some("not be the name of a device of Windows".to_owned())
    } else if name.chars().count() > MOST_CHARACTERS || name.len() > MOST_BYTES {
        Some(format!("have at most {MOST_CHARACTERS} characters and {MOST_BYTES} bytes"))
    } else {
        None
    }
}

/// What Windows takes for a device, whatever stands behind a point: `nul`, `COM1.old`.
fn is_device(name: &str) -> bool {
    const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_lowercase();
    let is_port = |kind: &str| {
        let digit = stem.strip_prefix(kind).and_then(|rest| rest.chars().next().filter(|_| rest.chars().count() == 1));
        digit.is_some_and(|digit| matches!(digit, '1'..='9' | '¹' | '²' | '³'))
    };
    DEVICES.contains(&stem.as_str()) || is_port("com") || is_port("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_that_of_a_folder() {
        for name in
            ["quickstart", "digits remedies (2)", "a.b", "过拟合", "console", "com10", "nullable", &"x".repeat(100)]
        {
            assert_eq!(objection(name), None, "{name}");
        }
        for name in [
            "",
            " ",
            ".",
            "..",
            ".hidden",
            "a/b",
            "a\\b",
            "a\0b",
            "a\nb",
            "a\u{202e}b",
            "c:",
            "a*",
            "a?",
            "a|b",
            "a.",
            "a ",
            "NUL",
            "con.txt",
            "Com1",
            "lpt9.old",
            &"x".repeat(101),
            &"过".repeat(70),
        ] {
            assert!(objection(name).is_some(), "{name:?}");
        }
    }
}
