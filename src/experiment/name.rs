//! The name of an experiment, which is that of a folder too.

/// Limits of common file systems, with room for what is put behind a name.
const MOST_CHARACTERS: usize = 100;
const MOST_BYTES: usize = 200;

/// What keeps a name from being that of a folder: a fragment behind "must".
pub(super) fn objection(name: &str) -> Option<String> {
    let forbidden = |letter: char| matches!(letter, '/' | '\\') || letter.is_control();
    if name.trim().is_empty() {
        Some("not be empty".to_owned())
    } else if name.starts_with('.') {
        Some("not begin with a dot".to_owned())
    } else if name.contains(forbidden) {
        Some("be the name of a folder, without / \\ and control characters".to_owned())
    } else if name.chars().count() > MOST_CHARACTERS || name.len() > MOST_BYTES {
        Some(format!("have at most {MOST_CHARACTERS} characters and {MOST_BYTES} bytes"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_that_of_a_folder() {
        for name in ["quickstart", "digits remedies (2)", "a.b", "过拟合", &"x".repeat(100)] {
            assert_eq!(objection(name), None, "{name}");
        }
        for name in ["", " ", ".", "..", ".hidden", "a/b", "a\\b", "a\0b", "a\nb", &"x".repeat(101), &"过".repeat(70)]
        {
            assert!(objection(name).is_some(), "{name:?}");
        }
    }
}
