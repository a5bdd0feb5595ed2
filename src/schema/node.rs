//! A config as written: a tree of values that remember where they stand.
//!
//! TOML and JSON become the same tree, so that whatever comes after knows nothing of either.

use std::fmt;
use std::sync::Arc;

use super::shortened;

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub content: Content,
    /// Where it stands.
    pub origin: Origin,
}

/// The value of a [`Node`].
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number, written without point and exponent.
    Integer(i64),
    /// Any other number; NaN and the infinities too, which no key allows.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Keys and values in the order of the file; no key twice.
    Table(Vec<Entry>),
}

/// A key of a table with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub origin: Origin,
    /// Its value.
    pub node: Node,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// A line of a file, counted from 1.
    Line(Arc<str>, usize),
    /// A file as a whole.
    File(Arc<str>),
    /// An option of the command line, as it was typed.
    Option(Arc<str>),
    /// A declared default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Line(file, line) => write!(f, "{file}:{line}"),
            Origin::File(file) => f.write_str(file),
            Origin::Option(typed) => f.write_str(&shortened(typed)),
            Origin::Default => f.write_str("the default"),
        }
    }
}

impl Node {
    /// A table without keys.
    pub fn empty(origin: Origin) -> Self {
        Self { content: Content::Table(Vec::new()), origin }
    }

    /// A table with one key, which stands where its value does.
    pub fn wrapped(key: &str, node: Node) -> Self {
        let origin = node.origin.clone();
        let entry = Entry { key: key.to_owned(), origin: origin.clone(), node };
        Self { content: Content::Table(vec![entry]), origin }
    }

    /// The tables that `path` leads through, with the value at its end.
    pub fn nested(path: &[&str], node: Node) -> Self {
        path.iter().rev().fold(node, |inner, key| Node::wrapped(key, inner))
    }

    /// The keys and values, if it is a table.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.content {
            Content::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key, if it is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        match &mut self.content {
            Content::Table(entries) => entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.node),
            _ => None,
        }
    }

    /// The value at the end of `path`.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The value at the end of `path`, to be changed.
    pub fn at_mut(&mut self, path: &[&str]) -> Option<&mut Node> {
        path.iter().try_fold(self, |node, key| node.get_mut(key))
    }

    /// Where the value at the end of `path` comes from, or the nearest above it that is written down anywhere.
    pub fn origin_at(&self, path: &[&str]) -> Origin {
        let mut origin = &self.origin;
        let mut node = self;
        for key in path {
            let Some(entry) = node.entries().and_then(|entries| entries.iter().find(|entry| entry.key == *key)) else {
                break;
            };
            origin = &entry.origin;
            node = &entry.node;
        }
        origin.clone()
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The value as an error message shows it: scalars as written in TOML, long text cut off, lists and tables by name.
impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Boolean(value) => write!(f, "{value}"),
            Content::Integer(value) => write!(f, "{value}"),
            Content::Float(value) => f.write_str(&number_text(*value, ".0")),
            Content::Text(text) => write!(f, "{:?}", shortened(text)),
            Content::List(items) if items.is_empty() => f.write_str("an empty list"),
            Content::List(_) => f.write_str("a list"),
            Content::Table(_) => f.write_str("a table"),
        }
    }
}

/// The shortest text that is read back as `x`; very large and small magnitudes with an exponent. Whole numbers end in
/// `whole_suffix`.
pub fn number_text(x: f64, whole_suffix: &str) -> String {
    let magnitude = x.abs();
    if !x.is_finite() {
        x.to_string().to_lowercase()
    } else if magnitude != 0.0 && !(1e-5..1e16).contains(&magnitude) {
        format!("{x:e}")
    } else if x.fract() == 0.0 {
        format!("{x}{whole_suffix}")
    } else {
        x.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_they_would_be_written() {
        for (x, text) in
            [(1.0, "1.0"), (0.001, "0.001"), (1e-7, "1e-7"), (1e20, "1e20"), (f64::NAN, "nan"), (-0.5, "-0.5")]
        {
            assert_eq!(Content::Float(x).to_string(), text);
        }
    }

    #[test]
    fn a_long_text_is_not_shown_whole() {
        let text = "x".repeat(100_000);
        assert_eq!(Content::Text(text.clone()).to_string(), format!("\"{}…\"", "x".repeat(80)));
        assert!(Origin::Option(format!("--set name={text}").into()).to_string().len() < 100);
    }

    #[test]
    fn the_origin_of_a_key_that_is_not_written_is_that_of_the_table_around_it() {
        let line = |n| Origin::Line("a.toml".into(), n);
        let mut root = Node::wrapped("remedies", Node::empty(line(3)));
        root.origin = line(1);
        assert_eq!(root.origin_at(&["remedies", "dropout", "hidden"]), line(3));
        assert_eq!(root.origin_at(&["train"]), line(1));
    }
}
