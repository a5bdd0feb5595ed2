//! The word that was probably meant.

/// `, did you mean <word>?`, or nothing where no word is near.
pub(super) fn hint(found: &str, known: &[&str]) -> String {
    nearest(found, known).map(|word| format!(", did you mean {word}?")).unwrap_or_default()
}

/// The known word with the fewest edits from `found`, case aside; at most a third of the letters may differ, the first of
/// equals wins. An abbreviation of at least three letters is near too.
pub fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let found = found.to_lowercase();
    let letters = found.chars().count();
    if letters > MOST_LETTERS {
        return None;
    }
    let by_edits = known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(&found, &word.to_lowercase()), *word))
        .filter(|(edits, word)| *edits <= (letters.max(word.chars().count()) / 3).max(1) && *edits < letters)
        .min_by_key(|(edits, _)| *edits);
    let by_start = || known.iter().find(|word| letters >= 3 && word.starts_with(&found)).map(|word| (0, *word));
    by_edits.or_else(by_start).map(|(_, word)| word)
}

/// No known word is nearly as long; the comparison takes time and memory by the square of the length.
const MOST_LETTERS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_word_with_a_slip_in_it_and_an_abbreviation() {
        let known = ["hidden", "activation", "init"];
        assert_eq!(nearest("hiden", &known), Some("hidden"));
        assert_eq!(nearest("Hidden", &known), Some("hidden"));
        assert_eq!(nearest("act", &known), Some("activation"));
    }

    #[test]
    fn suggests_nothing_for_a_word_of_its_own() {
        assert_eq!(nearest("optimizer", &["hidden", "activation", "init"]), None);
        assert_eq!(nearest("x", &["l1", "l2"]), None);
        assert_eq!(nearest(&"x".repeat(100_000), &["l1"]), None);
    }
}
