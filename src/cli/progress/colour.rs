//! Whether escape sequences are allowed.
//!
//! `NO_COLOR` forbids them, `CLICOLOR_FORCE` asks for them everywhere, else they go to a terminal that is not dumb
//! (<https://no-color.org>, <https://bixense.com/clicolors>).

use std::env;

/// Whether colours may be written to a stream that is or is not a terminal.
pub fn colour_allowed(is_terminal: bool) -> bool {
    decide(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()), is_terminal)
}

fn decide(variable: impl Fn(&str) -> Option<String>, is_terminal: bool) -> bool {
    let is = |name: &str, value: &str| variable(name).is_some_and(|found| found == value);
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    if is_set("NO_COLOR") {
        return false;
    }
    is_set("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0") || is_terminal && !is("TERM", "dumb") && !is("CLICOLOR", "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(variables: &[(&str, &str)], is_terminal: bool) -> bool {
        decide(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()), is_terminal)
    }

    #[test]
    fn a_terminal_has_colour_and_a_pipe_has_none() {
        assert!(decided(&[], true) && !decided(&[], false));
        assert!(!decided(&[("TERM", "dumb")], true));
    }

    #[test]
    fn the_user_decides() {
        assert!(!decided(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true));
        assert!(decided(&[("NO_COLOR", "")], true));
        assert!(decided(&[("CLICOLOR_FORCE", "1")], false));
        assert!(!decided(&[("CLICOLOR_FORCE", "0")], false));
        assert!(!decided(&[("CLICOLOR", "0")], true));
    }
}
