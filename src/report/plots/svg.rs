//! SVG as text: elements, attributes, escaped.
//!
//! In: names of elements, attributes, text of anybody's making. Out: well-formed XML, the same bytes for the same drawing.
//! Attributes say how things look, without style sheets, so that every program that places an SVG understands them.

use std::fmt::{self, Display};

use crate::report::harmless;

/// A drawing that is being written.
#[derive(Debug, Default)]
pub(super) struct Svg {
    text: String,
    open: Vec<&'static str>,
}

/// The attributes of an element.
pub(super) type Attributes<'a> = [(&'a str, &'a dyn Display)];

impl Svg {
    /// Begins an element; what is written until it is closed is in it.
    pub fn open(&mut self, element: &'static str, attributes: &Attributes) {
        self.begin(element, attributes);
        self.text.push_str(">\n");
        self.open.push(element);
    }

    /// Ends the element that was opened last.
    pub fn close(&mut self) {
        let element = self.open.pop().expect("every element is opened before it is closed");
        self.text.push_str(&format!("</{element}>\n"));
    }

    /// An element without content.
    pub fn empty(&mut self, element: &str, attributes: &Attributes) {
        self.begin(element, attributes);
        self.text.push_str("/>\n");
    }

    /// An element that holds text.
    pub fn text(&mut self, element: &str, attributes: &Attributes, text: &str) {
        self.begin(element, attributes);
        self.text.push_str(&format!(">{}</{element}>\n", escaped(text)));
    }

    /// Takes in another drawing.
    pub fn take(&mut self, other: Svg) {
        self.text.push_str(&other.finish());
    }

    /// The whole drawing.
    pub fn finish(self) -> String {
        assert!(self.open.is_empty(), "every element is closed: {:?}", self.open);
        self.text
    }

    fn begin(&mut self, element: &str, attributes: &Attributes) {
        self.text.push_str(&format!("<{element}"));
        for (name, value) in attributes {
            self.text.push_str(&format!(" {name}=\"{}\"", escaped(&value.to_string())));
        }
    }
}

/// A coordinate: two decimals are a hundredth of what a screen shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct At(pub f64);

impl Display for At {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the sign of a zero.
        let rounded = (self.0 * 100.0).round() / 100.0 + 0.0;
        write!(out, "{rounded}")
    }
}

/// A list of points: `1,2 3,4`.
pub(super) struct Points<'a>(pub &'a [(f64, f64)]);

impl Display for Points<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, &(x, y)) in self.0.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            write!(out, "{space}{},{}", At(x), At(y))?;
        }
        Ok(())
    }
}

/// Text that says itself and nothing else, also where it came from a config: XML has no way to write control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // No characters of XML 1.0.
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_nest_and_text_stays_text() {
        let mut svg = Svg::default();
        svg.open("g", &[("id", &"a\"b")]);
        svg.text("text", &[("x", &At(1.0))], "</text><script> & \u{1b}\u{ffff}");
        svg.empty("path", &[]);
        svg.close();
        assert_eq!(
            svg.finish(),
            "<g id=\"a&quot;b\">\n<text x=\"1\">&lt;/text&gt;&lt;script&gt; &amp; \u{fffd}\u{fffd}</text>\n<path/>\n</g>\n"
        );
    }

    #[test]
    fn coordinates_have_two_decimals_and_no_needless_ones() {
        let shown: Vec<String> = [1.0, 0.125, -0.001, 1234.5678, 1e-9].iter().map(|&at| At(at).to_string()).collect();
        assert_eq!(shown, ["1", "0.13", "0", "1234.57", "0"]);
        assert_eq!(Points(&[(1.0, 2.5), (3.0, -4.0)]).to_string(), "1,2.5 3,-4");
    }
}
