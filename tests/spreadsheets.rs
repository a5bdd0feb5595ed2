//! What is written for spreadsheets: CSV files where the decimal sign is a comma, curves side by side, and a workbook.

mod support;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;

use support::{Results, Workplace, blobs, number};

/// Names that a spreadsheet, a CSV reader or an XML parser may take for something else than a text.
const HOSTILE: [&str; 10] = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-2,5",
    "@x",
    "\tbegins with a tab",
    "\rbegins with CR",
    "<script>alert(\"1\")</script>",
    "a;b, \"c\"\nd",
    "丢弃法",
    "＝1+1",
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

const TABLES: [&str; 6] =
    ["curves.csv", "trials.csv", "summary.csv", "measures.csv", "selection.csv", "curves_wide.csv"];

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
        assert_defused(table, &results.bytes(table));
    }
    let written: Vec<String> = results.trials().iter().map(|row| row["variant"].clone()).collect();
    for name in ["'=cmd|' /C calc'!A0", "'+1", "'@x", "丢弃法", "'＝1+1"] {
        assert!(written.iter().any(|variant| variant == name), "{name} in {written:?}");
    }
}

/// A table whose columns and classes have hostile names.
fn hostile_table() -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["=1+1", "+x", "-y", "@z", HOSTILE[6], "=class"]).expect("memory takes it");
    for row in 0..60 {
        let number = |factor: usize| (row * factor % 17).to_string();
        let class = [HOSTILE[0], "@a", HOSTILE[6]][row % 3].to_owned();
        out.write_record([number(3), number(5), number(7), number(11), number(13), class]).expect("memory takes it");
    }
    String::from_utf8(out.into_inner().expect("memory takes it")).expect("text")
}

/// Fails where a cell would be taken for a formula.
#[track_caller]
fn assert_defused(name: &str, csv: &[u8]) {
    for cell in rows(csv, b',').iter().flatten().filter(|cell| cell.parse::<f64>().is_err()) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']), "{name}: {cell:?}");
    }
}

#[test]
#[cfg(unix)]
fn no_file_takes_the_name_of_a_variant_a_column_or_a_class_for_a_formula_or_for_markup() {
    let workplace = Workplace::new();
    workplace.write("blobs.csv", hostile_table());
    let config = config() + "[measure]\nsensitivity = true\nfeature_drop = true\n[save]\nmodels = \"final\"\n";
    let results = workplace.experiment("names", &config, &[]);
    let (mut looked_at, mut named) = (BTreeMap::<String, usize>::new(), 0);
    for name in support::processes::files_below(&results.folder) {
        let bytes = results.bytes(&name);
        let ending = name.rsplit('.').next().expect("a part").to_owned();
        match ending.as_str() {
            "csv" => assert_defused(&name, &bytes),
            "xlsx" => {
                let sheets = sheets(&bytes); // fails at a cell that is neither a number nor a text
                let mut cells = sheets.iter().flat_map(|(_, rows)| rows.iter().flat_map(BTreeMap::values));
                assert!(cells.any(|cell| *cell == Value::Text(HOSTILE[0].to_owned())), "names are texts as they were");
            }
            "html" | "svg" => {
                let text = String::from_utf8(bytes).expect("text");
                assert!(!text.contains("<script>alert"), "{name} has a name as markup");
                named += usize::from(text.contains("alert("));
            }
            // Read by programs alone, and each as what it is.
            "toml" | "jsonl" | "safetensors" | "written" => {}
            other => panic!("{name}: who reads a file of the kind {other}?"),
        }
        *looked_at.entry(ending).or_default() += 1;
    }
    assert!(looked_at["csv"] >= TABLES.len() && looked_at["svg"] > 0, "{looked_at:?}");
    assert_eq!((looked_at["xlsx"], looked_at["html"]), (1, 1));
    assert!(named >= 2, "the page and the charts that show all variants have the name as a text: {named}");

    let model = results.model_path("none");
    let mut arguments = vec!["predict", model.to_str().expect("a plain path"), "blobs.csv"];
    ["=1+1", "@z", "=class"].iter().for_each(|column| arguments.extend(["--keep", column]));
    let predictions = workplace.overfit(&arguments).success().stdout;
    assert_defused("predict", predictions.as_bytes());
    let titles = predictions.lines().next().expect("titles");
    assert!(titles.starts_with("'=1+1,'@z,'=class,prediction,"), "{titles}");
    assert!(predictions.contains(&format!("'{}", HOSTILE[0])), "classes are there: {predictions}");
    for arguments in [
        &["compare", "results/names/trials.csv"][..],
        &["compare", "results/names"],
        &["status", "results/names"],
        &["replay", "results/names/curves.csv", "--criterion", "patience:1"],
    ] {
        let printed = workplace.overfit(&[arguments, &["--format", "csv"]].concat()).success().stdout;
        assert_defused(arguments[0], printed.as_bytes());
        assert!(arguments[0] == "status" || printed.contains("'=cmd"), "{arguments:?}: {printed}");
    }
}

// ---- the workbook ----

/// A cell of the workbook.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Number(f64),
    Text(String),
}

/// A sheet: its name, and the cells of each row by column.
type Sheet = (String, Vec<BTreeMap<usize, Value>>);

/// The parts of a package by name; all are well-formed XML.
fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).expect("the workbook is a zip");
    let mut parts = BTreeMap::new();
    for part in 0..package.len() {
        let mut part = package.by_index(part).expect("a whole zip");
        let name = part.name().expect("a name that can be read").into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap_or_else(|error| panic!("{name}: {error}"));
        roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        parts.insert(name, text);
    }
    parts
}

/// The sheets in their order.
fn sheets(bytes: &[u8]) -> Vec<Sheet> {
    let parts = parts(bytes);
    let strings = parts.get("xl/sharedStrings.xml").map_or(Vec::new(), |text| {
        let document = roxmltree::Document::parse(text).expect("well-formed");
        document.descendants().filter(|node| node.has_tag_name(named("si"))).map(text_of).collect()
    });
    let workbook = roxmltree::Document::parse(&parts["xl/workbook.xml"]).expect("well-formed");
    let names = workbook.descendants().filter(|node| node.has_tag_name(named("sheet")));
    let names: Vec<String> = names.map(|node| node.attribute("name").expect("a name").to_owned()).collect();
    let sheet = |(at, name): (usize, String)| {
        let text = &parts[&format!("xl/worksheets/sheet{}.xml", at + 1)];
        assert!(!text.contains("<f>") && !text.contains("<f "), "no sheet has a formula: {name}");
        let document = roxmltree::Document::parse(text).expect("well-formed");
        let rows = document.descendants().filter(|node| node.has_tag_name(named("row")));
        (name, rows.map(|row| row.children().map(|cell| value(cell, &strings)).collect()).collect())
    };
    names.into_iter().enumerate().map(sheet).collect()
}

/// A tag of the main namespace.
fn named(tag: &str) -> (&'static str, &str) {
    ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", tag)
}

/// All text below an element, `_xHHHH_` replaced by the characters meant.
fn text_of(node: roxmltree::Node<'_, '_>) -> String {
    let text: String = node.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect();
    let mut found = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("_x") {
        found.push_str(before);
        let code =
            after.get(..5).and_then(|code| code.strip_suffix('_')).and_then(|code| u32::from_str_radix(code, 16).ok());
        match code.and_then(char::from_u32) {
            Some(character) => (found.push(character), rest = &after[5..]).1,
            None => (found.push_str("_x"), rest = after).1,
        }
    }
    found + rest
}

/// The column and the value of a cell.
fn value(cell: roxmltree::Node<'_, '_>, strings: &[String]) -> (usize, Value) {
    let letters = cell.attribute("r").expect("a place").bytes().take_while(u8::is_ascii_uppercase);
    let column = letters.fold(0, |column, letter| column * 26 + usize::from(letter - b'A') + 1) - 1;
    let text = text_of(cell);
    let value = match cell.attribute("t") {
        None => Value::Number(text.parse().expect("a number")),
        Some("s") => Value::Text(strings[text.parse::<usize>().expect("a place")].clone()),
        Some("inlineStr") => Value::Text(text),
        Some(other) => panic!("a cell of type {other}"),
    };
    (column, value)
}

/// Fails unless a sheet has the cells of a CSV file, numbers to the last bit; the sheet may have more columns.
fn assert_same(sheet: &Sheet, csv: &[Vec<String>]) {
    let (name, rows) = sheet;
    assert_eq!(rows.len(), csv.len(), "{name}");
    for (number, (row, line)) in rows.iter().zip(csv).enumerate() {
        for (column, cell) in line.iter().enumerate() {
            let place = format!("{name}, row {}, {}", number + 1, csv[0][column]);
            match row.get(&column) {
                None => assert_eq!(cell, "", "{place}"),
                Some(Value::Number(number)) => assert_eq!(cell.parse(), Ok(*number), "{place}"),
                Some(Value::Text(text)) => assert_eq!(overfit::report::plain_text(cell), text, "{place}"),
            }
        }
    }
}

#[test]
fn the_workbook_has_sheets_of_well_formed_xml_and_native_line_charts() {
    let (_workplace, results) = trained(&[]);
    let bytes = results.bytes("workbook.xlsx");
    let names: Vec<String> = sheets(&bytes).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["summary", "charts", "trials", "curves", "curves_wide"]);
    let parts = parts(&bytes);
    let charts: Vec<&String> =
        parts.iter().filter(|(name, _)| name.starts_with("xl/charts/chart")).map(|(_, xml)| xml).collect();
    assert_eq!(charts.len(), 2);
    let variants = 3 + HOSTILE.len();
    let series: Vec<usize> = charts.iter().map(|chart| chart.matches("<c:ser>").count()).collect();
    assert_eq!(series, [2 * variants, variants]);
    for (chart, first) in charts.iter().zip(["B", "AB"]) {
        let values = format!("<c:f>curves_wide!${first}$2:${first}$6</c:f>");
        assert!(chart.contains("<c:lineChart>") && chart.contains(&values), "{chart}");
    }
}

#[test]
fn every_value_of_the_workbook_is_that_of_the_csv_files() {
    let (_workplace, results) = trained(&[]);
    let sheets = sheets(&results.bytes("workbook.xlsx"));
    for (sheet, file) in [(0, "summary.csv"), (2, "trials.csv"), (3, "curves.csv"), (4, "curves_wide.csv")] {
        assert_same(&sheets[sheet], &rows(&results.bytes(file), b','));
    }
}

#[test]
fn a_folder_has_the_same_workbook_whenever_it_is_written() {
    let (workplace, results) = trained(&[]);
    let bytes = results.bytes("workbook.xlsx");
    workplace.overfit(&["report", "results/names", "--quiet", "--csv-dialect", "excel-semicolon"]).success();
    assert!(results.bytes("workbook.xlsx") == bytes);
}

#[test]
fn wide_curves_are_means_over_seeds_and_the_gap_is_their_difference() {
    let (_workplace, results) = trained(&[]);
    let curves = results.curves();
    let wide = &sheets(&results.bytes("workbook.xlsx"))[4].1;
    let column = |title: &str| {
        let is_title = |(_, value): &(&usize, &Value)| **value == Value::Text(title.to_owned());
        *wide[0].iter().find(is_title).unwrap_or_else(|| panic!("no {title}: {:?}", wide[0])).0
    };
    for (epoch, row) in wide[1..].iter().enumerate() {
        for figure in ["test_accuracy", "train_accuracy", "gap"] {
            let of = |row: &&support::Row| row["variant"] == "none" && row["epoch"] == epoch.to_string();
            let values: Vec<f64> = curves.iter().filter(of).map(|row| number(row, figure)).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let Value::Number(found) = row[&column(&format!("none {figure}"))] else { panic!("a number") };
            assert!((found - mean).abs() < 1e-12 && values.len() == 2, "epoch {epoch}, {figure}: {found}, {mean}");
        }
    }
}

/// LibreOffice opens the workbook, and its cells are those of the CSV file. Skipped where it is not installed.
#[test]
fn libreoffice_reads_the_workbook_as_it_was_meant() {
    let soffice = |arguments: &[&str], folder: &Path| {
        let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
        Command::new("soffice").arg(profile).arg("--headless").args(arguments).current_dir(folder).output()
    };
    let (_workplace, results) = trained(&[]);
    let folder = tempfile::tempdir().unwrap();
    if soffice(&["--version"], folder.path()).is_err() {
        eprintln!("skipped: soffice is not installed");
        return;
    }
    let book = results.folder.canonicalize().unwrap().join("workbook.xlsx");
    // Comma, quote, UTF-8, from line 1, ..., texts quoted, as calculated not as shown, ..., all sheets.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false,false,false,-1";
    soffice(&["--convert-to", filter, book.to_str().unwrap()], folder.path()).unwrap();
    for table in ["trials", "curves"] {
        let read = std::fs::read(folder.path().join(format!("workbook-{table}.csv")))
            .expect("LibreOffice opened the workbook");
        let (read, ours) = (rows(&read, b','), rows(&results.bytes(&format!("{table}.csv")), b','));
        assert_eq!(read.len(), ours.len(), "{table}");
        for (read, ours) in read.iter().flatten().zip(ours.iter().flatten()) {
            // LibreOffice writes shares as they are shown, with all digits.
            let share = read.strip_suffix('%').and_then(|read| read.parse().ok()).map(|percent: f64| percent / 100.0);
            match (share.map_or_else(|| read.parse::<f64>(), Ok), ours.parse::<f64>()) {
                (Ok(read), Ok(ours)) => assert!((read - ours).abs() <= 1e-9 * ours.abs(), "{table}: {read}, {ours}"),
                _ => assert_eq!(
                    read.replace('\r', "\n"),
                    overfit::report::plain_text(ours).replace('\r', "\n"),
                    "{table}"
                ),
            }
        }
    }
}
