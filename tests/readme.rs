//! The README says what the program says, and so do the committed examples of its files.
//!
//! What stands between `<!-- generated: NAME -->` and `<!-- end -->` is made here, from the program's own declarations and
//! output. `OVERFIT_BLESS=1 cargo test --release --test readme -- --include-ignored` writes it anew.

mod support;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use overfit::remedies::REGISTRY;
use overfit::schema::{Default, Field, Kind, Tagged, expected};
use overfit::{data, nn, recipe};
use support::{command, overfit, read_csv};

#[test]
fn generated_blocks_are_what_the_program_says() {
    compare("run", &text_block(&help(&["run", "-h"])));
    compare("data", &key_table(data::FIELDS));
    compare("model", &key_table(nn::MODEL_FIELDS));
    compare("train", &key_table(recipe::TRAIN_FIELDS));
    compare("measure", &key_table(recipe::MEASURE_FIELDS));
    compare("measures", &measures());
    compare("remedies", &overfit(&["remedies", "--format", "markdown"]).success().stdout);
    compare("remedy keys", &remedy_keys());
}

#[test]
#[ignore = "trains for ten seconds where optimised, for minutes where not"]
fn tables_and_samples_are_what_the_shipped_configs_give() {
    let out = tempfile::tempdir().unwrap();
    let quickstart = run("quickstart", &["--out", out.path().to_str().unwrap()]);
    compare("quickstart", &text_block(&quickstart));
    let drawn = overfit(&["compare", out.path().to_str().unwrap(), "--plot"]).success().stdout;
    let curves = drawn.rfind("\naccuracy on the test rows").expect("the curves come last");
    compare("curves", &text_block(&drawn[curves + 1..]));
    compare_sample(out.path(), "quickstart/summary.csv");
    compare_sample(out.path(), "quickstart/trials.csv");

    let out = tempfile::tempdir().unwrap();
    run("quickstart", &["--seeds", "1", "--out", out.path().to_str().unwrap()]);
    compare_sample(out.path(), "one_seed/curves.csv");

    let out = tempfile::tempdir().unwrap();
    let rates = run("digits_dropout_rate", &["--out", out.path().to_str().unwrap()]);
    compare("digits_dropout_rate", &text_block(rates.split("\n\n").next().unwrap_or_default()));
}

#[test]
#[ignore = "trains for minutes"]
fn the_answers_to_the_questions_of_the_article_are_what_its_configs_give() {
    for config in files_in("configs/article", "toml") {
        let name = config.file_stem().unwrap().to_str().unwrap();
        let out = tempfile::tempdir().unwrap();
        let said = run(&format!("article/{name}"), &["--out", out.path().to_str().unwrap()]);
        compare_in(ANSWERS, name, &text_block(&answer(name, &said)));
    }
}

/// The tables that answer a config's question, of all that it prints: captions are the same everywhere, and times are another
/// in every run. What validation chooses, and the verdicts, answer one question only, and there alone, as do differences by the
/// values of a dial: the tables of all points are long.
fn answer(name: &str, said: &str) -> String {
    let tables = said.split("\n\n").filter(|table| table.contains('─') && !table.contains("seconds"));
    let is_wanted = |table: &&str| match name {
        "all-remedies" => table.starts_with("tuned on validation"),
        _ if name.starts_with("stress") => table.starts_with("difference from"),
        _ => !["tuned on validation", "judged", "diagnosed"].iter().any(|heading| table.starts_with(heading)),
    };
    tables.filter(is_wanted).collect::<Vec<_>>().join("\n\n")
}

/// What is trained stands in both languages: the English README is compared with a run, the Chinese with the English.
#[test]
fn the_chinese_readme_has_the_generated_tables_and_the_commands_configs_and_remedies_of_the_english() {
    let (english, chinese) = (readme(), read(CHINESE));
    for name in ["quickstart", "digits_dropout_rate"] {
        compare_in(CHINESE, name, generated(&english, name));
    }
    for row in english.lines().filter(|line| line.starts_with("| `overfit ")) {
        let command = row.split('`').nth(1).unwrap();
        assert!(chinese.contains(&format!("| `{command}` |")), "{CHINESE} does not list {command}");
    }
    let links = english.split("](configs/").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.contains("README")) {
        assert!(chinese.contains(&format!("](configs/{link})")), "{CHINESE} does not speak of configs/{link}");
    }
    for entry in REGISTRY {
        assert!(chinese.contains(&format!("`{}`", entry.name)), "{CHINESE} does not speak of {}", entry.name);
    }
    assert!(english.contains("(README.zh-CN.md)") && chinese.contains("(README.md)"), "each leads to the other");
}

#[test]
fn configs_in_the_readme_are_accepted() {
    let blocks = [fenced(&readme(), "toml"), fenced(&read(CHINESE), "toml")].concat();
    assert!(blocks.len() >= 4, "the README shows a config and a sweep");
    for block in blocks {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("my.toml"), block).unwrap();
        fs::write(folder.path().join("my.csv"), my_csv()).unwrap();
        overfit(&["check", folder.path().join("my.toml").to_str().unwrap()]).success();
    }
}

#[test]
fn every_shipped_config_is_accepted_and_has_its_line() {
    let readme = readme();
    let (plain, article) = (shipped_configs(), files_in("configs/article", "toml"));
    for (folder, config) in plain.iter().map(|path| ("", path)).chain(article.iter().map(|path| ("article/", path))) {
        let name = config.file_name().unwrap().to_str().unwrap();
        let link = format!("[`{name}`](configs/{folder}{name})");
        assert!(readme.contains(&link), "the README does not speak of {folder}{name}");
        // MNIST is not shipped.
        if name != "nielsen.toml" {
            overfit(&["check", config.to_str().unwrap()]).success();
        }
    }
}

#[test]
fn every_column_is_explained() {
    let readme = readme();
    let columns = readme.split("| column |").nth(1).expect("a table of columns");
    for file in ["quickstart/trials.csv", "one_seed/curves.csv"] {
        let path = repository().join("results/samples").join(file);
        let mut reader = csv::Reader::from_path(path).unwrap();
        for column in reader.headers().unwrap().iter().filter(|column| !column.starts_with("final_")) {
            assert!(columns.contains(&format!("`{column}`")), "{column} of {file} is not explained");
        }
    }
}

#[test]
fn links_lead_to_files_of_the_repository() {
    for document in [README, CHINESE, "CONTRIBUTING.md", "CHANGELOG.md", "results/README.md", ANSWERS] {
        let path = repository().join(document);
        let text = fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = path.parent().unwrap().join(link.split('#').next().unwrap_or_default());
            assert!(link.starts_with("https://") || target.exists(), "{document} links to {link}, which is not there");
        }
    }
}

const README: &str = "README.md";
const CHINESE: &str = "README.zh-CN.md";

/// Where the questions of the article are answered.
const ANSWERS: &str = "configs/article/README.md";

/// Fails where a block of the README is not what it should be; writes it where the user wants it written.
#[track_caller]
fn compare(name: &str, wanted: &str) {
    compare_in(README, name, wanted);
}

/// The same in another document.
#[track_caller]
fn compare_in(document: &str, name: &str, wanted: &str) {
    // Tests run side by side, and each writes its own blocks.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let text = read(document);
    let start = format!("<!-- generated: {name} -->\n");
    let (before, rest) = text.split_once(&start).unwrap_or_else(|| panic!("{document} has no block {name:?}"));
    let (found, after) = rest.split_once("<!-- end -->").expect("a block has an end");
    if found == wanted {
        return;
    }
    assert!(bless(), "block {name:?} of {document} is out of date.\nfound:\n{found}\nwanted:\n{wanted}");
    fs::write(repository().join(document), format!("{before}{start}{wanted}<!-- end -->{after}")).unwrap();
}

/// Fails where a committed example is not what a run has written, but for the time that it took; writes it where the user
/// wants it written.
#[track_caller]
fn compare_sample(results: &Path, sample: &str) {
    let sample = repository().join("results/samples").join(sample);
    let written = results.join(sample.file_name().unwrap());
    let rows = |path: &Path| {
        let mut rows = read_csv(path);
        rows.iter_mut().for_each(|row| drop(row.remove("seconds")));
        rows
    };
    if rows(&sample) == rows(&written) {
        return;
    }
    assert!(bless(), "{} is out of date", sample.display());
    fs::copy(written, sample).unwrap();
}

/// Whether the user wants written anew what is generated.
fn bless() -> bool {
    std::env::var_os("OVERFIT_BLESS").is_some()
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    read(README)
}

/// A document.
fn read(document: &str) -> String {
    fs::read_to_string(repository().join(document)).unwrap()
}

/// What stands in a generated block.
fn generated<'a>(text: &'a str, name: &str) -> &'a str {
    let rest = text.split(&format!("<!-- generated: {name} -->\n")).nth(1).unwrap_or_default();
    rest.split("<!-- end -->").next().unwrap_or_default()
}

fn shipped_configs() -> Vec<PathBuf> {
    [files_in("configs", "toml"), files_in("configs", "json")].concat()
}

/// The files of a folder that end so, by name.
fn files_in(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == extension)).collect();
    paths.sort();
    paths
}

/// What a run of a shipped config prints.
fn run(name: &str, options: &[&str]) -> String {
    let config = repository().join(format!("configs/{name}.toml"));
    overfit(&[&["run", config.to_str().unwrap()], options].concat()).success().stdout
}

/// Help as it is where nobody says how wide the screen is.
fn help(arguments: &[&str]) -> String {
    let output = command(arguments).env_remove("COLUMNS").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn text_block(text: &str) -> String {
    format!("```text\n{}\n```\n", text.trim_end())
}

/// The contents of the fenced blocks of a language.
fn fenced(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
}

/// A data set with the target that the README's configs name.
fn my_csv() -> String {
    let row = |i: u32| format!("{},{},{}.5\n", i % 5, ["Ulm", "Jena"][i as usize % 2], 100 * (i % 5) + i);
    (0..60).map(row).fold("rooms,town,price\n".to_owned(), |text, row| text + &row)
}

/// A Markdown table of the keys of a section.
fn key_table(fields: &[Field]) -> String {
    let mut text = "| key | value | default | meaning |\n| --- | --- | --- | --- |\n".to_owned();
    fields.iter().for_each(|field| key_rows(&mut text, "", field, ""));
    text
}

/// A Markdown table of all measures.
fn measures() -> String {
    let mut text = "| measure | asked for by | what it is |\n| --- | --- | --- |\n".to_owned();
    for entry in overfit::train::measures::REGISTRY {
        let names: Vec<String> = entry.names.iter().map(|name| format!("`{name}`")).collect();
        let key = entry.key.map_or("always".to_owned(), |key| format!("`{key}`"));
        writeln!(text, "| {} | {key} | {} |", names.join(", "), entry.idea.replace('|', "\\|")).unwrap();
    }
    text
}

/// A Markdown table of the keys of all remedies, with a star at what the short form stands for.
fn remedy_keys() -> String {
    let mut text = "| key | value | default | meaning |\n| --- | --- | --- | --- |\n".to_owned();
    for entry in REGISTRY {
        for field in entry.table.fields {
            let star = if entry.table.short == Some(field.name) { " \\*" } else { "" };
            key_rows(&mut text, &format!("{}.", entry.name), field, star);
        }
    }
    text
}

/// A row for a key, with a mark behind it, and one for each key below it.
fn key_rows(text: &mut String, prefix: &str, field: &Field, mark: &str) {
    let key = format!("{prefix}{}", field.name);
    let default = match field.default {
        // A table that may be left out says nothing.
        Default::Absent | Default::Toml("{}") => String::new(),
        Default::Required => "must be given".to_owned(),
        Default::Toml(value) => format!("`{value}`"),
    };
    let cells = [&expected(&field.kind), &default, field.doc].map(|cell| cell.replace('|', "\\|"));
    writeln!(text, "| `{key}`{mark} | {} |", cells.join(" | ")).unwrap();
    keys_below(text, &key, &field.kind);
}

fn keys_below(text: &mut String, key: &str, kind: &Kind) {
    match kind {
        Kind::Table(table) => table.fields.iter().for_each(|field| key_rows(text, &format!("{key}."), field, "")),
        Kind::OneOf(kinds) => kinds.iter().for_each(|kind| keys_below(text, key, kind)),
        Kind::Tagged(tagged) => tagged_keys(text, key, tagged),
        _ => {}
    }
}

/// A row for each parameter of each case, with the case in brackets.
fn tagged_keys(text: &mut String, key: &str, tagged: &Tagged) {
    let own =
        tagged.cases.iter().flat_map(|(case, fields)| fields.iter().map(move |field| (format!(" ({case})"), field)));
    let common = tagged.common.iter().map(|field| (String::new(), field));
    for (case, field) in own.chain(common) {
        key_rows(text, &format!("{key}."), field, &case);
    }
}
