//! What is written for spreadsheets: CSV files where the decimal sign is a comma.

mod support;

use support::{Results, Workplace, blobs};

/// Names that a spreadsheet, a CSV reader or an XML parser may take for something else than a text.
const HOSTILE: [&str; 9] = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-2,5",
    "@x",
    "\tbegins with a tab",
    "\rbegins with CR",
    "<script>alert(\"1\")</script>",
    "a;b, \"c\"\nd",
    "丢弃法",
];

/// A small sweep of two variants, and of one with each hostile name.
fn config() -> String {
    let mut config = "seeds = 2\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [8]\n[train]\nepochs = 4\n\
                      learning_rate = 0.02\n[[variants]]\nname = \"none\"\n[[variants]]\nname = \"dropout\"\n\
                      [variants.sweep]\n\"remedies.dropout.hidden\" = [0.25, 0.5]\n"
        .to_owned();
    for name in HOSTILE {
        config.push_str(&format!("[[variants]]\nname = {}\n", toml::Value::from(name)));
    }
    config
}

fn trained(arguments: &[&str]) -> (Workplace, Results) {
    let workplace = Workplace::new();
    workplace.write("blobs.csv", blobs(60));
    let results = workplace.experiment("names", &config(), arguments);
    (workplace, results)
}

/// The rows of a CSV text.
fn rows(bytes: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(bytes);
    reader.records().map(|row| row.expect("our own CSV is well formed").iter().map(str::to_owned).collect()).collect()
}

const TABLES: [&str; 5] = ["curves.csv", "trials.csv", "summary.csv", "measures.csv", "selection.csv"];

#[test]
fn the_excel_dialect_has_the_same_cells_with_semicolons_and_decimal_commas() {
    let (workplace, results) = trained(&[]);
    let standard = TABLES.map(|table| results.bytes(table));
    workplace.overfit(&["report", "results/names", "--quiet", "--csv-dialect", "excel-semicolon"]).success();
    for (table, standard) in TABLES.into_iter().zip(&standard) {
        let excel = results.bytes(table);
        let excel = excel.strip_prefix("\u{feff}".as_bytes()).unwrap_or_else(|| panic!("{table} has no mark"));
        let (standard, excel) = (rows(standard, b','), rows(excel, b';'));
        assert_eq!(standard.len(), excel.len(), "{table}");
        for (one, other) in standard.iter().flatten().zip(excel.iter().flatten()) {
            match one.parse::<f64>() {
                Ok(_) => assert_eq!(&one.replace('.', ","), other, "{table}"),
                Err(_) => assert_eq!(one, other, "{table}"),
            }
        }
    }
    workplace.overfit(&["report", "results/names", "--quiet"]).success();
    assert!(TABLES.map(|table| results.bytes(table)) == standard, "and back");
}

#[test]
fn run_and_merge_write_the_excel_dialect_too() {
    let (workplace, results) = trained(&["--csv-dialect", "excel-semicolon"]);
    let curves = results.bytes("curves.csv");
    assert!(curves.starts_with("\u{feff}experiment;variant;".as_bytes()));
    workplace
        .overfit(&["merge", "results/names", "--out", "joined", "--quiet", "--csv-dialect", "excel-semicolon"])
        .success();
    assert!(std::fs::read(workplace.path().join("joined/curves.csv")).unwrap() == curves);
}

#[test]
fn our_own_readers_read_the_excel_dialect_as_they_read_the_standard() {
    let (workplace, _) = trained(&[]);
    let read = || {
        let run = |arguments: &[&str]| workplace.overfit(arguments).success().stdout;
        [
            run(&["replay", "results/names/curves.csv", "--criterion", "patience:1", "--format", "json"]),
            run(&["compare", "results/names/trials.csv", "--format", "json"]),
        ]
    };
    let standard = read();
    assert!(standard[0].contains("=cmd|' /C calc'!A0"), "names are as they were: {}", standard[0]);
    workplace.overfit(&["report", "results/names", "--quiet", "--csv-dialect", "excel-semicolon"]).success();
    assert_eq!(read(), standard);
}

#[test]
fn cells_that_begin_like_a_formula_are_defused() {
    let (_workplace, results) = trained(&[]);
    for table in TABLES {
        for cell in rows(&results.bytes(table), b',').iter().flatten().filter(|cell| cell.parse::<f64>().is_err()) {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{table}: {cell:?}");
        }
    }
    let written: Vec<String> = results.trials().iter().map(|row| row["variant"].clone()).collect();
    for name in ["'=cmd|' /C calc'!A0", "'+1", "'@x", "丢弃法"] {
        assert!(written.iter().any(|variant| variant == name), "{name} in {written:?}");
    }
}
