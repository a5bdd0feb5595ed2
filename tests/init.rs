//! `overfit init`: a table in, a config out that runs as it is.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::Workplace;

/// Sizes, and two kinds of things.
fn things() -> String {
    (0..60).fold("size,width,kind\n".to_owned(), |csv, row| {
        csv + &format!("{row}.5,{},{}\n", row * 7 % 11, if row % 2 == 0 { "a" } else { "b" })
    })
}

#[test]
fn the_config_runs_as_it_is_and_nothing_is_overwritten_unasked() {
    let place = Workplace::new();
    place.write("things.csv", things());
    let said = place.overfit(&["init", "things.csv"]).success().stdout;
    assert!(
        said.starts_with("wrote things.toml: the target is 'kind', the last column: 2 classes: a 30, b 30\n"),
        "{said}"
    );
    let config = place.path().join("things.toml");
    let first = fs::read_to_string(&config).unwrap();
    place.overfit(&["run", "things.toml", "--seeds", "1", "--set", "train.epochs=3", "--quiet"]).success();

    let again = place.overfit(&["init", "things.csv", "--target", "size"]).code(2);
    assert!(again.stderr.contains("things.toml is there already"), "{}", again.stderr);
    assert_eq!(fs::read_to_string(&config).unwrap(), first);
    place.overfit(&["init", "things.csv", "--target", "size", "--force"]).success();
    assert!(fs::read_to_string(&config).unwrap().contains("task = \"regression\"\n"));
}

#[test]
fn the_path_of_the_data_is_seen_from_the_config() {
    let place = Workplace::new();
    fs::create_dir_all(place.path().join("configs")).unwrap();
    place.write("things.csv", things()).overfit(&["init", "things.csv", "configs/first.toml"]).success();
    place.overfit(&["check", "configs/first.toml"]).success();
    let on_screen = place.overfit(&["init", "things.csv", "-"]).success().stdout;
    assert!(on_screen.contains("path = \"things.csv\"\n"), "{on_screen}");
    assert!(!place.path().join("things.toml").exists());
}

#[test]
fn what_is_no_table_gets_no_config() {
    let place = Workplace::new();
    place.write("bad.csv", "a,b\n").overfit(&["init", "bad.csv"]).code(2);
    assert!(!place.path().join("bad.toml").exists());
    let missing = place.overfit(&["init", "missing.csv"]).code(2);
    assert!(missing.stderr.contains("cannot read missing.csv"), "{}", missing.stderr);
    let few = place.write("few.csv", "a,b\n1,x\n2,y\n").overfit(&["init", "few.csv"]).code(2);
    assert_eq!(few.stderr, "error: few.csv: data.split leaves none of 2 rows for the test\n");
}

#[test]
fn a_config_goes_into_a_folder_that_is_there() {
    let place = Workplace::new();
    let run = place.write("things.csv", things()).overfit(&["init", "things.csv", "nowhere/first.toml"]).code(2);
    assert_eq!(run.stderr, "error: nowhere/first.toml cannot be written: there is no folder nowhere\n");
}

#[test]
fn what_is_no_table_of_text_is_named_with_what_it_is() {
    let place = Workplace::new();
    fs::create_dir(place.path().join("folder.csv")).unwrap();
    for (name, content, message) in [
        ("empty.csv", &b""[..], "data.path: empty.csv is empty, a header and rows are wanted"),
        (
            "picture.csv",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "data.path: picture.csv seems to be a PNG image: a CSV file is wanted",
        ),
        ("one.csv", b"class\nx\ny\n", "one.csv:1: only one column, 'class', where features and a target are wanted"),
    ] {
        let run = place.write(name, content).overfit(&["init", name]).code(2);
        assert_eq!(run.stderr, format!("error: {message}\n"));
    }
    let folder = place.overfit(&["init", "folder.csv"]).code(2);
    assert_eq!(folder.stderr, "error: data.path: folder.csv is a folder, a CSV file is wanted\n");
}

#[test]
fn targets_of_the_shared_data_sets_are_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/datasets");
    if !folder.exists() {
        eprintln!("skipped: there are no shared data sets");
        return;
    }
    let place = Workplace::new();
    for (name, target) in
        [("credit_g", "class"), ("auto_mpg", "class"), ("pima_diabetes", "target"), ("wine_quality_red", "quality")]
    {
        let data: PathBuf = folder.join(format!("{name}.csv"));
        let said = place.overfit(&["init", data.to_str().unwrap()]).success().stdout;
        assert!(said.contains(&format!("the target is '{target}'")), "{said}");
        place.overfit(&["check", &format!("{name}.toml")]).success();
    }
}
