//! The rules of the house, kept by reading the source: who may import whom, how long a file may be, who may print, where
//! numbers may come from.
//!
//! Each rule is a function of a text, and is shown to fail on a text that breaks it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The longest a file may be, its tests aside.
const LONGEST: usize = 400;
/// The longest that `main.rs` may be.
const LONGEST_MAIN: usize = 30;

/// A file of `src`, its path relative to it.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// The module of the first level that the file belongs to; nothing for `lib.rs` and `main.rs`.
    fn room(&self) -> Option<String> {
        let first = Path::new(self.path.iter().next()?);
        let name = first.file_stem()?.to_str()?;
        (name != "lib" && name != "main").then(|| name.to_owned())
    }

    /// How many modules the file's own module lies below the root of the crate.
    fn depth(&self) -> usize {
        let levels = self.path.iter().count();
        if self.path.file_stem().is_some_and(|stem| stem == "mod") { levels - 1 } else { levels }
    }

    /// Whether the file holds nothing but tests, or what only tests use.
    fn is_for_tests(&self) -> bool {
        self.path.iter().any(|part| ["tests", "tests.rs", "fixtures.rs"].contains(&part.to_str().unwrap_or("")))
    }
}

/// Every file of `src`, by name.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source { path: path.strip_prefix(&root).unwrap().to_owned(), text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 50, "the source was not found: {} files", found.len());
    found
}

/// Fails with every objection of `rule`, which gets the text without inline tests and comments.
fn check(files: impl Fn(&Source) -> bool, rule: impl Fn(&Source, &str) -> Vec<String>) {
    let mut objections = Vec::new();
    for source in sources().iter().filter(|source| files(source)) {
        let code = without_comments(&without_tests(&source.text));
        objections.extend(rule(source, &code).iter().map(|what| format!("src/{}: {what}", source.path.display())));
    }
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

/// The text without its `#[cfg(test)] mod ... { }`, whose closing bracket stands at the start of a line.
fn without_tests(text: &str) -> String {
    let mut kept = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let opens = |next: &&str| next.contains("mod ") && next.ends_with('{');
        if line == "#[cfg(test)]" && lines.peek().is_some_and(opens) {
            for inner in lines.by_ref() {
                if inner == "}" {
                    break;
                }
            }
        } else {
            kept.push(line);
        }
    }
    kept.join("\n")
}

/// The text without lines that are comments, and without what follows ` // ` on a line.
fn without_comments(text: &str) -> String {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.map(|line| line.split(" // ").next().unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// The identifier at the start of a text, empty where there is none.
fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The modules of the first level that a text names: `crate::x`, `crate::{x, y}`, and `super::` often enough.
fn imports(code: &str, depth: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let root = format!("{}::", vec!["super"; depth].join("::"));
    for prefix in ["crate::", root.as_str()] {
        for (start, _) in code.match_indices(prefix) {
            let before = code[..start].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let rest = &code[start + prefix.len()..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(first_names(group)),
                None => drop(found.insert(identifier(rest).to_owned())),
            }
        }
    }
    found.remove("");
    found
}

/// The first name of every path in a group, which begins behind its opening bracket: `data::{self, Task}, nn}` are two.
fn first_names(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut expected) = (0, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => expected = true,
            c if expected && (c.is_alphanumeric() || c == '_') => {
                names.push(identifier(&group[at..]).to_owned());
                expected = false;
            }
            _ => {}
        }
    }
    names
}

/// The modules in the order of the table in `lib.rs`.
fn table_of_modules(lib: &str) -> Vec<String> {
    let name = |line: &str| Some(line.strip_prefix("//! | [`")?.split('`').next()?.to_owned());
    lib.lines().filter_map(name).collect()
}

/// What a module imports that does not stand above it.
fn upward_imports(order: &[String], room: &str, code: &str, depth: usize) -> Vec<String> {
    let place = |name: &str| order.iter().position(|known| known == name);
    let Some(own) = place(room) else { return vec![format!("{room} is not in the table of lib.rs")] };
    let above = |name: &String| name == room || place(name).is_some_and(|place| place < own);
    let wrong = imports(code, depth).into_iter().filter(|name| !above(name));
    wrong.map(|name| format!("imports {name}, which does not stand above {room} in the table of lib.rs")).collect()
}

/// The macros that print, where they are used.
fn printing(code: &str) -> Vec<String> {
    let macros = ["print!", "println!", "eprint!", "eprintln!", "dbg!", "io::stdout", "io::stderr"];
    let used = macros.iter().filter(|name| {
        code.match_indices(**name).any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
    });
    used.map(|name| format!("prints with {name}")).collect()
}

/// The functions of the standard library whose last bits depend on the platform, where they are called. What is exact
/// everywhere is left out: sqrt, abs, floor, round, mul_add, ...
fn inexact_functions(code: &str) -> Vec<String> {
    const NAMES: [&str; 28] = [
        "exp", "exp2", "exp_m1", "ln", "ln_1p", "log", "log2", "log10", "powf", "powi", "cbrt", "hypot", "sin", "cos",
        "tan", "sin_cos", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "gamma",
        "erf",
    ];
    let called = |name: &str| {
        code.contains(&format!(".{name}(")) || ["f32", "f64"].iter().any(|float| has_path(code, float, name))
    };
    NAMES.iter().filter(|name| called(name)).map(|name| format!("calls {name} of std; libm has it")).collect()
}

/// Whether `type::name` stands in the text, and not as the beginning of a longer name.
fn has_path(code: &str, kind: &str, name: &str) -> bool {
    let path = format!("{kind}::{name}");
    code.match_indices(&path)
        .any(|(at, _)| !code[at + path.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

/// `unsafe`, where it stands as a word.
fn unsafe_code(code: &str) -> Vec<String> {
    let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| *word == "unsafe").take(1).map(|_| "has unsafe code".to_owned()).collect()
}

/// A file of more than `longest` lines.
fn too_long(code: &str, longest: usize) -> Vec<String> {
    let lines = code.lines().count();
    if lines > longest { vec![format!("has {lines} lines without its tests, at most {longest}")] } else { Vec::new() }
}

/// A file that does not say what it is for.
fn without_purpose(text: &str) -> Vec<String> {
    let said = text.lines().next().is_some_and(|line| line.starts_with("//! ") && line.len() > 10);
    if said { Vec::new() } else { vec!["does not begin with //! and what it is for".to_owned()] }
}

#[test]
fn a_module_imports_only_from_modules_above_it() {
    let sources = sources();
    let lib = &sources.iter().find(|source| source.path == Path::new("lib.rs")).unwrap().text;
    let order = table_of_modules(lib);
    let mut declared: Vec<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mut listed: Vec<&str> = order.iter().map(String::as_str).collect();
    declared.sort_unstable();
    listed.sort_unstable();
    assert_eq!(declared, listed, "the table of lib.rs lists the modules that it declares");
    check(
        |source| source.room().is_some() && !source.is_for_tests(),
        |source, code| upward_imports(&order, &source.room().unwrap(), code, source.depth()),
    );
}

#[test]
fn main_is_thin() {
    check(|source| source.path == Path::new("main.rs"), |source, _| too_long(&source.text, LONGEST_MAIN));
}

#[test]
fn no_file_is_long() {
    check(|_| true, |source, _| too_long(&without_tests(&source.text), LONGEST));
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    check(|source| !source.is_for_tests(), |source, _| without_purpose(&source.text));
}

#[test]
fn only_the_command_line_prints() {
    check(|source| source.room().is_some_and(|room| room != "cli") && !source.is_for_tests(), |_, code| printing(code));
}

#[test]
fn what_makes_results_calls_no_function_that_differs_between_platforms() {
    check(
        |source| source.room().is_some_and(|room| room != "cli") && !source.is_for_tests(),
        |_, code| inexact_functions(code),
    );
}

#[test]
fn unsafe_code_stands_in_the_kernels_only() {
    check(|source| !source.path.starts_with("nn/kernels"), |source, _| unsafe_code(&without_comments(&source.text)));
}

mod the_rules {
    use super::*;

    fn names(found: BTreeSet<String>) -> Vec<String> {
        found.into_iter().collect()
    }

    #[test]
    fn imports_are_found_in_every_form() {
        assert_eq!(names(imports("use crate::data::Task;\nlet x = crate::nn::Layer::new();", 1)), ["data", "nn"]);
        assert_eq!(names(imports("use crate::{data, nn::{self, Layer},\n    recipe};", 1)), ["data", "nn", "recipe"]);
        assert_eq!(names(imports("use super::super::nn::Layer;\nuse super::own;", 2)), ["nn"]);
        assert_eq!(names(imports("use super::data;", 1)), ["data"]);
        assert!(imports("use super::own; use super::super::own;", 3).is_empty());
        assert!(imports("use mycrate::data; use some::crate::nn;", 1).is_empty());
    }

    #[test]
    fn an_import_from_below_is_an_objection() {
        let lib = "//! | module | question |\n//! | --- | --- |\n//! | [`data`] | what? |\n//! | [`nn`] | how? |";
        let order = table_of_modules(lib);
        assert_eq!(order, ["data", "nn"]);
        assert!(upward_imports(&order, "nn", "use crate::data::Task; use crate::nn::Layer;", 1).is_empty());
        assert_eq!(
            upward_imports(&order, "data", "use crate::nn::Layer;", 1),
            ["imports nn, which does not stand above data in the table of lib.rs"]
        );
        assert_eq!(upward_imports(&order, "nn", "use crate::other;", 1).len(), 1, "a module that nobody has listed");
        assert_eq!(upward_imports(&order, "other", "", 1), ["other is not in the table of lib.rs"]);
    }

    #[test]
    fn tests_and_comments_are_left_out() {
        let text = "fn a() {} // println!\n/// println!\n#[cfg(test)]\nmod tests {\n    println!();\n}\nfn b() {}";
        assert_eq!(without_comments(&without_tests(text)), "fn a() {}\nfn b() {}");
        assert_eq!(without_tests("#[cfg(test)]\nmod tests;\nfn a() {}"), "#[cfg(test)]\nmod tests;\nfn a() {}");
    }

    #[test]
    fn printing_is_an_objection() {
        assert_eq!(printing("println!(\"x\")"), ["prints with println!"]);
        assert_eq!(printing("eprintln!(\"x\")"), ["prints with eprintln!"]);
        assert_eq!(printing("std::io::stdout().lock()"), ["prints with io::stdout"]);
        assert!(printing("writeln!(text, \"x\"); my_print!()").is_empty());
    }

    #[test]
    fn functions_of_the_platform_are_an_objection() {
        assert_eq!(inexact_functions("x.exp()"), ["calls exp of std; libm has it"]);
        assert_eq!(inexact_functions("map(f64::ln)"), ["calls ln of std; libm has it"]);
        assert_eq!(inexact_functions("x.powi(2)"), ["calls powi of std; libm has it"]);
        assert!(inexact_functions("libm::exp(x).sqrt().mul_add(a, b) + f64::sqrt(x).abs(); x.exponent()").is_empty());
    }

    #[test]
    fn unsafe_code_is_an_objection() {
        assert_eq!(unsafe_code("unsafe { *p }").len(), 1);
        assert!(unsafe_code("deny(unsafe_code)").is_empty());
    }

    #[test]
    fn a_long_file_is_an_objection() {
        assert_eq!(too_long("a\nb\nc", 2), ["has 3 lines without its tests, at most 2"]);
        assert!(too_long("a\nb", 2).is_empty());
    }

    #[test]
    fn a_file_without_purpose_is_an_objection() {
        assert_eq!(without_purpose("use std::fs;").len(), 1);
        assert_eq!(without_purpose("//!\n").len(), 1);
        assert!(without_purpose("//! What it is for.\n").is_empty());
    }
}
