//! What the command line changes in a config.
//!
//! `--set key.path=value` acts as if the file had been edited: what stands at the key is laid over as a variant would do
//! it. A number in the path is the index of a list's item, from 0: `variants.0.remedies.dropout=0.3`.

use crate::schema::{
    Content, Kind, Node, Origin, Problem, Problems, expand, merge, read_toml, read_toml_value, shortened,
};

use super::ConfigErrors;
use super::config::CONFIG;

/// Options that change a config.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `key.path=value`, each laid over the ones before. The value is read as TOML, or else is text.
    pub set: Vec<String>,
    /// The number of seeds.
    pub seeds: Option<u64>,
    /// The figure that variants are compared by.
    pub metric: Option<String>,
}

/// Changes a config, whose short forms are expanded.
pub(super) fn apply(root: &mut Node, overrides: &Overrides) -> Result<(), ConfigErrors> {
    let mut problems = Problems::default();
    for typed in &overrides.set {
        let origin = Origin::Option(format!("--set {typed}").into());
        let done = split(typed, &origin).and_then(|(path, value)| {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            set(root, &CONFIG, &path, value)
        });
        if let Err(reason) = done {
            problems.push(Problem::new(reason, &origin));
        }
    }
    if let Some(seeds) = overrides.seeds {
        let origin = Origin::Option(format!("--seeds {seeds}").into());
        let value = Node { content: Content::Integer(i64::try_from(seeds).unwrap_or(i64::MAX)), origin };
        merge(root, &Node::wrapped("seeds", value), &CONFIG);
    }
    if let Some(metric) = &overrides.metric {
        let origin = Origin::Option(format!("--metric {metric}").into());
        let value = Node { content: Content::Text(metric.clone()), origin };
        merge(root, &Node::wrapped("metric", value), &CONFIG);
    }
    ConfigErrors::unless_empty(problems)
}

/// The keys and the value of `key.path=value`.
fn split(typed: &str, origin: &Origin) -> Result<(Vec<String>, Node), String> {
    let at = equals_sign(typed).ok_or("must be key.path=value, found no =")?;
    let (key, text) = (typed[..at].trim(), typed[at + 1..].trim());
    let path = key_path(key).ok_or_else(|| format!("must begin with a dotted key, found {:?}", shortened(key)))?;
    let as_text = || Node { content: Content::Text(text.to_owned()), origin: origin.clone() };
    Ok((path, read_toml_value(text, origin).unwrap_or_else(|_| as_text())))
}

/// The first `=` that is not within quotes.
fn equals_sign(typed: &str) -> Option<usize> {
    let mut quote = None;
    typed.char_indices().find_map(|(at, letter)| match (quote, letter) {
        (None, '=') => Some(at),
        (None, '"' | '\'') => {
            quote = Some(letter);
            None
        }
        (Some(open), _) if open == letter => {
            quote = None;
            None
        }
        _ => None,
    })
}

/// The parts of a dotted key, some of which may be quoted.
fn key_path(key: &str) -> Option<Vec<String>> {
    let mut node = &read_toml(&format!("{key} = 0"), &"".into()).ok()?;
    let mut path = Vec::new();
    while let Some(entries) = node.entries() {
        let [entry] = entries else { return None };
        path.push(entry.key.clone());
        node = &entry.node;
    }
    (node.content == Content::Integer(0)).then_some(path)
}

/// Lays `value` over what is at `path` below `node`: down to the last list by key and index, from there by merging.
fn set(node: &mut Node, kind: &Kind, path: &[&str], mut value: Node) -> Result<(), String> {
    if let [key, rest @ ..] = path
        && through_a_list(node, path)
        && let Some(kind) = kind.below(node, key)
    {
        return set(inside(node, key)?, kind, rest, value);
    }
    value = Node::nested(path, value);
    expand(&mut value, kind);
    merge(node, &value, kind);
    Ok(())
}

/// The value of a table's key, or a list's item.
fn inside<'a>(node: &'a mut Node, key: &str) -> Result<&'a mut Node, String> {
    let found = match &mut node.content {
        Content::List(items) => {
            let count = items.len();
            let item = key.parse().ok().and_then(|index: usize| items.get_mut(index));
            return item.ok_or_else(|| {
                format!("must name an item of a list of {count} by its index from 0, found {:?}", shortened(key))
            });
        }
        Content::Table(entries) => entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.node),
        _ => None,
    };
    found.ok_or_else(|| format!("must name a key, found {:?}", shortened(key)))
}

/// Whether `path` enters a list at or below `node`.
fn through_a_list(node: &Node, path: &[&str]) -> bool {
    match (&node.content, path) {
        (Content::List(_), [_, ..]) => true,
        (_, [key, rest @ ..]) => node.get(key).is_some_and(|below| through_a_list(below, rest)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, set: &[&str]) -> Result<Node, String> {
        let mut root = read_toml(text, &"a.toml".into()).unwrap();
        expand(&mut root, &CONFIG);
        let set = set.iter().map(|typed| (*typed).to_owned()).collect();
        apply(&mut root, &Overrides { set, ..Overrides::default() }).map_err(|errors| errors.to_string())?;
        Ok(root)
    }

    fn content(root: &Node, path: &[&str]) -> Content {
        root.at(path).unwrap_or_else(|| panic!("nothing at {path:?} in {root:?}")).content.clone()
    }

    #[test]
    fn a_value_is_read_as_toml_or_else_is_text() {
        for (typed, found) in [
            ("train.epochs=7", Content::Integer(7)),
            ("train.epochs = 1e3", Content::Float(1e3)),
            ("train.epochs=adam", Content::Text("adam".into())),
            ("train.epochs='7'", Content::Text("7".into())),
            ("train.epochs=2024-01-01", Content::Text("2024-01-01".into())),
            ("train.epochs=", Content::Text(String::new())),
            ("train.epochs=a=b", Content::Text("a=b".into())),
        ] {
            assert_eq!(content(&changed("", &[typed]).unwrap(), &["train", "epochs"]), found, "{typed}");
        }
    }

    #[test]
    fn a_quoted_part_of_the_key_may_hold_dots_and_equals_signs() {
        let root = changed("", &["sweep.parameters.\"train.learning_rate\"=[0.1]", "'a=b'.c = 1"]).unwrap();
        assert!(matches!(content(&root, &["sweep", "parameters", "train.learning_rate"]), Content::List(_)));
        assert_eq!(content(&root, &["a=b", "c"]), Content::Integer(1));
    }

    #[test]
    fn items_of_lists_are_reached_by_index() {
        let text = "[model]\nhidden = [8, 16]\n[[variants]]\nname = 'a'\n[[variants]]\nname = 'b'\ntrain.epochs = 3";
        let root = changed(text, &["model.hidden.1=32", "variants.1.train.epochs=9", "variants.0.name=c"]).unwrap();
        let item = |path: &[&str], index: usize| match content(&root, path) {
            Content::List(items) => items[index].clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(item(&["model", "hidden"], 1).content, Content::Integer(32));
        assert_eq!(item(&["model", "hidden"], 0).content, Content::Integer(8));
        assert_eq!(content(&item(&["variants"], 1), &["train", "epochs"]), Content::Integer(9));
        assert_eq!(content(&item(&["variants"], 0), &["name"]), Content::Text("c".into()));
    }

    #[test]
    fn what_cannot_be_understood_is_refused_with_the_option_that_was_typed() {
        let text = "[model]\nhidden = [8, 16]";
        for (typed, message) in [
            ("epochs", "must be key.path=value, found no = (--set epochs)"),
            ("=3", "must begin with a dotted key, found \"\" (--set =3)"),
            ("a b=3", "must begin with a dotted key, found \"a b\" (--set a b=3)"),
            (
                "model.hidden.2=3",
                "must name an item of a list of 2 by its index from 0, found \"2\" (--set model.hidden.2=3)",
            ),
            (
                "model.hidden.first=3",
                "must name an item of a list of 2 by its index from 0, found \"first\" (--set model.hidden.first=3)",
            ),
        ] {
            assert_eq!(changed(text, &[typed]).unwrap_err(), message);
        }
    }

    #[test]
    fn a_later_option_lies_over_an_earlier_one() {
        let root = changed("train.optimizer = 'sgd'", &["train.optimizer=adam", "train.optimizer.beta1=0.5"]).unwrap();
        assert_eq!(content(&root, &["train", "optimizer", "kind"]), Content::Text("adam".into()));
        assert_eq!(content(&root, &["train", "optimizer", "beta1"]), Content::Float(0.5));
    }
}
