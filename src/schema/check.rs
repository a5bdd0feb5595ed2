//! A tree of nodes against its declaration.
//!
//! In: a node whose short forms are expanded, and its kind. Out: the resolved value, with every default filled in and
//! every number of a [`Kind::Number`] as a float, so that `1` and `1.0` are one; or problems, all of them.

use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, Value};

use super::expected::one_of;
use super::{Content, Default, Entry, Field, Interval, Kind, Node, Origin, Problem, Problems, Table, Tagged};
use super::{expand, expected, nearest, read_toml_value, shortened};

/// Checks nodes and collects what is wrong with them.
#[derive(Debug, Default)]
pub struct Checker {
    /// What was found so far.
    pub problems: Problems,
    /// Whether a key that must be given may be absent, since it may come from elsewhere.
    partial: bool,
    /// Resolved defaults, by the address of their field: cells by the thousand ask for the same.
    defaults: HashMap<usize, Value>,
}

/// The keys that lead to a value, from the root.
#[derive(Debug, Clone, Copy)]
pub enum Path<'a> {
    /// The root.
    Root,
    /// A key of a table, or the index of a list's item.
    Key(&'a Path<'a>, &'a str),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Key(Path::Root, key) => f.write_str(&shortened(key)),
            Path::Key(above, key) => write!(f, "{above}.{}", shortened(key)),
        }
    }
}

impl Checker {
    /// A checker that lets keys be absent which must be given in the end: for one layer of several.
    pub fn partial() -> Self {
        Self { partial: true, ..Self::default() }
    }

    /// Resolves a value at `path`; nothing if something in it is wrong, which is then among the problems.
    pub fn check(&mut self, node: &Node, kind: &'static Kind, path: Path) -> Option<Value> {
        let Some(own) = kind.of(node) else { return self.wrong(node, kind, path) };
        match (own, &node.content) {
            (Kind::Any, _) => self.any(node, path),
            (Kind::Boolean, Content::Boolean(value)) => Some(Value::Bool(*value)),
            (Kind::Integer { least, most }, Content::Integer(value)) if (least..=most).contains(&value) => {
                Some(Value::from(*value))
            }
            (Kind::Number(interval), Content::Integer(value)) => self.number(*value as f64, interval, node, path),
            (Kind::Number(interval), Content::Float(value)) => self.number(*value, interval, node, path),
            (Kind::Text, Content::Text(text)) => Some(Value::from(text.as_str())),
            (Kind::Choice(words), Content::Text(text)) => self.word(text, words, &expected(kind), node, path),
            (Kind::List(kind), Content::List(items)) => self.list(items, kind, path),
            (Kind::Map(kind), Content::Table(entries)) => self.map(entries, kind, path),
            (Kind::Table(table), Content::Table(_)) => self.check_table(node, table, path),
            (Kind::Tagged(tagged), Content::Table(entries)) => self.tagged(node, entries, tagged, path),
            (only @ (Kind::Integer { .. } | Kind::Table(_)), _) => self.wrong(node, only, path),
            _ => self.wrong(node, kind, path),
        }
    }

    /// Resolves a table at `path`, as [`Self::check`] does.
    pub fn check_table(&mut self, node: &Node, table: &'static Table, path: Path) -> Option<Value> {
        let fields = table.fields.iter();
        self.unknown_keys(node.entries()?, None, fields.clone(), path);
        self.fields(node, fields, Map::new(), path)
    }

    fn wrong(&mut self, node: &Node, kind: &Kind, path: Path) -> Option<Value> {
        self.must_be(&expected(kind), node, "", path)
    }

    fn must_be(&mut self, what: &str, node: &Node, hint: &str, path: Path) -> Option<Value> {
        self.problems.push(Problem::new(format!("{path} must be {what}, found {}{hint}", node.content), &node.origin));
        None
    }

    fn number(&mut self, value: f64, interval: &Interval, node: &Node, path: Path) -> Option<Value> {
        if interval.holds(value) {
            return Some(Value::from(value + 0.0)); // -0 becomes 0: they are the same setting
        }
        let what = if *interval == Interval::ALL { "a finite number".to_owned() } else { format!("in {interval}") };
        self.must_be(&what, node, "", path)
    }

    fn word(&mut self, text: &str, words: &[&str], what: &str, node: &Node, path: Path) -> Option<Value> {
        if words.contains(&text) {
            return Some(Value::from(text));
        }
        self.must_be(what, node, &nearest::hint(text, words), path)
    }

    fn list(&mut self, items: &[Node], kind: &'static Kind, path: Path) -> Option<Value> {
        let checked: Vec<Option<Value>> = (items.iter().enumerate())
            .map(|(index, item)| self.check(item, kind, Path::Key(&path, &index.to_string())))
            .collect();
        checked.into_iter().collect::<Option<Vec<_>>>().map(Value::Array)
    }

    fn map(&mut self, entries: &[Entry], kind: &'static Kind, path: Path) -> Option<Value> {
        let checked: Vec<_> = (entries.iter())
            .map(|entry| Some((entry.key.clone(), self.check(&entry.node, kind, Path::Key(&path, &entry.key))?)))
            .collect();
        checked.into_iter().collect::<Option<Map<_, _>>>().map(Value::Object)
    }

    fn any(&mut self, node: &Node, path: Path) -> Option<Value> {
        match &node.content {
            Content::Boolean(value) => Some(Value::Bool(*value)),
            Content::Integer(value) => Some(Value::from(*value)),
            Content::Float(value) => Some(Value::from(*value)), // null for nan, which no kind lets through in the end
            Content::Text(text) => Some(Value::from(text.as_str())),
            Content::List(items) => self.list(items, &Kind::Any, path),
            Content::Table(entries) => self.map(entries, &Kind::Any, path),
        }
    }

    fn tagged(&mut self, node: &Node, entries: &[Entry], tagged: &'static Tagged, path: Path) -> Option<Value> {
        let tags = tagged.tags();
        let tag_path = Path::Key(&path, tagged.tag);
        let Some(tag_node) = node.get(tagged.tag) else {
            if !self.partial {
                let message = format!("{tag_path} must be given: {}", one_of(&tags));
                self.problems.push(Problem::new(message, &node.origin));
            }
            return None;
        };
        let Some(tag) = tag_node.text() else { return self.must_be(&one_of(&tags), tag_node, "", tag_path) };
        // A bare word is the short form of the table: its path is that of the whole.
        let shown = if tag_node.origin == node.origin && entries.len() == 1 { path } else { tag_path };
        let tag_value = self.word(tag, &tags, &one_of(&tags), tag_node, shown)?;
        let fields = tagged.fields(tag)?;
        self.unknown_keys(entries, Some(tagged.tag), fields.clone(), path);
        self.fields(node, fields, Map::from_iter([(tagged.tag.to_owned(), tag_value)]), path)
    }

    fn unknown_keys(
        &mut self,
        entries: &[Entry],
        tag: Option<&'static str>,
        fields: impl Iterator<Item = &'static Field> + Clone,
        path: Path,
    ) {
        let known = tag.into_iter().chain(fields.map(|field| field.name));
        for entry in entries {
            if !known.clone().any(|name| name == entry.key) {
                let known: Vec<&str> = known.clone().collect();
                self.problems.push(Problem::unknown_key(&path.to_string(), &entry.key, &known, &entry.origin));
            }
        }
    }

    /// Adds the value of every field to `object`.
    fn fields(
        &mut self,
        node: &Node,
        fields: impl Iterator<Item = &'static Field>,
        mut object: Map<String, Value>,
        path: Path,
    ) -> Option<Value> {
        let mut sound = true;
        for field in fields {
            match (node.get(field.name), field.default) {
                (Some(given), _) => match self.given(given, field, Path::Key(&path, field.name)) {
                    Some(value) => drop(object.insert(field.name.to_owned(), value)),
                    None => sound = false,
                },
                (None, Default::Toml(text)) => {
                    match self.default_of(field, text, &node.origin, Path::Key(&path, field.name)) {
                        Some(value) => drop(object.insert(field.name.to_owned(), value)),
                        None => sound = false,
                    }
                }
                (None, Default::Absent) => {}
                (None, Default::Required) if self.partial => {}
                (None, Default::Required) => {
                    let message = format!("{} must be given: {}", Path::Key(&path, field.name), field.doc);
                    self.problems.push(Problem::new(message, &node.origin));
                    sound = false;
                }
            }
        }
        sound.then_some(Value::Object(object))
    }

    /// A value that is given. A tagged table without its tag is about the default's: `optimizer = { beta1 = 0.8 }`.
    fn given(&mut self, node: &Node, field: &'static Field, path: Path) -> Option<Value> {
        if let (Kind::Tagged(tagged), Default::Toml(text), Some(entries)) = (&field.kind, field.default, node.entries())
            && node.get(tagged.tag).is_none()
            && let Some(tag) = default_node(field, text, &node.origin).get(tagged.tag)
        {
            let mut with_tag = node.clone();
            with_tag.content = Content::Table(
                std::iter::once(Entry { key: tagged.tag.to_owned(), origin: Origin::Default, node: tag.clone() })
                    .chain(entries.iter().cloned())
                    .collect(),
            );
            return self.check(&with_tag, &field.kind, path);
        }
        self.check(node, &field.kind, path)
    }

    /// The resolved default of a key in a table at `origin`: keys that must be given may be missing in it.
    fn default_of(&mut self, field: &'static Field, text: &str, origin: &Origin, path: Path) -> Option<Value> {
        let address = std::ptr::from_ref(field) as usize;
        if let Some(value) = self.defaults.get(&address) {
            return Some(value.clone());
        }
        let value = self.check(&default_node(field, text, origin), &field.kind, path)?;
        self.defaults.insert(address, value.clone());
        Some(value)
    }
}

/// A declared default as a node at `origin`, short forms expanded.
fn default_node(field: &Field, text: &str, origin: &Origin) -> Node {
    let mut node = read_toml_value(text, origin)
        .unwrap_or_else(|problems| panic!("the declared default of {} is no TOML: {problems:?}", field.name));
    expand(&mut node, &field.kind);
    node
}

#[cfg(test)]
mod tests;
