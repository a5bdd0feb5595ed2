//! TOML text as a tree of nodes.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::{Content, Entry, Node, Origin, Problem, lines::Lines, shortened};

/// Reads a whole file.
///
/// # Errors
/// The first syntax error of each line, since one often brings others with it, of a few lines; or every date, every integer beyond 64 bits.
pub fn read_toml(text: &str, file: &Arc<str>) -> Result<Node, Vec<Problem>> {
    let lines = Lines::new(text, file);
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut broken: BTreeMap<usize, String> = BTreeMap::new();
    for error in errors {
        let line = lines.line(error.span().map_or(0, |span| span.start));
        broken.entry(line).or_insert_with(|| format!("not valid TOML: {}", error.message()));
    }
    if !broken.is_empty() {
        let more = broken.len().saturating_sub(MOST_BROKEN_LINES);
        let problem = |(line, text)| Problem::new(text, &Origin::Line(file.clone(), line));
        let mut problems: Vec<Problem> = broken.into_iter().take(MOST_BROKEN_LINES).map(problem).collect();
        if more > 0 {
            problems.push(Problem::elsewhere(format!("{more} more lines of {file} are not valid TOML")));
        }
        return Err(problems);
    }
    let mut reader = Reader { place: Place::File(lines), problems: Vec::new() };
    let content = reader.table(table.get_ref());
    if reader.problems.is_empty() {
        Ok(Node { content, origin: Origin::File(file.clone()) })
    } else {
        Err(reader.problems)
    }
}

/// A file with more broken lines than this is no TOML at all, and one look at it says so.
const MOST_BROKEN_LINES: usize = 3;

/// Reads one value, which comes from `origin`.
///
/// # Errors
/// What is no value of TOML, or a date, or an integer beyond 64 bits.
pub fn read_toml_value(text: &str, origin: &Origin) -> Result<Node, Vec<Problem>> {
    let value = match DeValue::parse(text) {
        Ok(value) => value,
        Err(error) => return Err(vec![Problem::new(format!("not valid TOML: {}", error.message()), origin)]),
    };
    let mut reader = Reader { place: Place::One(origin.clone()), problems: Vec::new() };
    let node = reader.node(value.get_ref(), value.span());
    if reader.problems.is_empty() { Ok(node) } else { Err(reader.problems) }
}

struct Reader<'a> {
    place: Place<'a>,
    problems: Vec<Problem>,
}

enum Place<'a> {
    File(Lines<'a>),
    One(Origin),
}

impl Reader<'_> {
    fn origin(&self, span: Range<usize>) -> Origin {
        match &self.place {
            Place::File(lines) => lines.origin(span.start),
            Place::One(origin) => origin.clone(),
        }
    }

    fn table(&mut self, table: &DeTable) -> Content {
        let entries = table.iter().map(|(key, value)| {
            let origin = self.origin(key.span());
            let mut node = self.node(value.get_ref(), value.span());
            if matches!(node.content, Content::Table(_)) {
                // A table that dotted keys or headers make has no place of its own but that of its key.
                node.origin = origin.clone();
            }
            Entry { key: key.get_ref().to_string(), origin, node }
        });
        Content::Table(entries.collect())
    }

    fn node(&mut self, value: &DeValue, span: Range<usize>) -> Node {
        let origin = self.origin(span);
        let content = match value {
            DeValue::Boolean(value) => Content::Boolean(*value),
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(value) => Content::Integer(value),
                Err(_) => {
                    let digits = integer.to_string();
                    self.refuse(format!("{} is beyond the 64 bits of an integer", shortened(&digits)), &origin)
                }
            },
            DeValue::Float(float) => match float.as_str().parse() {
                Ok(value) => Content::Float(value),
                Err(_) => self.refuse(format!("{} is no number", shortened(float.as_str())), &origin),
            },
            DeValue::String(text) => Content::Text(text.to_string()),
            DeValue::Datetime(date) => {
                self.refuse(format!("no key takes a date, found {date}; put text in quotes"), &origin)
            }
            DeValue::Array(items) => {
                Content::List(items.iter().map(|item| self.node(item.get_ref(), item.span())).collect())
            }
            DeValue::Table(table) => self.table(table),
        };
        Node { content, origin }
    }

    /// Notes a problem; what it returns in its stead is never looked at.
    fn refuse(&mut self, text: String, origin: &Origin) -> Content {
        self.problems.push(Problem::new(text, origin));
        Content::Boolean(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, String> {
        read_toml(text, &"a.toml".into())
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn every_key_knows_its_line() {
        let root =
            read("seeds = 3\n\n[remedies]\nl2 = 1e-4\ndropout.hidden = 0.5\n[[variants]]\nname = \"a\"\n").unwrap();
        let line = |path: &[&str]| root.origin_at(path).to_string();
        assert_eq!(line(&["seeds"]), "a.toml:1");
        assert_eq!(line(&["remedies"]), "a.toml:3");
        assert_eq!(line(&["remedies", "l2"]), "a.toml:4");
        assert_eq!(line(&["remedies", "dropout", "hidden"]), "a.toml:5");
        let Some(Content::List(variants)) = root.get("variants").map(|node| &node.content) else { panic!("no list") };
        assert_eq!(variants[0].origin_at(&["name"]).to_string(), "a.toml:7");
    }

    #[test]
    fn several_syntax_errors_are_told_at_once() {
        let message = read("a = = 1\nb = 2\nc = [1,\nd = 'x\n").unwrap_err();
        assert!(message.lines().count() >= 2, "{message}");
        assert!(message.contains("(a.toml:1)"), "{message}");
    }

    #[test]
    fn a_file_that_is_no_toml_at_all_is_told_briefly() {
        let message = read(&"1,2,3\n".repeat(50)).unwrap_err();
        assert_eq!(message.lines().count(), 4, "{message}");
        assert!(message.ends_with("47 more lines of a.toml are not valid TOML"), "{message}");
    }

    #[test]
    fn dates_and_integers_beyond_64_bits_are_refused() {
        let message = read("a = 2024-01-01\nb = 9223372036854775808\nc = 0xff\n").unwrap_err();
        assert_eq!(
            message,
            "no key takes a date, found 2024-01-01; put text in quotes (a.toml:1)\n\
             9223372036854775808 is beyond the 64 bits of an integer (a.toml:2)"
        );
    }

    #[test]
    fn an_integer_of_very_many_digits_is_not_shown_whole() {
        assert!(
            read(&format!("a = {}", "9".repeat(100_000))).unwrap_err().starts_with(&format!("{}… is", "9".repeat(80)))
        );
    }

    #[test]
    fn a_key_given_twice_is_an_error() {
        assert!(read("a = 1\na = 2\n").unwrap_err().contains("(a.toml:2)"));
    }

    #[test]
    fn a_key_of_very_many_parts_is_refused_and_not_walked() {
        for part in ["a", "'='"] {
            let key = vec![part; 200_000].join(".");
            for text in [format!("{key} = 1"), format!("[{key}]"), format!("a = {{ {key} = 1 }}")] {
                let message = read(&text).unwrap_err();
                assert!(message.contains("recursion limit"), "{}", &message[..200.min(message.len())]);
            }
        }
    }

    #[test]
    fn values_are_read_alone() {
        let origin = Origin::Option("--set a=1".into());
        assert_eq!(read_toml_value("1e-3", &origin).unwrap().content, Content::Float(1e-3));
        assert_eq!(read_toml_value("[1, 2]", &origin).unwrap().origin, origin);
        assert!(read_toml_value("adam", &origin).is_err());
    }
}
