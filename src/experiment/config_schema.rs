//! The JSON Schema of a config, made of the declarations that the config is checked by.
//!
//! In: [`config`](super::config)'s kinds. Out: one schema for TOML and JSON alike. Sections stand once under `$defs`, since
//! variants have them too; so does an axis for every key that can be swept, whose values are checked as those of the key
//! itself. What can be told of merged layers only, such as a key that no layer gives, is left to `overfit check`.

use serde_json::{Map, Value, json};

use super::config::{FRAME, RANGE_FIELDS, sections};
use crate::remedies::REGISTRY;
use crate::schema::{Completeness, Kind, Table, json_schema};

/// The dialect of JSON Schema.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The name among the definitions of a table of axes, of a range, and in front of each axis.
const AXES: &str = "axes";
const RANGE: &str = "range";
const AXIS: &str = "axis.";

/// The schema of a config.
pub fn config_schema() -> Value {
    let mut definitions = Map::new();
    for section in sections() {
        definitions.insert(section.name.to_owned(), json_schema(&section.kind, Completeness::Layer));
    }
    explain_remedies(&mut definitions["remedies"]);
    let range = json_schema(&Kind::Table(&Table { fields: RANGE_FIELDS, short: None }), Completeness::Whole);
    let keys = swept_keys(&definitions);
    definitions.extend(keys.iter().map(|key| (format!("{AXIS}{}", key.path), axis(key))));
    definitions.insert(RANGE.to_owned(), range);
    definitions.insert(AXES.to_owned(), axes(&keys));

    let mut config = json_schema(&FRAME, Completeness::Whole);
    refer_to_sections(&mut config);
    refer_to_sections(&mut config["properties"]["variants"]["items"]);
    refer(&mut config["properties"]["sweep"]["properties"]["parameters"], AXES);
    refer(&mut config["properties"]["variants"]["items"]["properties"]["sweep"], AXES);

    let mut schema = json!({
        "$schema": DIALECT,
        "title": "overfit",
        "description": "an experiment that compares remedies against overfitting",
    });
    for (key, value) in config.as_object().into_iter().flatten() {
        schema[key] = value.clone();
    }
    schema["$defs"] = Value::Object(definitions);
    schema
}

/// What `overfit remedies NAME` says, for whoever points at a key.
fn explain_remedies(remedies: &mut Value) {
    for entry in REGISTRY {
        let text = format!("{}\n\nformula: {}\n\nsource: {}", entry.idea, entry.formula, entry.source);
        remedies["properties"][entry.name]["description"] = Value::from(text);
    }
}

/// Has each section in a table stand among the definitions.
fn refer_to_sections(table: &mut Value) {
    for section in sections() {
        refer(&mut table["properties"][section.name], section.name);
    }
}

/// Puts a definition in place of what a key may hold; its description stays.
fn refer(property: &mut Value, definition: &str) {
    *property = json!({ "description": property["description"], "$ref": reference(definition) });
}

fn reference(definition: &str) -> String {
    format!("#/$defs/{definition}")
}

/// A key that can be swept.
struct Key {
    /// In full and dotted.
    path: String,
    /// What it means.
    doc: Value,
    /// Where its schemas stand: more than one where it means another thing under another tag.
    places: Vec<String>,
    /// Whether a number may be among its values.
    takes_numbers: bool,
    /// The names of the keys right below it.
    below: Vec<String>,
    /// Where the schema of the keys below it stands, if they may have any name.
    any_below: Option<String>,
}

/// Every key of the sections, and these themselves.
fn swept_keys(definitions: &Map<String, Value>) -> Vec<Key> {
    let mut keys = Vec::new();
    for (section, schema) in definitions {
        add_key(section.clone(), vec![(reference(section), schema)], &mut keys);
    }
    keys
}

/// Adds a key whose schemas stand at these places, and all keys below it.
fn add_key(path: String, schemas: Vec<(String, &Value)>, keys: &mut Vec<Key>) {
    let mut forms = Vec::new();
    schemas.iter().for_each(|(place, schema)| add_forms(place, schema, &mut forms));
    let mut below: Vec<(String, Vec<(String, &Value)>)> = Vec::new();
    for (place, form) in &forms {
        for (name, schema) in form["properties"].as_object().into_iter().flatten() {
            let found = (format!("{place}/properties/{name}"), schema);
            match below.iter_mut().find(|(known, _)| known == name) {
                Some((_, schemas)) => schemas.push(found),
                None => below.push((name.clone(), vec![found])),
            }
        }
    }
    let any_name = forms.iter().find(|(_, form)| form["additionalProperties"].is_object());
    keys.push(Key {
        path: path.clone(),
        doc: schemas[0].1["description"].clone(),
        takes_numbers: forms.iter().any(|(_, form)| form["type"] == "number" || form["type"] == "integer"),
        places: schemas.into_iter().map(|(place, _)| place).collect(),
        below: below.iter().map(|(name, _)| name.clone()).collect(),
        any_below: any_name.map(|(place, _)| format!("{place}/additionalProperties")),
    });
    for (name, schemas) in below {
        add_key(format!("{path}.{name}"), schemas, keys);
    }
}

/// The alternatives of a schema, or the schema where it has none.
fn add_forms<'a>(place: &str, schema: &'a Value, forms: &mut Vec<(String, &'a Value)>) {
    match schema["anyOf"].as_array() {
        None => forms.push((place.to_owned(), schema)),
        Some(any) => any
            .iter()
            .enumerate()
            .for_each(|(index, schema)| add_forms(&format!("{place}/anyOf/{index}"), schema, forms)),
    }
}

/// What the values of a key may be: a list, a range of numbers, or the axes below it.
fn axis(key: &Key) -> Value {
    let range = key.takes_numbers.then(|| json!({ "$ref": reference(RANGE) }));
    let ways: Vec<Value> = std::iter::once(list_of(&key.places)).chain(range).chain(axes_below(key)).collect();
    match &key.doc {
        Value::Null => json!({ "anyOf": ways }),
        doc => json!({ "description": doc, "anyOf": ways }),
    }
}

/// A list of different values, each as at one of these places.
fn list_of(places: &[String]) -> Value {
    let references: Vec<Value> = places.iter().map(|place| json!({ "$ref": place })).collect();
    let items = if references.len() == 1 { references[0].clone() } else { json!({ "anyOf": references }) };
    json!({ "type": "array", "items": items, "minItems": 1, "uniqueItems": true })
}

/// Keys that are nested instead of quoted. What has a key of a range is one.
fn axes_below(key: &Key) -> Option<Value> {
    let is_of_range = |name: &String| RANGE_FIELDS.iter().any(|field| field.name == name);
    let names = key.below.iter().filter(|name| !is_of_range(name));
    let properties: Map<String, Value> = names.map(|name| (name.clone(), axis_below(key, name))).collect();
    let others = key.any_below.as_deref().map_or(Value::from(false), |place| undeclared(place, Vec::new()));
    let is_table = !properties.is_empty() || others.is_object();
    is_table.then(|| json!({ "type": "object", "properties": properties, "additionalProperties": others }))
}

fn axis_below(key: &Key, name: &str) -> Value {
    json!({ "$ref": reference(&format!("{AXIS}{}.{name}", key.path)) })
}

/// A table of axes: every key in full, in quotes, or the sections with keys below them.
fn axes(keys: &[Key]) -> Value {
    let axis = |key: &Key| (key.path.clone(), json!({ "$ref": reference(&format!("{AXIS}{}", key.path)) }));
    let any_names = keys.iter().filter_map(|key| {
        let pattern = format!("^{}\\.", key.path.replace('.', "\\."));
        // A pattern holds for the declared names too.
        let declared = key.below.iter().map(|name| axis_below(key, name)).collect();
        Some((pattern, undeclared(key.any_below.as_deref()?, declared)))
    });
    json!({
        "type": "object",
        "properties": keys.iter().map(axis).collect::<Map<String, Value>>(),
        "patternProperties": any_names.collect::<Map<String, Value>>(),
        "additionalProperties": false,
    })
}

/// The values of a key whose name nobody declared, or else what is `declared`.
fn undeclared(place: &str, declared: Vec<Value>) -> Value {
    let ways = [list_of(&[place.to_owned()]), json!({ "$ref": reference(RANGE) })];
    json!({ "anyOf": ways.into_iter().chain(declared).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk(schema: &Value, root: &Value, count: &mut usize) {
            match schema {
                Value::Object(entries) => {
                    if let Some(place) = entries.get("$ref").and_then(Value::as_str) {
                        *count += 1;
                        assert!(root.pointer(place.trim_start_matches('#')).is_some(), "{place} leads nowhere");
                    }
                    entries.values().for_each(|value| walk(value, root, count));
                }
                Value::Array(items) => items.iter().for_each(|value| walk(value, root, count)),
                _ => {}
            }
        }
        let (schema, mut count) = (config_schema(), 0);
        walk(&schema, &schema, &mut count);
        assert!(count > 100, "{count} references");
    }

    #[test]
    fn every_remedy_has_a_property_and_an_axis() {
        let schema = config_schema();
        for entry in REGISTRY {
            assert!(schema["$defs"]["remedies"]["properties"][entry.name].is_object(), "{}", entry.name);
            let key = format!("remedies.{}", entry.name);
            assert!(schema["$defs"][AXES]["properties"][&key].is_object(), "{key}");
            for field in entry.table.fields {
                let key = format!("{key}.{}", field.name);
                assert!(schema["$defs"][AXES]["properties"][&key].is_object(), "{key}");
            }
        }
    }
}
