//! How much the network, or the vote of several, answers to small changes of its inputs.
//!
//! The gradients are exact, by backpropagation from each output; a flip is a prediction that is another class after one feature
//! has moved. Where evaluation draws what hidden units give (DropConnect), the gradients are those of the network of the means.

use ndarray::ArrayView1;

use super::super::Interrupted;
use super::probe::{Probe, ROWS, to_predictions};
use super::score::predicted;
use super::{Draw, Entry, Measurement, Subject};
use crate::data::Task;
use crate::nn::Loss;
use crate::recipe::Sensitivity;

pub(super) const ENTRY: Entry = Entry {
    names: &["sensitivity", "flips"],
    key: Some("sensitivity"),
    idea: "sensitivity: mean Frobenius norm of the derivatives of the class probabilities (regression: of the output) by the scaled \
           inputs (Novak et al., ICLR 2018); flips: share of predicted classes that change when one numeric feature moves by \
           at = delta standard deviations of the training rows, up and down; both on at most `rows` test rows, the flips on at \
           most 25 features of each, drawn at random",
    is_time: false,
    measure,
};

/// Features of a row that are moved: enough for a share, and few enough for a thousand of them to stay quick.
const MOVED: usize = 25;

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let Some(settings) = &subject.settings.sensitivity else { return Ok(Vec::new()) };
    let rows = sample(subject, settings);
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = vec![Measurement::of("sensitivity", mean_norm(subject, &rows)?)];
    if subject.data.task() == Task::Classification
        && let Some(share) = flip_share(subject, &rows, settings.delta)?
    {
        found.push(Measurement::at("flips", settings.delta, share));
    }
    Ok(found)
}

/// The test rows that are looked at, in their order.
fn sample(subject: &Subject<'_>, settings: &Sensitivity) -> Vec<usize> {
    let mut rows = subject.data.test.rows.clone();
    if rows.len() > settings.rows {
        subject.key(Draw::SensitivityRows).open().shuffle(&mut rows);
        rows.truncate(settings.rows);
        rows.sort_unstable();
    }
    rows
}

/// Mean over the rows of ‖∂prediction/∂x‖.
fn mean_norm(subject: &Subject<'_>, rows: &[usize]) -> Result<f64, Interrupted> {
    let (data, loss, outputs) = (subject.data, subject.recipe.loss, subject.data.outputs());
    let mut probe = Probe::new(subject).of_means();
    let mut sum = 0.0;
    for chunk in rows.chunks(ROWS) {
        let place = |member: usize, row: usize| (member * chunk.len() + row) * outputs;
        let mut predictions = vec![0.0; place(probe.members(), 0)];
        probe.load(chunk.len(), |row, values| data.encode(chunk[row], values))?;
        probe.forward_members(|member, row, values| {
            to_predictions(loss, values);
            predictions[place(member, row)..][..outputs].copy_from_slice(values);
        });
        let mut squares = vec![0.0; chunk.len()];
        for output in 0..outputs {
            let slope = |member: usize, row: usize, slopes: &mut [f32]| {
                set_slopes(loss, ArrayView1::from(&predictions[place(member, row)..][..outputs]), output, slopes);
            };
            probe.add_squared_gradients(slope, &mut squares);
        }
        sum += squares.iter().map(|&square| libm::sqrt(square)).sum::<f64>();
    }
    Ok(sum / rows.len() as f64)
}

/// ∂prediction_k/∂z, where the predictions p are known: softmax p_k·(1[j = k] − p_j), sigmoid 1[j = k]·p_k·(1 − p_k).
fn set_slopes(loss: Loss, p: ArrayView1<'_, f64>, k: usize, slopes: &mut [f32]) {
    for (j, slope) in slopes.iter_mut().enumerate() {
        let own = if j == k { 1.0 } else { 0.0 };
        *slope = match loss {
            Loss::CrossEntropy => p[k] * (own - p[j]),
            Loss::BinaryCrossEntropy => own * p[k] * (1.0 - p[k]),
            Loss::HalfMse | Loss::Mse => own,
        } as f32;
    }
}

/// The share of predictions that are another class after a feature has moved; nothing where no numeric feature varies.
fn flip_share(subject: &Subject<'_>, rows: &[usize], delta: f64) -> Result<Option<f64>, Interrupted> {
    let data = subject.data;
    let steps = steps(subject, delta);
    if steps.is_empty() {
        return Ok(None);
    }
    let mut probe = Probe::new(subject);
    let mut before = Vec::with_capacity(rows.len());
    probe.run(
        rows.len(),
        |row, values| data.encode(rows[row], values),
        |_, outputs| before.push(predicted(outputs)),
    )?;
    let moved = steps.len().min(MOVED);
    let chosen: Vec<usize> = (0..rows.len()).flat_map(|row| features(subject, row, steps.len(), moved)).collect();
    let mut flips = 0;
    // Each chosen feature of each row up, then down.
    probe.run(
        2 * chosen.len(),
        |trial, values| {
            let (input, step) = steps[chosen[trial / 2]];
            data.encode(rows[trial / 2 / moved], values);
            values[input] += if trial.is_multiple_of(2) { step } else { -step };
        },
        |trial, outputs| flips += usize::from(predicted(outputs) != before[trial / 2 / moved]),
    )?;
    Ok(Some(flips as f64 / (2 * chosen.len()) as f64))
}

/// The numeric inputs that vary over the training rows, each with `delta` of its standard deviations.
fn steps(subject: &Subject<'_>, delta: f64) -> Vec<(usize, f32)> {
    let (data, train) = (subject.data, &subject.data.train);
    let mut values = vec![0.0; data.inputs()];
    let mut mean_over_rows = |add: &dyn Fn(usize, f64) -> f64| {
        let mut sums = vec![0.0; values.len()];
        for &row in &train.rows {
            data.encode(row, &mut values);
            sums.iter_mut().zip(&values).enumerate().for_each(|(input, (sum, &x))| *sum += add(input, f64::from(x)));
        }
        sums.iter_mut().for_each(|sum| *sum /= train.rows.len() as f64);
        sums
    };
    let means = mean_over_rows(&|_, x| x);
    let variances = mean_over_rows(&|input, x| (x - means[input]) * (x - means[input]));
    let inputs = data.encoder().inputs(data.dataset());
    let numeric = inputs.iter().zip(variances).enumerate().filter(|(_, (facts, _))| facts.scaling.is_some());
    numeric
        .map(|(input, (_, variance))| (input, (delta * libm::sqrt(variance)) as f32))
        .filter(|(_, step)| *step > 0.0)
        .collect()
}

/// Which of `all` features of a row are moved: all of them where there are no more than `count`.
fn features(subject: &Subject<'_>, row: usize, all: usize, count: usize) -> Vec<usize> {
    let mut features: Vec<usize> = (0..all).collect();
    if count < all {
        subject.key(Draw::MovedFeatures).step(row as u64).open().shuffle(&mut features);
        features.truncate(count);
    }
    features
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Case, points};
    use super::*;
    use crate::data::fixtures::{trial, trial_with};
    use crate::nn::{Initialization, Network};
    use crate::recipe::Rescale;

    fn asking(mut case: Case, delta: f64, rows: usize) -> Case {
        case.settings.sensitivity = Some(Sensitivity { delta, rows });
        case
    }

    fn value(case: &Case, name: &str) -> Option<f64> {
        measure(&case.subject()).unwrap().iter().find(|row| row.measure == name).map(|row| row.value)
    }

    #[test]
    fn of_a_straight_line_it_is_the_slope() {
        let case = asking(Case::regression(), 0.5, 100);
        assert_eq!(value(&case, "sensitivity"), Some(2.0));
        assert_eq!(value(&case, "flips"), None, "a value does not flip");
    }

    #[test]
    fn of_two_classes_it_is_worked_by_hand() {
        // Softmax of (s, −s) with s = 1.25·relu(x0 − x1/2) − 1.25·relu(x1 − x0/2); where only the first is on,
        // ∂p_1/∂x = 2·p_1·p_2·1.25·(1, −½), and ∂p_2/∂x is its negative: a norm of √2·√1.25·2.5·p_1·p_2. The other
        // class has the same with x0 and x1 exchanged.
        let case = asking(Case::classification(), 0.5, 100);
        let data = &case.data;
        let mut wanted = 0.0;
        for &row in &data.test.rows {
            let mut x = [0.0; 2];
            data.encode(row, &mut x);
            let s = 1.25 * f64::from((x[0] - 0.5 * x[1]).max(x[1] - 0.5 * x[0]));
            let p = 1.0 / (1.0 + libm::exp(-2.0 * s));
            wanted += libm::sqrt(2.5) * 2.5 * p * (1.0 - p) / 4.0;
        }
        let found = value(&case, "sensitivity").unwrap();
        assert!((found - wanted).abs() < 1e-6, "{found} {wanted}");
    }

    /// 30 rows of three features and three classes, and a random network on them.
    fn random_case(loss: Loss, hidden: &[usize]) -> Case {
        let rows: String = (0..30).map(|i| format!("{},{},{},c{}\n", i % 7, i % 5, i % 11, i % 3)).collect();
        let data = trial(&format!("a,b,c,class\n{rows}"), 2);
        let init = Initialization::Normal { normal: 0.7, biases: true };
        let model = crate::nn::ModelSettings { hidden: hidden.to_vec(), activation: crate::nn::Activation::Tanh, init };
        let network = Network::initialized(&model, 3, 3, 5).unwrap();
        let mut case = Case::of(data, network.layers.clone(), loss);
        case.outcome.ensemble.members[0] = network;
        case
    }

    #[test]
    fn it_agrees_with_central_differences_for_either_loss_and_with_gates() {
        for loss in [Loss::CrossEntropy, Loss::BinaryCrossEntropy] {
            let case = asking(random_case(loss, &[9, 6]), 0.5, 100).with_dropout(&[0.1, 0.5, 0.2], Rescale::Test);
            let data = &case.data;
            let rows = &data.test.rows;
            let step = 1e-2f32;
            let mut probe = Probe::new(&case.subject());
            let mut predictions = |input: usize, step: f32| {
                let mut found = Vec::new();
                let fill = |row: usize, values: &mut [f32]| {
                    data.encode(rows[row], values);
                    values[input] += step;
                };
                probe
                    .run(rows.len(), fill, |_, outputs| {
                        to_predictions(loss, outputs);
                        found.push(outputs.to_vec());
                    })
                    .unwrap();
                found
            };
            let mut squares = vec![0.0; rows.len()];
            for input in 0..3 {
                let (up, down) = (predictions(input, step), predictions(input, -step));
                for (row, square) in squares.iter_mut().enumerate() {
                    for (up, down) in up[row].iter().zip(&down[row]) {
                        let difference = (up - down) / f64::from(2.0 * step);
                        *square += difference * difference;
                    }
                }
            }
            let wanted = squares.iter().map(|&square| libm::sqrt(square)).sum::<f64>() / rows.len() as f64;
            let found = value(&case, "sensitivity").unwrap();
            assert!((found - wanted).abs() < 1e-4, "{loss:?}: {found} {wanted}");
        }
    }

    #[test]
    fn a_prediction_flips_where_one_step_crosses_the_border() {
        // The classes lie at x0 − x1 ≈ ±1; the standard deviation of each feature is about ½: one step does not reach the
        // border, four in the right direction do for either feature, and never in the other.
        assert_eq!(value(&asking(Case::classification(), 1.0, 100), "flips"), Some(0.0));
        assert_eq!(value(&asking(Case::classification(), 4.0, 100), "flips"), Some(0.5));
    }

    #[test]
    fn features_that_do_not_vary_and_categories_are_not_moved() {
        let csv: String = (0..20).map(|i| format!("{i},3,k{},c{}\n", i % 2, i % 2)).collect();
        let data = trial(&format!("x,same,kind,class\n{csv}"), 1);
        let inputs = data.inputs();
        let layers = vec![crate::nn::Layer::new(ndarray::Array2::zeros((2, inputs)), ndarray::Array1::zeros(2))];
        let case = Case::of(data, layers, Loss::CrossEntropy);
        let steps = steps(&case.subject(), 0.5);
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert!(
            steps[0].0 == 0 && (steps[0].1 - 0.5).abs() < 1e-5,
            "standard scaling makes the deviation 1: {steps:?}"
        );
    }

    #[test]
    fn a_sample_of_rows_is_a_part_of_the_test_rows_in_order_and_features_are_drawn_once_each() {
        let mut case = Case::classification();
        case.data = trial_with(&points(400), 1, |_| {});
        let rows = sample(&case.subject(), &Sensitivity { delta: 1.0, rows: 10 });
        assert!(rows.len() == 10 && rows.is_sorted_by(|a, b| a < b), "{rows:?}");
        assert!(rows.iter().all(|row| case.data.test.rows.contains(row)));
        let mut drawn = features(&case.subject(), 3, 60, 25);
        assert_ne!(drawn, features(&case.subject(), 4, 60, 25));
        drawn.sort_unstable();
        drawn.dedup();
        assert!(drawn.len() == 25 && drawn.iter().all(|&feature| feature < 60));
        assert_eq!(features(&case.subject(), 3, 3, 3), [0, 1, 2]);
    }
}
