//! A field that fails is `null` with its error, and the rest is answered. The library leaves a failed field out of its object, and makes an
//! object of which every field failed `null`; both are put right here, by the paths of the errors.

use std::collections::HashSet;

use async_graphql::{
    Name, PathSegment, Value,
    indexmap::IndexMap,
    parser::{
        parse_schema,
        types::{TypeKind, TypeSystemDefinition},
    },
};

/// Which fields of `Query` may be null; when another fails, the whole answer is.
#[derive(Clone, Default)]
pub struct Nullable(HashSet<String>);

impl Nullable {
    pub fn of(sdl: &str) -> Self {
        let definitions = parse_schema(sdl).map(|document| document.definitions).unwrap_or_default();
        let kinds = definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) if definition.node.name.node == "Query" => {
                Some(definition.node.kind)
            }
            _ => None,
        });
        let fields =
            kinds.flat_map(|kind| if let TypeKind::Object(object) = kind { object.fields } else { Vec::new() });
        Self(fields.filter(|f| f.node.ty.node.nullable).map(|f| f.node.name.node.to_string()).collect())
    }

    /// Puts a `null` where each of the paths ends.
    pub fn fill<'a>(&self, data: &mut Value, paths: impl Iterator<Item = &'a [PathSegment]>) {
        for path in paths {
            let root =
                path.first().is_some_and(|first| matches!(first, PathSegment::Field(name) if self.0.contains(name)));
            if *data != Value::Null || root {
                fill(data, path);
            }
        }
    }
}

fn fill(value: &mut Value, path: &[PathSegment]) {
    match (path, value) {
        ([PathSegment::Field(name), rest @ ..], value @ (Value::Null | Value::Object(_))) => {
            // Something beneath it was resolved, so it is an object that lost all its fields.
            if *value == Value::Null {
                *value = Value::Object(IndexMap::new());
            }
            if let Value::Object(fields) = value {
                let field = fields.entry(Name::new(name)).or_insert(Value::Null);
                if !rest.is_empty() {
                    fill(field, rest);
                }
            }
        }
        ([PathSegment::Index(index), rest @ ..], Value::List(items)) if !rest.is_empty() => {
            if let Some(item) = items.get_mut(*index) {
                fill(item, rest);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    fn field(name: &str) -> PathSegment {
        PathSegment::Field(name.to_owned())
    }

    #[test]
    fn a_failed_field_is_null_and_the_rest_stays() {
        let nullable = Nullable::of("type Query { viewer: Viewer courses: Courses! } type Viewer { level: Int }");
        let cases = [
            (
                value!({ "viewer": { "name": "a" } }),
                vec![field("viewer"), field("level")],
                value!({ "viewer": { "name": "a", "level": null } }),
            ),
            (
                value!({ "viewer": null }),
                vec![field("viewer"), field("level")],
                value!({ "viewer": { "level": null } }),
            ),
            (value!(null), vec![field("viewer")], value!({ "viewer": null })),
            (value!(null), vec![field("courses")], value!(null)),
            (
                value!({ "courses": { "nodes": [{ "id": 1 }, { "id": 2 }] } }),
                vec![field("courses"), field("nodes"), PathSegment::Index(1), field("unit")],
                value!({ "courses": { "nodes": [{ "id": 1 }, { "id": 2, "unit": null }] } }),
            ),
        ];
        for (mut data, path, expected) in cases {
            nullable.fill(&mut data, std::iter::once(path.as_slice()));
            assert_eq!(data, expected);
        }
    }
}
