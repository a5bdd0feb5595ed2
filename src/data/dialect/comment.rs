//! Which lines are comments.
//!
//! In: the first lines of a file. Out: the character that comments begin with, if the file begins with comments.

use super::Reading;
use super::delimiter::CANDIDATES;
use super::sample::Sample;
use super::settings::CommentChoice;

/// Guesses the character that comments begin with.
pub(super) fn guess(sample: &Sample, choice: CommentChoice, readings: &mut Vec<Reading>) -> Option<u8> {
    match choice {
        CommentChoice::None => return None,
        CommentChoice::Hash => return Some(b'#'),
        CommentChoice::Percent => return Some(b'%'),
        CommentChoice::Auto => {}
    }
    let sign = [b'#', b'%'].into_iter().find(|&sign| begins_with_comments(sample, sign))?;
    let text = format!("lines that begin with {} left out as comments (data.comment)", char::from(sign));
    readings.push(Reading::surprising(text));
    Some(sign)
}

/// Whether lines with this sign stand before others. A single one that has as many cells as the next line is a header whose
/// first name begins with that sign.
fn begins_with_comments(sample: &Sample, sign: u8) -> bool {
    let is_comment = |line: &&str| line.as_bytes().first() == Some(&sign);
    let mut lines = sample.lines().skip_while(is_comment);
    let Some(next) = lines.next() else { return false };
    let mut comments = sample.lines().take_while(is_comment);
    match (comments.next(), comments.next()) {
        (None, _) => false,
        (Some(_), Some(_)) => true,
        (Some(only), None) => !CANDIDATES.iter().any(|&delimiter| {
            let cells = |line: &str| line.bytes().filter(|&byte| byte == delimiter).count();
            cells(only) > 0 && cells(only) == cells(next)
        }),
    }
}
