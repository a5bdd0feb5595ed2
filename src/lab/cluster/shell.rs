//! Words of a shell script.
//!
//! In: any text. Out: the text as one word of a POSIX shell, which means nothing but itself.

/// One word.
pub fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-=:,+%@".contains(letter);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stay_as_they_are() {
        assert_eq!(["--array=0-3,7%2", "/a/b.sh"].map(quoted), ["--array=0-3,7%2", "/a/b.sh"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_shell_reads_what_was_meant() {
        for text in
            ["", "a b", "it's", "\"q\"", "$HOME `id` $(id)", "a\\b\\", "~", "*", "#x", "-n", "ü\tx", "a;b|c&d", "x\ny"]
        {
            let script = format!("printf %s {}", quoted(text));
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text, "{script}");
        }
    }
}
