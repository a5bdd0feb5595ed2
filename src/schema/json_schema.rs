//! A declaration as JSON Schema, for editors.
//!
//! In: a kind. Out: a schema (draft 2020-12) of what may be written for it, short forms included, with the docs as
//! descriptions. It refuses no value that the checker takes; the checker knows more: which alternative's type fits, and
//! what goes with what.

use serde_json::{Map, Value, json};

use super::{Checker, Default, Field, Interval, Kind, Origin, Path, Table, Tagged, read_toml_value};

/// Whether a table must hold the keys that must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// It must.
    Whole,
    /// It is one layer of several: they may stand in another.
    Layer,
}

/// The schema of a value of this kind.
pub fn json_schema(kind: &Kind, completeness: Completeness) -> Value {
    any_of(alternatives(kind, completeness))
}

/// The schema of a value of any of these kinds.
fn any_of(mut schemas: Vec<Value>) -> Value {
    if schemas.len() == 1 { schemas.remove(0) } else { json!({ "anyOf": schemas }) }
}

/// A schema for each form that a value may be written in.
fn alternatives(kind: &Kind, completeness: Completeness) -> Vec<Value> {
    let schema = |kind| json_schema(kind, completeness);
    match kind {
        Kind::Any => vec![json!({})],
        Kind::Boolean => vec![json!({ "type": "boolean" })],
        Kind::Integer { least, most: i64::MAX } => vec![json!({ "type": "integer", "minimum": least })],
        Kind::Integer { least, most } => vec![json!({ "type": "integer", "minimum": least, "maximum": most })],
        Kind::Number(interval) => vec![number(interval)],
        Kind::Text => vec![json!({ "type": "string" })],
        Kind::Choice(words) => vec![json!({ "enum": words })],
        Kind::List(kind) => vec![json!({ "type": "array", "items": schema(kind) })],
        Kind::Map(kind) => vec![json!({ "type": "object", "additionalProperties": schema(kind) })],
        Kind::Table(table) => table_forms(table, completeness),
        Kind::Tagged(tagged) => tagged_forms(tagged, completeness),
        Kind::OneOf(kinds) => kinds.iter().flat_map(|kind| alternatives(kind, completeness)).collect(),
    }
}

fn number(interval: &Interval) -> Value {
    let mut schema = Map::from_iter([("type".to_owned(), Value::from("number"))]);
    for ((bound, is_held), [held, not_held]) in
        [(interval.low(), ["minimum", "exclusiveMinimum"]), (interval.high(), ["maximum", "exclusiveMaximum"])]
    {
        if bound.is_finite() {
            schema.insert(if is_held { held } else { not_held }.to_owned(), Value::from(bound));
        }
    }
    Value::Object(schema)
}

/// The forms of the value that a table's short form is, and the table.
fn table_forms(table: &Table, completeness: Completeness) -> Vec<Value> {
    let short = table.short_field().map(|field| alternatives(&field.kind, completeness)).unwrap_or_default();
    short.into_iter().chain([object(Map::new(), table.fields.iter(), completeness)]).collect()
}

/// The bare tags, and a table for each; one without its tag is about that of another layer, or the default's.
fn tagged_forms(tagged: &Tagged, completeness: Completeness) -> Vec<Value> {
    let table = |(tag, fields): &(&str, &'static [Field])| {
        let with_tag = Map::from_iter([(tagged.tag.to_owned(), json!({ "const": tag }))]);
        object(with_tag, fields.iter().chain(tagged.common), completeness)
    };
    std::iter::once(json!({ "enum": tagged.tags() })).chain(tagged.cases.iter().map(table)).collect()
}

/// A table with these properties and those of the fields, and no others.
fn object<'a>(
    mut properties: Map<String, Value>,
    fields: impl Iterator<Item = &'a Field> + Clone,
    completeness: Completeness,
) -> Value {
    properties.extend(fields.clone().map(|field| (field.name.to_owned(), property(field, completeness))));
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let required: Vec<&str> =
        fields.filter(|field| field.default == Default::Required).map(|field| field.name).collect();
    if completeness == Completeness::Whole && !required.is_empty() {
        schema["required"] = Value::from(required);
    }
    schema
}

/// What a key means, what holds without it, and what it may hold.
fn property(field: &Field, completeness: Completeness) -> Value {
    let mut schema = json!({ "description": field.doc });
    match field.default {
        // A table that may be left out says nothing.
        Default::Absent | Default::Toml("{}") => {}
        Default::Required => schema["description"] = Value::from(format!("{}; must be given", field.doc)),
        Default::Toml(text) => schema["default"] = default(field, text),
    }
    if let (Value::Object(property), Value::Object(own)) = (&mut schema, json_schema(&field.kind, completeness)) {
        property.extend(own);
    }
    schema
}

/// A declared default as it may be written in JSON.
fn default(field: &Field, text: &str) -> Value {
    let node = read_toml_value(text, &Origin::Default).ok();
    let value = node.and_then(|node| Checker::default().check(&node, &Kind::Any, Path::Root));
    value.unwrap_or_else(|| panic!("the declared default of {} is no TOML: {text}", field.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Field = Field { name: "name", kind: Kind::Text, default: Default::Required, doc: "what it is called" };
    const RATE: Field =
        Field { name: "rate", kind: Kind::Number(Interval::RATE), default: Default::Toml("0.5"), doc: "how often" };

    fn whole(kind: &Kind) -> Value {
        json_schema(kind, Completeness::Whole)
    }

    #[test]
    fn a_table_has_its_keys_with_docs_and_defaults_and_no_others() {
        let schema = whole(&Kind::Table(&Table { fields: &[NAME, RATE], short: None }));
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "properties": {
                    "name": { "description": "what it is called; must be given", "type": "string" },
                    "rate": {
                        "description": "how often", "default": 0.5,
                        "type": "number", "minimum": 0.0, "exclusiveMaximum": 1.0,
                    },
                },
                "additionalProperties": false,
                "required": ["name"],
            })
        );
    }

    #[test]
    fn a_layer_need_not_hold_what_must_be_given() {
        let kind = Kind::List(&Kind::Table(&Table { fields: &[NAME], short: None }));
        assert_eq!(whole(&kind)["items"]["required"], json!(["name"]));
        assert_eq!(json_schema(&kind, Completeness::Layer)["items"].get("required"), None);
    }

    #[test]
    fn a_short_form_stands_beside_the_table_that_it_is_short_for() {
        let kinds = [Kind::Boolean, Kind::Table(&Table { fields: &[RATE], short: Some("rate") })];
        let kind = Kind::OneOf(Box::leak(Box::new(kinds)));
        let forms =
            whole(&kind)["anyOf"].as_array().map(|forms| forms.iter().map(|form| form["type"].clone()).collect());
        assert_eq!(forms, Some(vec![json!("boolean"), json!("number"), json!("object")]));
    }

    #[test]
    fn a_tagged_table_is_a_word_or_a_table_of_the_keys_that_go_with_it() {
        let schema = whole(&Kind::Tagged(&Tagged { tag: "kind", cases: &[("a", &[RATE]), ("b", &[])], common: &[] }));
        assert_eq!(schema["anyOf"][0], json!({ "enum": ["a", "b"] }));
        let keys = |case: usize| -> Vec<&str> {
            schema["anyOf"][case]["properties"].as_object().unwrap().keys().map(String::as_str).collect()
        };
        assert_eq!((keys(1), keys(2)), (vec!["kind", "rate"], vec!["kind"]));
    }

    #[test]
    fn bounds_that_are_not_finite_are_left_out() {
        assert_eq!(whole(&Kind::Number(Interval::POSITIVE)), json!({ "type": "number", "exclusiveMinimum": 0.0 }));
        assert_eq!(whole(&Kind::Integer { least: 2, most: i64::MAX }), json!({ "type": "integer", "minimum": 2 }));
    }
}
