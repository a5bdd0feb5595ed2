//! The variant that `--baseline` names.

use crate::cli::error::CliError;
use crate::schema::nearest;

/// So many names are listed; nobody reads more.
const LISTED: usize = 8;

/// Columns of the list: what every terminal has.
const WIDTH: usize = 80;

/// The place of a variant among those that there are.
///
/// # Errors
/// If it is none of them: names the nearest one and the first few.
pub(super) fn place(wanted: &str, known: &[&str]) -> Result<usize, CliError> {
    known.iter().position(|name| *name == wanted).ok_or_else(|| CliError::Usage(unknown(wanted, known)))
}

fn unknown(wanted: &str, known: &[&str]) -> String {
    let hint = nearest(wanted, known).map(|near| format!(", did you mean \"{near}\"?")).unwrap_or_default();
    let listed: Vec<String> = known.iter().take(LISTED).map(|name| format!("\"{name}\"")).collect();
    let more = match known.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let list = textwrap::Options::new(WIDTH).initial_indent("  ").subsequent_indent("  ");
    let list = textwrap::fill(&format!("{}{more}", listed.join(", ")), list);
    format!("--baseline must be a variant, found \"{wanted}\"{hint}\nthere are:\n{list}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_variant_is_answered_with_the_nearest_and_a_few_in_short_lines() {
        let names: Vec<String> = (0..58).map(|at| format!("dropout remedies.dropout.hidden=0.{at}")).collect();
        let known: Vec<&str> = names.iter().map(String::as_str).chain(["none"]).collect();
        let text = unknown("nnoe", &known);
        assert!(text.starts_with("--baseline must be a variant, found \"nnoe\", did you mean \"none\"?\n"), "{text}");
        assert!(text.ends_with(" and 51 more"), "{text}");
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert_eq!(text.matches("dropout remedies").count(), LISTED);
    }

    #[test]
    fn a_known_one_has_its_place() {
        assert_eq!(place("b", &["a", "b"]).unwrap(), 1);
    }
}
