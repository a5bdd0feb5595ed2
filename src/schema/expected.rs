//! What a kind allows, in words.

use super::{Interval, Kind};

/// What a key of this kind must be: the words behind "must be".
pub fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Any => "a value".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Integer { least, most: i64::MAX } => format!("a whole number of at least {least}"),
        Kind::Integer { least, most } => format!("a whole number from {least} to {most}"),
        Kind::Number(interval) if *interval == Interval::ALL => "a finite number".to_owned(),
        Kind::Number(interval) => format!("a number in {interval}"),
        Kind::Text => "text".to_owned(),
        Kind::Choice(words) => one_of(words),
        Kind::List(_) => "a list".to_owned(),
        Kind::Map(_) => "a table".to_owned(),
        Kind::Table(table) => match table.short_field() {
            Some(field) => format!("{} or a table", expected(&field.kind)),
            None => "a table".to_owned(),
        },
        Kind::Tagged(tagged) => format!("{} or a table", one_of(&tagged.tags())),
        Kind::OneOf(kinds) => kinds.iter().map(expected).collect::<Vec<_>>().join(" or "),
    }
}

/// The words of a choice: `a, b or c`; those without a letter in quotes.
pub(super) fn one_of(words: &[&str]) -> String {
    let has_letter = |word: &str| word.contains(|letter: char| letter.is_alphanumeric());
    let shown = |word: &&str| if has_letter(word) { (*word).to_owned() } else { format!("{word:?}") };
    let words: Vec<String> = words.iter().map(shown).collect();
    match words.as_slice() {
        [] => "nothing".to_owned(),
        [word] => word.clone(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}
