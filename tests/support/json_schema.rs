//! A validator of JSON Schema, as far as `overfit schema` uses it: a keyword that it does not know fails the test.

use serde_json::{Map, Value};

/// A schema with its definitions.
pub struct Schema(pub Value);

impl Schema {
    /// Whether the schema takes this value.
    pub fn takes(&self, value: &Value) -> bool {
        self.objection(value).is_none()
    }

    /// The place of what the schema does not take, if there is any, and the keyword that refuses it.
    pub fn objection(&self, value: &Value) -> Option<String> {
        self.refused(&self.0, value, "")
    }

    fn refused(&self, schema: &Value, value: &Value, place: &str) -> Option<String> {
        let Value::Object(keywords) = schema else {
            let is_taken = schema.as_bool().expect("a schema is a table or a boolean");
            return (!is_taken).then(|| format!("{place}: nothing is allowed here"));
        };
        keywords.iter().find_map(|(keyword, wanted)| self.refused_by(keyword, wanted, keywords, value, place))
    }

    fn refused_by(
        &self,
        keyword: &str,
        wanted: &Value,
        keywords: &Map<String, Value>,
        value: &Value,
        place: &str,
    ) -> Option<String> {
        let bound = || wanted.as_f64().expect("a bound is a number");
        let compared = |holds: fn(f64, f64) -> bool| value.as_f64().is_none_or(|number| holds(number, bound()));
        let list = |of: &dyn Fn(&[Value]) -> bool| value.as_array().is_none_or(|items| of(items));
        let holds = match keyword {
            "$schema" | "$defs" | "title" | "description" | "default" => true,
            "$ref" => {
                let target = wanted.as_str().and_then(|target| self.0.pointer(target.strip_prefix('#')?));
                return self.refused(target.unwrap_or_else(|| panic!("{wanted} leads nowhere")), value, place);
            }
            "type" => match wanted.as_str().expect("one type") {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "number" => value.is_number(),
                "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
                other => panic!("no type {other}"),
            },
            "enum" => wanted.as_array().expect("a list").contains(value),
            "const" => wanted == value,
            "minimum" => compared(|number, bound| number >= bound),
            "maximum" => compared(|number, bound| number <= bound),
            "exclusiveMinimum" => compared(|number, bound| number > bound),
            "exclusiveMaximum" => compared(|number, bound| number < bound),
            "minItems" => list(&|items| items.len() as f64 >= bound()),
            "uniqueItems" => list(&|items| (1..items.len()).all(|at| !items[..at].contains(&items[at]))),
            "items" => {
                let mut items = value.as_array().into_iter().flatten().enumerate();
                return items.find_map(|(at, item)| self.refused(wanted, item, &format!("{place}/{at}")));
            }
            "anyOf" => wanted.as_array().expect("a list").iter().any(|one| self.refused(one, value, place).is_none()),
            "required" => {
                let has = |key: &Value| value.get(key.as_str().expect("a name")).is_some();
                !value.is_object() || wanted.as_array().expect("a list").iter().all(has)
            }
            "properties" => return self.refused_entry(value, place, |key| wanted.get(key)),
            "patternProperties" => {
                return self.refused_entry(value, place, |key| {
                    wanted.as_object()?.iter().find(|(pattern, _)| matches(pattern, key)).map(|(_, schema)| schema)
                });
            }
            "additionalProperties" => {
                let declared = |key: &str| keywords.get("properties").is_some_and(|known| known.get(key).is_some());
                let patterns = keywords.get("patternProperties").and_then(Value::as_object);
                let by_pattern = |key: &str| patterns.is_some_and(|all| all.keys().any(|one| matches(one, key)));
                return self.refused_entry(value, place, |key| (!declared(key) && !by_pattern(key)).then_some(wanted));
            }
            other => panic!("no keyword {other}"),
        };
        (!holds).then(|| format!("{place}: {keyword} {wanted}"))
    }

    /// The first objection to an entry of a table, each of which is of the schema that `of` finds for its key.
    fn refused_entry<'a>(&self, value: &Value, place: &str, of: impl Fn(&str) -> Option<&'a Value>) -> Option<String> {
        let mut entries = value.as_object().into_iter().flatten();
        entries.find_map(|(key, value)| self.refused(of(key)?, value, &format!("{place}/{key}")))
    }
}

/// Whether a key begins as a pattern says, which is all that our patterns say: `^remedies\.noise\.`.
fn matches(pattern: &str, key: &str) -> bool {
    let beginning = pattern.strip_prefix('^').expect("a pattern holds from the beginning").replace("\\.", ".");
    assert!(!beginning.contains(['\\', '*', '+', '[', '(', '$']), "{pattern}");
    key.starts_with(&beginning)
}
