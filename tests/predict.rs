//! `overfit predict`: saved networks on rows of a file.

mod support;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Noise, Results, Row, Workplace, number, read_csv, read_model};

/// Rows of two numbers, some missing, a category and a target of three classes.
fn things(seed: u64, rows: usize) -> String {
    let mut noise = Noise::new(seed);
    let mut text = "size,weight,colour,kind\n".to_owned();
    for row in 0..rows {
        let (size, weight) = (noise.draw() + (row % 3) as f64, 10.0 * noise.draw() - 5.0 * (row % 3) as f64);
        let colour = ["red", "green", "", "blue"][row * 7 % 4];
        let weight = if row % 11 == 3 { String::new() } else { format!("{weight:.3}") };
        writeln!(text, "{size:.3},{weight},{colour},{}", ["ant", "bee", "=cat"][row % 3]).expect("a String takes all");
    }
    text
}

const CONFIG: &str = "
    seeds = 1
    data = { path = 'train.csv', test_path = 'test.csv', target = 'kind' }
    model.hidden = [12, 9]
    train.epochs = 6
    save.models = 'final'
    variants = [
      { name = 'plain' },
      { name = 'neurons', remedies.prune = { ratio = 0.5, structure = 'neuron', at_epoch = 3 } },
      { name = 'weights', remedies.prune = { ratio = 0.8, at_epoch = 3 } },
      { name = 'layer norm', remedies.layer_norm = true, model.activation = 'gelu' },
      { name = 'batch norm', remedies.batch_norm = true },
      { name = 'bagged', remedies.bagging = 4 },
      { name = 'bagged with layer norm', remedies = { bagging = 3, layer_norm = true } },
      { name = 'sigmoids', train.loss = 'binary_cross_entropy', model.activation = 'sigmoid' },
      { name = 'rescaled', remedies.dropout = { hidden = 0.3, rescale = 'test' }, model.activation = 'tanh' },
      { name = 'linear', model.hidden = [] },
    ]";

/// A place where all variants are trained.
fn trained() -> (Workplace, Results) {
    let place = Workplace::new();
    place.write("train.csv", things(1, 150)).write("test.csv", things(2, 77));
    let results = place.experiment("things", CONFIG, &[]);
    (place, results)
}

/// A place with one small network of classes.
fn one() -> (Workplace, String) {
    let place = Workplace::new();
    place.write("train.csv", things(1, 60)).write("test.csv", things(2, 30));
    let config = "seeds = 1\ndata = { path = 'train.csv', test_path = 'test.csv', target = 'kind' }\nmodel.hidden = [5]\n\
                  train.epochs = 2\nsave.models = 'final'";
    let results = place.experiment("one", config, &[]);
    let model = results.models()[0].to_str().unwrap().to_owned();
    (place, model)
}

/// The rows of predictions of a file, and what is said beside them.
#[track_caller]
fn predict(place: &Workplace, model: &str, data: &str) -> (Vec<Row>, String) {
    let out = format!("{data}.predictions");
    let run = place.overfit(&["predict", model, data, "--out", &out]).success();
    (read_csv(&place.path().join(out)), run.stderr)
}

#[test]
fn predictions_of_the_test_rows_have_the_test_accuracy_of_the_trial() {
    let (place, results) = trained();
    let truth = read_csv(&place.path().join("test.csv"));
    for trial in results.trials() {
        let model = results.model_path(&trial["variant"]);
        let (rows, said) = predict(&place, model.to_str().unwrap(), "test.csv");
        assert_eq!(rows.len(), truth.len());
        let is_right = |(row, truth): &(&Row, &Row)| {
            // A class that begins like a formula has an apostrophe.
            row["prediction"].trim_start_matches('\'') == truth["kind"]
        };
        let right = rows.iter().zip(&truth).filter(is_right).count();
        assert_eq!(right as f64 / rows.len() as f64, number(&trial, "test_accuracy"), "{}", trial["variant"]);
        assert!(said.contains(&format!("{right} right of 77 rows")), "{said}");
        for row in &rows {
            let probabilities = ["ant", "bee", "=cat"].map(|class| number(row, &format!("probability_{class}")));
            assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{row:?}");
        }
    }
}

#[test]
fn a_regression_predicts_in_the_units_of_the_file() {
    let place = Workplace::new();
    place.write("train.csv", support::waves(120)).write("test.csv", support::waves(200));
    let config =
        "seeds = 1\ndata = { path = 'train.csv', test_path = 'test.csv' }\ntrain.epochs = 9\nsave.models = 'final'";
    let results = place.experiment("waves", config, &[]);
    let (rows, said) = predict(&place, results.models()[0].to_str().unwrap(), "test.csv");
    let truth = read_csv(&place.path().join("test.csv"));
    let squares = rows.iter().zip(&truth).map(|(row, truth)| number(row, "prediction") - number(truth, "y"));
    let rmse = (squares.map(|error| error * error).sum::<f64>() / rows.len() as f64).sqrt();
    let trial = &results.trials()[0];
    assert!((rmse - number(trial, "test_rmse")).abs() < 1e-6 * rmse, "{rmse} {}", trial["test_rmse"]);
    assert!(said.contains(&format!("r2 {:.4}", number(trial, "test_r2"))), "{said}");
}

#[test]
fn columns_may_stand_in_any_order_and_be_written_in_any_dialect() {
    let (place, model) = one();
    let (wanted, _) = predict(&place, &model, "test.csv");
    let mut other = "note;colour;weight;id;size\n".to_owned();
    for (id, row) in read_csv(&place.path().join("test.csv")).iter().enumerate() {
        let comma = |column: &str| row[column].replace('.', ",");
        writeln!(other, "x;{};{};{id};{}", row["colour"], comma("weight"), comma("size")).unwrap();
    }
    place.write("other.csv", other);
    let (found, said) = predict(&place, &model, "other.csv");
    assert_eq!(found, wanted);
    assert!(said.contains("the network knows nothing of 'note', 'id': left out"), "{said}");
    assert!(!said.contains("accuracy"), "there are no answers: {said}");

    let kept = place.overfit(&["predict", &model, "other.csv", "--keep", "id", "--keep", "note"]).success().stdout;
    assert!(kept.starts_with("id,note,prediction,probability_"), "{kept}");
    assert!(kept.lines().nth(3).unwrap().starts_with("2,x,"), "{kept}");
    assert!(place.overfit(&["predict", &model, "other.csv", "--keep", "nmae"]).code(2).stderr.contains("--keep nmae"));
}

#[test]
fn what_training_did_not_see_is_counted_and_said() {
    let (place, model) = one();
    place.write("new.csv", "size,weight,colour\n1.0,2.0,pink\n1.0,2.0,violet\n,2.0,red\n1.0,,red\n");
    let (rows, said) = predict(&place, &model, "new.csv");
    assert_eq!(rows[0], rows[1], "both colours are none of those that are known");
    assert!(
        said.contains("column 'colour': 2 rows with categories that training did not see, as 'pink': taken for none"),
        "{said}"
    );
    assert!(said.contains("column 'size': 1 cell missing: "), "{said}");
    // A missing number is the median of the training rows, of a column that was complete in training too.
    let mut sizes: Vec<f64> = read_csv(&place.path().join("train.csv")).iter().map(|row| number(row, "size")).collect();
    let text = fs::read(&model).unwrap();
    let note = String::from_utf8_lossy(&text);
    sizes.sort_by(f64::total_cmp);
    let fill: f64 =
        note.split(r#"\"column\":\"size\",\"fill\":"#).nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    assert!(sizes[0] < fill && fill < sizes[59], "{fill}");
    place.write("filled.csv", format!("size,weight,colour\n{fill},2.0,red\n"));
    assert_eq!(predict(&place, &model, "filled.csv").0[0], rows[2]);
}

#[test]
fn data_that_does_not_do_is_refused_by_line_and_column_before_anything_is_written() {
    let (place, model) = one();
    let long = "1,2,red\n".repeat(500);
    for (text, message) in [
        ("", "is empty"),
        ("size,weight,colour\n", "has a header but no rows"),
        ("size,wieght,colour\n1,2,red\n", "has no column 'weight', which the network was trained on: is it 'wieght'?"),
        (
            &format!("size,weight,colour\n{long}1,heavy,red\n"),
            "bad.csv:502: column 'weight' must be a number, as in training, found 'heavy'",
        ),
        (&format!("size,weight,colour\n{long}1,1e99,red\n"), "bad.csv:502: column 'weight': 1e99 is beyond"),
        (&format!("size,weight,colour\n{long}1,2\n"), "bad.csv:502: 2 fields, 3 wanted"),
    ] {
        place.write("bad.csv", text);
        let run = place.overfit(&["predict", &model, "bad.csv"]).code(2);
        assert!(run.stderr.contains(message), "{message}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    assert!(place.overfit(&["predict", &model, "none.csv"]).code(2).stderr.contains("cannot read none.csv"));
    let over = place.overfit(&["predict", &model, "test.csv", "--out", "test.csv"]).code(2).stderr;
    assert!(over.contains("--out test.csv is what is read"), "{over}");
}

#[test]
fn files_that_are_no_models_are_refused_whatever_they_claim() {
    let (place, model) = one();
    let good = fs::read(&model).unwrap();
    let length = u64::from_le_bytes(good[..8].try_into().unwrap()) as usize;
    let (header, weights) = (String::from_utf8(good[8..8 + length].to_vec()).unwrap(), &good[8 + length..]);
    let with_header = |header: &str| [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), weights].concat();
    let changed = |from: &str, to: &str| {
        assert!(header.contains(from), "{from} is not in {header}");
        with_header(&header.replace(from, to))
    };
    let mut not_finite = good.clone();
    not_finite[8 + length..12 + length].copy_from_slice(&f32::NAN.to_le_bytes());
    let bare = r#"{"0.weight":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}"#;
    for (what, bytes, message) in [
        ("nothing", vec![], "is not a safetensors file: it has 0 bytes"),
        ("a text", b"size,weight\n1,2\n".to_vec(), "is not a safetensors file: it begins as text: is it the data?"),
        ("a huge header", [&u64::MAX.to_le_bytes()[..], b"{}"].concat(), "its header would be longer"),
        ("cut off in the header", good[..50].to_vec(), "it ends within its header"),
        ("cut off in the weights", good[..good.len() - 3].to_vec(), "is not a safetensors file"),
        ("another's", [&(bare.len() as u64).to_le_bytes()[..], bare.as_bytes(), &[0; 4]].concat(), "has no metadata"),
        ("no JSON in the metadata", changed(r#"{\"version"#, r#"[\"version"#), "cannot be used"),
        ("without its columns", changed(r#"\"columns\""#, r#"\"colunms\""#), "cannot be used: missing field `columns`"),
        ("a scale of zero", changed(r#"\"scale\":1.0"#, r#"\"scale\":1e999"#), "cannot be used"),
        ("another activation", changed(r#"\"relu\""#, r#"\"rule\""#), "cannot be used: unknown variant `rule`"),
        (
            "a billion networks",
            changed(r#"\"activation\""#, r#"\"members\":1000000000,\"activation\""#),
            "no tensor 0.0.weight",
        ),
        (
            "a class more",
            changed(r#"\"classes\":["#, r#"\"classes\":[\"dog\","#),
            "its network has 3 outputs, 4 wanted",
        ),
        ("an unknown place", changed(r#""0.bias""#, r#""1.bias""#), "has no tensor 0.bias"),
        ("a wrong shape", changed(r#""shape":[5]"#, r#""shape":[5,1]"#), "tensor 0.bias must have the shape [5]"),
        ("oversized", changed(r#""shape":[5]"#, r#""shape":[4611686018427387904,9]"#), "is not a safetensors file"),
        ("not finite", not_finite, "has a value that is not finite"),
    ] {
        place.write("bad.safetensors", bytes);
        let run = place.overfit(&["predict", "bad.safetensors", "test.csv"]).code(2);
        assert!(run.stderr.contains(message), "{what}: wanted {message:?}, found {}", run.stderr);
        assert!(run.stderr.contains("bad.safetensors") && !run.stderr.contains("panicked"), "{what}: {}", run.stderr);
    }
    assert!(
        place.overfit(&["predict", "results", "test.csv"]).code(2).stderr.contains("is a folder, a model is a file")
    );
}

#[test]
fn a_network_without_half_its_units_takes_half_the_room() {
    let (_place, results) = trained();
    let shape = |variant: &str, tensor: &str| read_model(&results.model_path(variant))[tensor].shape.clone();
    assert_eq!(shape("plain", "2.weight"), [9, 12]);
    let (outputs, inputs) = (shape("neurons", "2.weight")[0], shape("neurons", "2.weight")[1]);
    // A unit of 21 more or less, where the half is no whole number.
    assert!((10..=11).contains(&(outputs + inputs)), "{outputs} x {inputs}");
    assert_eq!((shape("neurons", "0.weight")[0], shape("neurons", "4.weight")[1]), (inputs, outputs));
    let weights =
        |variant: &str| -> usize { read_model(&results.model_path(variant)).values().map(|t| t.values.len()).sum() };
    assert!(weights("neurons") * 3 < weights("plain") * 2, "{} of {}", weights("neurons"), weights("plain"));
}

/// A Python that has PyTorch: `OVERFIT_PYTHON`, or the `python3` of the path.
fn python() -> Option<PathBuf> {
    let python: PathBuf = std::env::var_os("OVERFIT_PYTHON").unwrap_or_else(|| "python3".into()).into();
    let imports = Command::new(&python).args(["-c", "import torch, safetensors"]).output();
    imports.is_ok_and(|output| output.status.success()).then_some(python)
}

#[test]
fn pytorch_loads_every_kind_of_network_and_predicts_the_same() {
    let Some(python) = python() else {
        eprintln!("left out: no python3 with torch and safetensors (OVERFIT_PYTHON can name one)");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pytorch/predict.py");
    let (place, results) = trained();
    // A sigmoid for each class has no counterpart among single calls of PyTorch: its outputs are made to add up to 1.
    for trial in results.trials().iter().filter(|trial| trial["variant"] != "sigmoids") {
        let model = results.model_path(&trial["variant"]);
        let output =
            Command::new(&python).arg(&script).arg(&model).arg(place.path().join("test.csv")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let theirs: Vec<Vec<f64>> = serde_json::from_slice(&output.stdout).unwrap();
        let (ours, _) = predict(&place, model.to_str().unwrap(), "test.csv");
        assert_eq!(ours.len(), theirs.len());
        // Classes in the order of their names, as the columns of the predictions are.
        for (ours, theirs) in ours.iter().zip(&theirs) {
            for (class, theirs) in ["=cat", "ant", "bee"].iter().zip(theirs) {
                let ours = number(ours, &format!("probability_{class}"));
                assert!((ours - theirs).abs() < 1e-5, "{}: {ours}, PyTorch {theirs}", trial["variant"]);
            }
        }
    }
}
