//! One config laid over another.

use super::{Content, Entry, Kind, Node};

/// Lays `over` on `base`; both have their short forms expanded. Tables of one kind merge key by key; lists, scalars and
/// values of another type replace what was there; so does a tagged table whose tag is another (`optimizer = "sgd"` over
/// adam with its parameters).
pub fn merge(base: &mut Node, over: &Node, kind: &Kind) {
    let merged = match (kind.of(base), kind.of(over)) {
        (Some(below), Some(above)) if std::ptr::eq(below, above) && !other_tag(base, over, above) => {
            merge_entries(base, over, above)
        }
        _ => false,
    };
    if !merged {
        base.clone_from(over);
    }
}

/// Whether `over` chooses another case of a tagged table than `base`.
fn other_tag(base: &Node, over: &Node, kind: &Kind) -> bool {
    let Kind::Tagged(tagged) = kind else { return false };
    let content = |node: &Node| node.get(tagged.tag).map(|tag| tag.content.clone());
    content(over).is_some_and(|tag| content(base) != Some(tag))
}

/// Merges key by key, if both are tables.
fn merge_entries(base: &mut Node, over: &Node, kind: &Kind) -> bool {
    let (Content::Table(below), Content::Table(above)) = (&mut base.content, &over.content) else { return false };
    for entry in above {
        match below.iter_mut().find(|known| known.key == entry.key) {
            None => below.push(entry.clone()),
            Some(known) => merge_entry(known, entry, kind.below(over, &entry.key)),
        }
    }
    true
}

/// `kind` is that of the value; the values of a key that nobody declared replace one another.
fn merge_entry(below: &mut Entry, above: &Entry, kind: Option<&Kind>) {
    match kind {
        Some(kind) => merge(&mut below.node, &above.node, kind),
        None => below.node.clone_from(&above.node),
    }
    below.origin.clone_from(&above.origin);
}
