//! JSON text as a tree of nodes.

use std::collections::HashSet;
use std::sync::Arc;

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Content, Entry, Node, Origin, Problem, lines::Lines, shortened};

/// JSON as RFC 8259 has it, without the liberties that the parser would allow.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads a whole file.
///
/// # Errors
/// The first syntax error, or every null, every key that stands twice, every integer beyond 64 bits.
pub fn read_json(text: &str, file: &Arc<str>) -> Result<Node, Vec<Problem>> {
    let lines = Lines::new(text, file);
    let whole = Origin::File(file.clone());
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| {
        let origin = lines.origin(error.range().start);
        let reason = error.kind().to_string();
        vec![Problem::new(format!("not valid JSON: {}", lowercase_first(&reason)), &origin)]
    })?;
    let Some(value @ Value::Object(_)) = parsed.value else {
        return Err(vec![Problem::new("must be an object: { \"data\": { \"path\": ... } }", &whole)]);
    };
    let mut reader = Reader { lines, problems: Vec::new() };
    let mut root = reader.node(value);
    root.origin = whole;
    if reader.problems.is_empty() { Ok(root) } else { Err(reader.problems) }
}

fn lowercase_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

struct Reader<'a> {
    lines: Lines<'a>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn node(&mut self, value: Value) -> Node {
        let origin = self.lines.origin(value.range().start);
        let content = match value {
            Value::BooleanLit(literal) => Content::Boolean(literal.value),
            Value::StringLit(literal) => Content::Text(literal.value.into_owned()),
            Value::NumberLit(literal) => self.number(literal.value, &origin),
            Value::NullKeyword(_) => self.refuse("no key takes null: leave the key out".to_owned(), &origin),
            Value::Array(array) => Content::List(array.elements.into_iter().map(|item| self.node(item)).collect()),
            Value::Object(object) => {
                let mut keys = HashSet::new();
                let mut entries = Vec::with_capacity(object.properties.len());
                for property in object.properties {
                    let origin = self.lines.origin(property.range.start);
                    let key = property.name.into_string();
                    if !keys.insert(key.clone()) {
                        let text = format!("the key {:?} stands twice", shortened(&key));
                        self.problems.push(Problem::new(text, &origin));
                    }
                    entries.push(Entry { key, origin, node: self.node(property.value) });
                }
                Content::Table(entries)
            }
        };
        Node { content, origin }
    }

    fn number(&mut self, text: &str, origin: &Origin) -> Content {
        let whole = !text.contains(['.', 'e', 'E']);
        let number =
            if whole { text.parse().ok().map(Content::Integer) } else { text.parse().ok().map(Content::Float) };
        number
            .unwrap_or_else(|| self.refuse(format!("{} is beyond the 64 bits of an integer", shortened(text)), origin))
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
        read_json(text, &"a.json".into())
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn every_key_knows_its_line() {
        let root = read("{\n  \"seeds\": 3,\n  \"model\": {\n    \"hidden\": [1, 2.5]\n  }\n}").unwrap();
        assert_eq!(root.origin_at(&["seeds"]).to_string(), "a.json:2");
        assert_eq!(root.origin_at(&["model", "hidden"]).to_string(), "a.json:4");
        let Some(Content::List(hidden)) = root.at(&["model", "hidden"]).map(|node| &node.content) else {
            panic!("no list")
        };
        assert_eq!((&hidden[0].content, &hidden[1].content), (&Content::Integer(1), &Content::Float(2.5)));
    }

    #[test]
    fn refuses_what_strict_json_is_not() {
        for text in [
            "{\"a\": 1,}",
            "{a: 1}",
            "{\"a\": .5}",
            "{\"a\": NaN}",
            "{\"a\": 1} // end",
            "{'a': 1}",
            "{\"a\": 1",
            "{} {}",
        ] {
            let message = read(text).unwrap_err();
            assert!(message.starts_with("not valid JSON: ") && message.contains("(a.json:1)"), "{text}: {message}");
        }
        assert!(read("[1]").unwrap_err().contains("must be an object"));
        assert!(read("").unwrap_err().contains("must be an object"));
    }

    #[test]
    fn long_keys_and_numbers_are_not_shown_whole() {
        let key = "k".repeat(100_000);
        let message = read(&format!("{{\"{key}\": 1, \"{key}\": {}}}", "9".repeat(100_000))).unwrap_err();
        assert_eq!(message.lines().count(), 2);
        assert!(message.len() < 300, "{message}");
    }

    #[test]
    fn tells_every_null_and_every_key_that_stands_twice() {
        assert_eq!(
            read("{\"a\": null,\n\"b\": 1,\n\"b\": 99999999999999999999}").unwrap_err(),
            "no key takes null: leave the key out (a.json:1)\n\
             the key \"b\" stands twice (a.json:3)\n\
             99999999999999999999 is beyond the 64 bits of an integer (a.json:3)"
        );
    }
}
