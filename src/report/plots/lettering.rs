//! How wide text is, as far as it can be told without a font, and how it is made to fit.
//!
//! In: text of any length and script. Out: widths in units of the drawing, and texts that are short enough. Whoever opens a
//! drawing has other fonts than whoever wrote it, so that widths are those of a wide sans-serif: what fits here fits there.

use textwrap::core::display_width;

/// The fonts, from the one that print knows best to the one that everybody has.
pub(super) const FONTS: &str = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

/// What stands in place of what was left out.
const ELLIPSIS: char = '…';

/// The width of a text in letters of this size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(letter).sum::<f64>() * size
}

/// The width of a letter as a share of its height.
fn letter(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '|' | '\'' | '.' | ',' | ':' | ';' | '!' | 'I' => 0.30,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | ' ' | '-' | '"' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.92,
        'A'..='Z' | '&' | '+' | '=' | '<' | '>' | '~' => 0.72,
        c if c.is_ascii() => 0.58,
        // Letters of other scripts: a column of a terminal is about 0.6 of the height, and ideographs take two.
        c => 0.6 * display_width(c.encode_utf8(&mut [0; 4])) as f64,
    }
}

/// The text, or as much of its beginning as fits with a mark that more belongs there.
pub(super) fn shortened(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let room = most / size - letter(ELLIPSIS);
    let mut taken = 0.0;
    let fits = |c: &char| {
        taken += letter(*c);
        taken <= room
    };
    let beginning: String = text.chars().take_while(fits).collect();
    format!("{}{ELLIPSIS}", beginning.trim_end())
}

/// The text in lines that fit, at most so many; the last one is cut where more would be needed.
pub(super) fn lines(text: &str, size: f64, most: f64, count: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let is_full = lines.len() == count;
        let line = lines.last_mut().expect("there is a line to begin with");
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if line.is_empty() || is_full || width(&longer, size) <= most {
            *line = longer;
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.iter().map(|line| shortened(line, size, most)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_broken_between_words_and_cut_in_its_last_line() {
        assert_eq!(lines("one two three", 10.0, 45.0, 2), ["one two", "three"]);
        let cut = lines("one two three four five six", 10.0, 45.0, 2);
        assert_eq!(cut.len(), 2);
        assert!(cut[1].starts_with("three") && cut[1].ends_with('…'), "{cut:?}");
        assert_eq!(lines("", 10.0, 40.0, 2), [""]);
    }

    #[test]
    fn a_text_that_fits_stays_and_another_is_cut() {
        assert_eq!(shortened("dropout", 10.0, 100.0), "dropout");
        let cut = shortened("pruned 60% and fine-tuned afterwards", 10.0, 100.0);
        assert!(cut.starts_with("pruned 60%") && cut.ends_with('…') && width(&cut, 10.0) <= 100.0, "{cut}");
        assert_eq!(shortened("dropout", 10.0, 0.0), "…");
    }

    #[test]
    fn ideographs_are_twice_as_wide_as_letters_of_a_terminal() {
        assert!((width("过拟合", 10.0) - 36.0).abs() < 1e-9);
        assert!(width("illi", 10.0) < width("mmmm", 10.0) / 2.0);
    }
}
