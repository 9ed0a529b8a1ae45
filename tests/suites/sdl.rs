//! What the server's schema offers. Questions, checks and flags are asked for where they are there, and their absence is said aloud.

use std::collections::BTreeMap;

/// One field: what it must be given, and what it answers, without brackets and exclamation marks.
#[derive(Debug, Clone)]
struct Field {
    arguments: String,
    answers: String,
}

/// Types of a schema text, each with its fields.
#[derive(Debug, Default)]
pub struct Sdl(BTreeMap<String, BTreeMap<String, Field>>);

impl Sdl {
    pub fn parse(text: &str) -> Self {
        let mut types = BTreeMap::<String, BTreeMap<String, Field>>::new();
        let (mut current, mut quoted) = (None::<String>, false);
        for line in text.lines().map(str::trim) {
            if line.matches("\"\"\"").count() == 1 {
                quoted = !quoted;
            } else if let (false, Some(name)) = (quoted, opening(line)) {
                current = Some(name.to_owned());
            } else if line == "}" {
                current = None;
            } else if let (false, Some(name)) = (quoted, &current)
                && let Some((field, told)) = field(line)
            {
                types.entry(name.clone()).or_default().insert(field, told);
            }
        }
        Self(types)
    }

    pub fn has(&self, name: &str, field: &str) -> bool {
        self.0.get(name).is_some_and(|fields| fields.contains_key(field))
    }

    /// The names of a type's fields.
    pub fn fields(&self, name: &str) -> Vec<&str> {
        self.0.get(name).into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }

    /// A field with everything that it can tell without arguments, some levels deep: ` { id person { id name } }`, or nothing of a scalar.
    pub fn selection(&self, name: &str, field: &str, depth: usize) -> String {
        let answers = self.0.get(name).and_then(|fields| fields.get(field)).map(|field| field.answers.clone());
        answers.map(|answers| self.all_of(&answers, depth)).unwrap_or_default()
    }

    fn all_of(&self, name: &str, depth: usize) -> String {
        let Some(fields) = self.0.get(name) else { return String::new() };
        let free = fields.iter().filter(|(_, field)| !field.arguments.contains('!'));
        let told: Vec<String> = free
            .filter(|(_, field)| depth > 0 || !self.0.contains_key(&field.answers))
            .map(|(name, field)| format!("{name}{}", self.all_of(&field.answers, depth.saturating_sub(1))))
            .filter(|text| !text.is_empty())
            .collect();
        if told.is_empty() { " { __typename }".to_owned() } else { format!(" {{ {} }}", told.join(" ")) }
    }
}

fn opening(line: &str) -> Option<&str> {
    let rest = ["type ", "input ", "interface "].iter().find_map(|word| line.strip_prefix(word))?;
    line.ends_with('{').then(|| rest.split([' ', '{']).next().unwrap_or_default())
}

fn field(line: &str) -> Option<(String, Field)> {
    let name: String = line.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let rest = line.strip_prefix(&name).filter(|_| !name.is_empty())?.trim();
    let (arguments, answers) = match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(')')?,
        None => ("", rest),
    };
    let answers = answers.strip_prefix(':')?.split(['=', '@']).next()?.trim();
    let answers = answers.replace(['[', ']', '!'], "");
    Some((name, Field { arguments: arguments.to_owned(), answers }))
}

#[test]
fn a_schema_is_read_with_its_arguments() {
    let text = "type Query {\n\t\"\"\"\n\tA word: of comment\n\t\"\"\"\n\tflags(first: Int!, after: String): FlagConnection!\n}\n\
                type FlagConnection {\n\tnodes: [Flag!]!\n}\ntype Flag {\n\tid: ID!\n\tperson: Person!\n\tmore(x: Int!): Int\n}\ntype Person {\n\tid: ID!\n}\n";
    let sdl = Sdl::parse(text);
    assert!(sdl.has("Query", "flags") && !sdl.has("Query", "A"));
    assert_eq!(sdl.selection("Query", "flags", 3), " { nodes { id person { id } } }");
}
