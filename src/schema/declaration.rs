//! Declarations: what a key is called, what it may hold, what holds without it.

use super::{Content, Interval, Node};

/// One key of a table.
#[derive(Debug)]
pub struct Field {
    /// The key as it is written.
    pub name: &'static str,
    /// What its value may be.
    pub kind: Kind,
    /// What holds where the key is not given.
    pub default: Default,
    /// One line for help and schema: a lowercase fragment without a full stop.
    pub doc: &'static str,
}

/// What holds where a key is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// The key must be given.
    Required,
    /// The key stays absent; its doc says what that means.
    Absent,
    /// This value, written as in TOML.
    Toml(&'static str),
}

/// What a value may be. Every scalar is a single type of TOML and JSON; an integer is accepted where a number is wanted.
#[derive(Debug)]
pub enum Kind {
    /// Any value: what it means is decided where it is used.
    Any,
    /// `true` or `false`.
    Boolean,
    /// A whole number from `least` to `most`, both allowed.
    Integer {
        /// The smallest allowed value.
        least: i64,
        /// The largest allowed value.
        most: i64,
    },
    /// A finite number within an interval.
    Number(Interval),
    /// Any text.
    Text,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A list of values of one kind.
    List(&'static Kind),
    /// A table of known keys.
    Table(&'static Table),
    /// A table whose keys depend on the value of its first, the tag.
    Tagged(&'static Tagged),
    /// A table with any keys, all values of one kind.
    Map(&'static Kind),
    /// The first alternative whose type (boolean, number, text, list, table) fits.
    OneOf(&'static [Kind]),
}

/// A table of known keys.
#[derive(Debug)]
pub struct Table {
    /// The keys that may be given.
    pub fields: &'static [Field],
    /// The key that a value which is no table stands for: `dropout = 0.5` is `dropout = { hidden = 0.5 }`.
    pub short: Option<&'static str>,
}

/// A table whose keys depend on its tag: `{ kind = "step", step_size = 10 }`. The bare tag is its short form: `"step"`.
#[derive(Debug)]
pub struct Tagged {
    /// The key of the tag, usually `kind`.
    pub tag: &'static str,
    /// Every value of the tag, and the keys that go with it.
    pub cases: &'static [(&'static str, &'static [Field])],
    /// Keys allowed with every tag.
    pub common: &'static [Field],
}

impl Kind {
    /// The alternative that a value is of: the kind itself, or of a [`Kind::OneOf`] the first whose type fits. A table's
    /// short form fits where its key's kind does; where nothing fits and one alternative has a short form, it is that.
    pub fn of(&self, node: &Node) -> Option<&Kind> {
        let Kind::OneOf(kinds) = self else { return Some(self) };
        let fitting = kinds.iter().find(|kind| kind.takes_type_of(node));
        let rounded =
            || kinds.iter().find(|kind| matches!((kind, &node.content), (Kind::Integer { .. }, Content::Float(_))));
        let short = || kinds.iter().find(|kind| matches!(kind, Kind::Table(Table { short: Some(_), .. })));
        fitting.or_else(rounded).or_else(short)?.of(node)
    }

    /// The kind of what stands in `node`, which is of this kind, under a key or as an item; nothing where no such key is
    /// declared.
    pub fn below(&self, node: &Node, key: &str) -> Option<&Kind> {
        match self.of(node)? {
            Kind::Any => Some(&Kind::Any),
            Kind::List(kind) | Kind::Map(kind) => Some(kind),
            Kind::Table(table) => table.field(key).map(|field| &field.kind),
            Kind::Tagged(tagged) => tagged.any_field(key).map(|field| &field.kind),
            _ => None,
        }
    }

    /// Whether tables lead to a declared key at the end of `path`.
    pub fn has_key(&self, path: &[&str]) -> bool {
        match (self, path) {
            (_, []) => true,
            (Kind::Table(table), [key, rest @ ..]) => table.field(key).is_some_and(|field| field.kind.has_key(rest)),
            _ => false,
        }
    }

    /// Whether the number at the end of `path` below a value of this kind must be whole.
    pub fn is_whole_at(&self, path: &[&str]) -> bool {
        let mut kinds = Vec::new();
        self.numbers_at(path, &mut kinds);
        !kinds.is_empty() && kinds.iter().all(|kind| matches!(kind, Kind::Integer { .. }))
    }

    /// Every kind of number that may stand at the end of `path`.
    fn numbers_at<'a>(&'a self, path: &[&str], found: &mut Vec<&'a Kind>) {
        match (self, path) {
            (Kind::Integer { .. } | Kind::Number(_), []) => found.push(self),
            (Kind::OneOf(kinds), _) => kinds.iter().for_each(|kind| kind.numbers_at(path, found)),
            (Kind::Table(table), []) => table.short_field().into_iter().for_each(|f| f.kind.numbers_at(path, found)),
            (Kind::Table(table), [key, rest @ ..]) => {
                table.field(key).into_iter().for_each(|field| field.kind.numbers_at(rest, found));
            }
            (Kind::Tagged(tagged), [key, rest @ ..]) => {
                let fields = tagged.cases.iter().flat_map(|(_, fields)| fields.iter()).chain(tagged.common);
                fields.filter(|field| field.name == *key).for_each(|field| field.kind.numbers_at(rest, found));
            }
            (Kind::Map(kind), [_, rest @ ..]) => kind.numbers_at(rest, found),
            _ => {}
        }
    }

    /// Whether a value has a type that this kind is written in, whatever the value is.
    fn takes_type_of(&self, node: &Node) -> bool {
        match (self, &node.content) {
            (Kind::Any, _)
            | (Kind::Boolean, Content::Boolean(_))
            | (Kind::Integer { .. }, Content::Integer(_))
            | (Kind::Number(_), Content::Integer(_) | Content::Float(_))
            | (Kind::Text | Kind::Choice(_) | Kind::Tagged(_), Content::Text(_))
            | (Kind::List(_), Content::List(_))
            | (Kind::Table(_) | Kind::Tagged(_) | Kind::Map(_), Content::Table(_)) => true,
            (Kind::Table(table), _) => table.short_field().is_some_and(|field| field.kind.takes_type_of(node)),
            (Kind::OneOf(kinds), _) => kinds.iter().any(|kind| kind.takes_type_of(node)),
            _ => false,
        }
    }
}

impl Table {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field that a value which is no table stands for.
    pub fn short_field(&self) -> Option<&'static Field> {
        self.field(self.short?)
    }
}

impl Tagged {
    /// Every value of the tag.
    pub fn tags(&self) -> Vec<&'static str> {
        self.cases.iter().map(|(tag, _)| *tag).collect()
    }

    /// The fields that go with a tag, beside the tag itself; nothing for an unknown tag.
    pub fn fields(&self, tag: &str) -> Option<impl Iterator<Item = &'static Field> + Clone + use<>> {
        let (_, fields) = self.cases.iter().find(|(case, _)| *case == tag)?;
        Some(fields.iter().chain(self.common))
    }

    /// The field of that name under any tag.
    pub(super) fn any_field(&self, name: &str) -> Option<&'static Field> {
        let all = self.cases.iter().flat_map(|(_, fields)| fields.iter()).chain(self.common);
        all.into_iter().find(|field| field.name == name)
    }
}
