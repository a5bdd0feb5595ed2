//! The dropout family through the program: kinds, schedules and inference train and give the same bytes on every path, rates can
//! be given by layer and be swept, and what makes no sense together is refused by its key.

mod support;

use support::{Results, Workplace, blobs, number, waves};

fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("blobs.csv", blobs(90)).write("waves.csv", waves(120));
    place
}

/// A config with a variant for each of these tables of dropout, named by the table.
fn config(data: &str, epochs: usize, tables: &[&str]) -> String {
    let variants = tables
        .iter()
        .map(|table| format!("[[variants]]\nname = {:?}\nremedies.dropout = {table}\n", table.replace('"', "'")));
    format!(
        "seeds = 1\n[data]\npath = \"{data}.csv\"\n[model]\nhidden = [12, 8]\n[train]\nepochs = {epochs}\nbatch_size = \
         16\nlearning_rate = 0.01\n[save]\nmodels = \"final\"\n{}",
        variants.collect::<String>()
    )
}

fn losses(results: &Results, table: &str) -> Vec<f64> {
    results.curves_of(&table.replace('"', "'")).iter().map(|row| number(row, "train_loss")).collect()
}

const FAMILY: [&str; 8] = [
    "{ hidden = 0.4, input = 0.2 }",
    "{ hidden = 0.4, input = 0.2, kind = \"gaussian\" }",
    "{ hidden = 0.4, input = 0.2, kind = \"connect\" }",
    "{ hidden = 0.4, input = 0.2, kind = \"connect\", inference = \"sampled\", samples = 20 }",
    "{ hidden = 0.4, input = 0.2, schedule = \"annealed\", anneal_epochs = 2 }",
    "{ hidden = 0.4, input = 0.2, schedule = \"curriculum\" }",
    "{ hidden = [0.4, 0.1], input = 0.2 }",
    "{ hidden = 0.4, input = 0.2, mask = \"batch\", schedule = \"curriculum\" }",
];

#[test]
fn every_member_differs_from_every_other_and_is_the_same_for_every_processor_and_number_of_jobs() {
    let place = workplace();
    for data in ["blobs", "waves"] {
        place.write("e.toml", config(data, 4, &FAMILY));
        let run = |kernels: &str, jobs: &str| {
            let arguments = ["run", "e.toml", "--quiet", "--fresh", "--jobs", jobs];
            let output = place.command(&arguments).env("OVERFIT_KERNELS", kernels).output().unwrap();
            assert!(output.status.success(), "{kernels}: {}", String::from_utf8_lossy(&output.stderr));
            place.results("e").curves_text()
        };
        let curves = run("scalar", "1");
        for (kernels, jobs) in [("avx2", "1"), ("avx512", "1"), ("avx512", "2")] {
            assert!(run(kernels, jobs) == curves, "{kernels}, {jobs} jobs, {data}");
        }
        let results = place.results("e");
        for (place, table) in FAMILY.iter().enumerate() {
            for other in &FAMILY[..place] {
                assert_ne!(losses(&results, table), losses(&results, other), "{table} and {other}, {data}");
            }
        }
    }
}

#[test]
fn one_rate_for_all_layers_is_a_list_of_it() {
    let place = workplace();
    let tables = ["0.3", "[0.3, 0.3]", "{ hidden = [0.3, 0.3] }", "[0.3, 0.2]"];
    let results = place.experiment("e", &config("blobs", 4, &tables), &[]);
    assert_eq!(losses(&results, tables[0]), losses(&results, tables[1]));
    assert_eq!(losses(&results, tables[0]), losses(&results, tables[2]));
    assert_ne!(losses(&results, tables[0]), losses(&results, tables[3]));
}

#[test]
fn lists_of_rates_can_be_swept() {
    let place = workplace();
    let sweep = "[sweep.parameters]\n\"remedies.dropout.hidden\" = [0.0, 0.3, [0.5, 0.1]]\n";
    let results = place.experiment("e", &(config("blobs", 2, &["{ input = 0.1 }"]) + sweep), &[]);
    let points: Vec<String> = results.trials().iter().map(|row| row["remedies.dropout.hidden"].clone()).collect();
    assert_eq!(points, ["0", "0.3", "[0.5, 0.1]"]);
}

#[test]
fn sampled_inference_learns_the_network_of_the_mean_and_measures_another() {
    let place = workplace();
    let (mean, sampled) = (FAMILY[2], FAMILY[3]);
    let results = place.experiment("e", &config("blobs", 4, &[mean, sampled]), &[]);
    let model = |table: &str| results.model_of(&table.replace('"', "'"));
    assert_eq!(model(mean), model(sampled), "what is drawn at test time changes no weight");
    assert_ne!(losses(&results, mean), losses(&results, sampled));
}

#[test]
fn connections_that_rescale_at_the_test_hand_out_scaled_weights() {
    let place = workplace();
    let tables = ["train", "test"]
        .map(|rescale| format!("{{ hidden = 0.5, input = 0.25, kind = \"connect\", rescale = \"{rescale}\" }}"));
    // A rate of learning so small that no weight of single precision moves.
    let text = config("blobs", 1, &[&tables[0], &tables[1]]).replace("learning_rate = 0.01", "learning_rate = 1e-30");
    let results = place.experiment("e", &text, &["--set", "train.optimizer=sgd"]);
    let [train, test] = [0, 1].map(|place: usize| results.model_of(&tables[place].replace('"', "'")));
    for (layer, keep) in [("0.weight", 0.75), ("2.weight", 0.5), ("4.weight", 0.5)] {
        let scaled: Vec<f32> = train[layer].values.iter().map(|w| w * keep).collect();
        assert_eq!(test[layer].values, scaled, "{layer}");
    }
}

#[test]
fn what_makes_no_sense_together_is_refused_by_its_key() {
    let place = workplace();
    for (table, message) in [
        ("[0.5, 0.5, 0.5]", "hidden must hold one rate for each of the 2 hidden layers of model.hidden, found 3"),
        ("[0.5]", "hidden must hold one rate for each of the 2 hidden layers of model.hidden, found 1"),
        (
            "{ hidden = 0.5, kind = \"gaussian\", rescale = \"test\" }",
            "rescale must be \"train\" with kind = \"gaussian\", whose noise has mean 1 and leaves nothing to make up \
             for, found \"test\"",
        ),
        (
            "{ hidden = 0.5, kind = \"connect\", mask = \"batch\" }",
            "mask must be \"row\" unless kind = \"bernoulli\": only whole units can leave the computation, found \
             \"batch\" with kind = \"connect\"",
        ),
        (
            "{ hidden = 0.5, rescale = \"test\", schedule = \"curriculum\" }",
            "rescale must be \"train\" or \"none\" where a schedule changes the rates, since a test knows one rate \
             only, found \"test\" with schedule = \"curriculum\"",
        ),
        (
            "{ hidden = 0.5, anneal_epochs = 3 }",
            "anneal_epochs must be left out unless schedule = \"annealed\", found it with schedule = \"constant\"",
        ),
        (
            "{ hidden = 0.5, inference = \"sampled\" }",
            "inference must be \"mean\" unless kind = \"connect\", found \"sampled\" with kind = \"bernoulli\"",
        ),
        (
            "{ hidden = 0.5, kind = \"connect\", inference = \"sampled\", schedule = \"annealed\" }",
            "inference must be \"mean\" where a schedule changes the rates, since the variance of a sum needs one \
             rate, found \"sampled\" with schedule = \"annealed\"",
        ),
        (
            "{ hidden = 0.5, kind = \"connect\", inference = \"sampled\", rescale = \"none\" }",
            "inference must be \"mean\" with rescale = \"none\", which is to show the mismatch of a test that knows \
             nothing of dropping, found \"sampled\"",
        ),
    ] {
        place.write("e.toml", format!("remedies.dropout = {table}\n[data]\npath = \"blobs.csv\"\n"));
        let run = place.overfit(&["check", "e.toml"]).code(2);
        assert!(run.stderr.starts_with(&format!("error: remedies.dropout.{message} (e.toml:1)")), "{}", run.stderr);
    }
}

#[test]
fn a_rate_of_a_list_is_refused_by_its_place() {
    let place = workplace();
    place.write("e.toml", "remedies.dropout = [0.5, 1.0]\n[data]\npath = \"blobs.csv\"\n");
    let run = place.overfit(&["check", "e.toml"]).code(2);
    let start = "error: remedies.dropout.hidden.1 must be in [0, 1), found 1";
    assert!(run.stderr.starts_with(start), "{}", run.stderr);
}
