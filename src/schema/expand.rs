//! Short forms written out.

use super::{Content, Kind, Node, Table, Tagged};

/// Writes out every short form in a value of this kind: `dropout = 0.5` becomes `dropout = { hidden = 0.5 }`,
/// `optimizer = "sgd"` becomes `optimizer = { kind = "sgd" }`. What is not of the kind stays as it is, for the checker.
pub fn expand(node: &mut Node, kind: &Kind) {
    match kind.of(node) {
        Some(Kind::Table(table)) => expand_table(node, table),
        Some(Kind::Tagged(tagged)) => expand_tagged(node, tagged),
        Some(Kind::Map(kind)) => each_entry(node, |_| Some(*kind)),
        Some(Kind::List(kind)) => {
            if let Content::List(items) = &mut node.content {
                items.iter_mut().for_each(|item| expand(item, kind));
            }
        }
        _ => {}
    }
}

fn expand_table(node: &mut Node, table: &Table) {
    if let Some(short) = table.short
        && (node.entries().is_none() || is_bare_map(node, table))
    {
        wrap(node, short);
    }
    each_entry(node, |key| table.field(key).map(|field| &field.kind));
}

/// Whether a table is what its only key stands for: where that is a table of any names, these may stand without the key.
fn is_bare_map(node: &Node, table: &Table) -> bool {
    let [field] = table.fields else { return false };
    let takes_names = match &field.kind {
        Kind::OneOf(kinds) => kinds.iter().any(|kind| matches!(kind, Kind::Map(_))),
        kind => matches!(kind, Kind::Map(_)),
    };
    table.short == Some(field.name) && takes_names && node.get(field.name).is_none()
}

fn expand_tagged(node: &mut Node, tagged: &Tagged) {
    if node.text().is_some() {
        wrap(node, tagged.tag);
    }
    each_entry(node, |key| tagged.any_field(key).map(|field| &field.kind));
}

/// The value becomes a table that has it under `key`.
fn wrap(node: &mut Node, key: &str) {
    let value = std::mem::replace(node, Node::empty(node.origin.clone()));
    *node = Node::wrapped(key, value);
}

fn each_entry<'k>(node: &mut Node, kind_of: impl Fn(&str) -> Option<&'k Kind>) {
    if let Content::Table(entries) = &mut node.content {
        for entry in entries {
            if let Some(kind) = kind_of(&entry.key) {
                expand(&mut entry.node, kind);
            }
        }
    }
}
