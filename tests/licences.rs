//! Every dependency has a licence that `deny.toml` allows.
//!
//! In: what cargo knows of the packages that are built here. `cargo deny check` looks at advisories too, which needs the network.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a command prints.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// The kind of machine that tests are built for, whose dependencies are there without the network.
fn host() -> String {
    let rustc = option_env!("RUSTC").unwrap_or("rustc");
    let version = output(Command::new(rustc).arg("-vV"));
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc names its host").to_owned()
}

fn allowed() -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml")).expect("deny.toml is there");
    let config: toml::Table = text.parse().expect("deny.toml is TOML");
    let list = config["licenses"]["allow"].as_array().expect("a list of licences");
    list.iter().map(|licence| licence.as_str().expect("a name").to_owned()).collect()
}

/// Whether one of the choices that an SPDX expression gives is allowed in all its parts. Only expressions in which brackets hold
/// choices are understood, which is all that there are.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let expression = expression.replace('/', " OR ");
    let is_known = |licence: &str| allowed.iter().any(|known| known == licence.trim().trim_matches(['(', ')']).trim());
    expression.split(" AND ").all(|part| part.split(" OR ").any(is_known))
}

#[test]
fn every_dependency_has_a_licence_that_is_allowed() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", &host()]);
    let metadata: Value = serde_json::from_str(&output(cargo.current_dir(env!("CARGO_MANIFEST_DIR")))).expect("JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    assert!(packages.len() > 20, "only {} packages", packages.len());
    let allowed = allowed();
    let refused = packages.iter().filter_map(|package| {
        let licence = package["license"].as_str().unwrap_or("no licence");
        (!is_allowed(licence, &allowed)).then(|| format!("{} {}: {licence}", package["name"], package["version"]))
    });
    let refused: Vec<String> = refused.collect();
    assert!(refused.is_empty(), "deny.toml does not allow\n{}", refused.join("\n"));
}

#[test]
fn of_choices_one_must_be_allowed_and_of_parts_all() {
    let allowed = ["MIT".to_owned(), "Unicode-3.0".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()];
    for licence in [
        "MIT",
        "GPL-3.0 OR MIT",
        "GPL-3.0/MIT",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR X",
    ] {
        assert!(is_allowed(licence, &allowed), "{licence}");
    }
    for licence in
        ["GPL-3.0", "no licence", "", "MIT AND GPL-3.0", "(GPL-3.0 OR AGPL-3.0) AND Unicode-3.0", "Apache-2.0"]
    {
        assert!(!is_allowed(licence, &allowed), "{licence}");
    }
}
