//! The words that messages are made of: what is quoted, listed, counted or guessed.
//!
//! In: names, cells and numbers from a file. Out: pieces of a message, none longer than a reader can take in.

use std::path::Path;

use crate::schema::shortened;

/// A name or a cell in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", shortened(text))
}

/// A path, cut off where no system would take it for one.
pub(super) fn shown_path(path: &Path) -> String {
    /// Bytes of a path; what Linux takes (PATH_MAX).
    const LONGEST: usize = 4096;
    let path = path.display().to_string();
    if path.len() < LONGEST { path } else { shortened(&path).into_owned() }
}

/// `'a', 'b', 'c' and 4 more`: at most `most` names.
pub(super) fn list<'a>(names: impl ExactSizeIterator<Item = &'a str>, most: usize) -> String {
    let count = names.len();
    let shown: Vec<String> = names.take(most).map(quoted).collect();
    let rest = if count > most { format!(" and {} more", count - most) } else { String::new() };
    shown.join(", ") + &rest
}

/// `1 row`, `2 rows`, `2 classes`.
pub(super) fn plural(count: usize, word: &str) -> String {
    let plural = match word.strip_suffix("ss") {
        Some(_) => "es",
        None => "s",
    };
    format!("{count} {word}{}", if count == 1 { "" } else { plural })
}

/// The known name that is most like `name`, if any is like it at all.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Below this similarity (Jaro and Winkler, 0 to 1) a hint would mislead more than help.
    const ALIKE: f64 = 0.75;
    /// Bytes of a name; longer ones take long to compare, and nobody mistypes them.
    const LONGEST: usize = 1000;
    let lower = name.to_lowercase();
    known
        .filter(|other| lower.len().max(other.len()) <= LONGEST)
        .map(|other| (strsim::jaro_winkler(&lower, &other.to_lowercase()), other))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_names_ends_with_the_number_of_those_left_out() {
        assert_eq!(list(["a", "b"].into_iter(), 5), "'a', 'b'");
        assert_eq!(list(["a", "b", "c"].into_iter(), 1), "'a' and 2 more");
    }

    #[test]
    fn the_nearest_name_is_a_likely_slip_and_nothing_far_fetched() {
        assert_eq!(nearest("Clas", ["x", "class"].into_iter()), Some("class"));
        assert_eq!(nearest("target", ["x", "y"].into_iter()), None);
        let long = "x".repeat(100_000);
        assert_eq!(nearest(&long, [long.as_str(), "x"].into_iter()), None);
    }

    #[test]
    fn long_texts_and_impossible_paths_are_cut_off() {
        assert_eq!(quoted(&"x".repeat(100_000)), format!("'{}…'", "x".repeat(80)));
        let folder = "folder/".repeat(50);
        assert_eq!(shown_path(Path::new(&folder)), folder);
        assert!(shown_path(Path::new(&folder.repeat(50))).len() < 100);
    }

    #[test]
    fn only_one_is_singular() {
        assert_eq!([0, 1, 2].map(|count| plural(count, "row")), ["0 rows", "1 row", "2 rows"]);
        assert_eq!(plural(2, "class"), "2 classes");
    }
}
