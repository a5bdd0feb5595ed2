//! The curve that a regression on one number has found: does it bend, or does it wiggle?

use super::super::Interrupted;
use super::probe::Probe;
use super::{Entry, Measurement, Subject};
use crate::data::Dataset;

pub(super) const ENTRY: Entry = Entry {
    names: &["prediction"],
    key: Some("fit"),
    idea: "of a regression on one numeric column: the prediction at `points` values from the least to the greatest of the column \
           (at = x), both in original units",
    is_time: false,
    measure,
};

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let Some(settings) = subject.settings.fit else { return Ok(Vec::new()) };
    let data = subject.data;
    let inputs = data.encoder().inputs(data.dataset());
    // Checked before training: there is one input, and it is numeric.
    let [Some((shift, scale))] = inputs.iter().map(|input| input.scaling).collect::<Vec<_>>()[..] else {
        return Ok(Vec::new());
    };
    let (least, greatest) = range(data.dataset());
    let x = |point: usize| least + (greatest - least) * (point as f64 / (settings.points - 1) as f64);
    let mut found = Vec::with_capacity(settings.points);
    Probe::new(subject).run(
        settings.points,
        |point, values| values[0] = ((x(point) - f64::from(shift)) / f64::from(scale)) as f32,
        |point, outputs| {
            let value = outputs[0] * data.target_scale() + data.target_shift();
            found.push(Measurement::at("prediction", x(point), value));
        },
    )?;
    Ok(found)
}

/// The least and the greatest value of the only column; 0 where all are missing.
fn range(dataset: &Dataset) -> (f64, f64) {
    let known = dataset.features().iter().copied().filter(|x| !x.is_nan()).map(f64::from);
    let (least, greatest) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    if least <= greatest { (least, greatest) } else { (0.0, 0.0) }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::Case;
    use super::*;
    use crate::data::fixtures::trial;
    use crate::nn::{Layer, Loss};
    use crate::recipe::Fit;

    #[test]
    fn the_curve_of_a_line_is_the_line_in_original_units() {
        let mut case = Case::regression();
        case.settings.fit = Some(Fit { points: 3 });
        let found: Vec<_> = measure(&case.subject()).unwrap().iter().map(|row| (row.at.unwrap(), row.value)).collect();
        assert_eq!(found, [(0.0, 1.0), (2.375, 5.75), (4.75, 10.5)]);
    }

    #[test]
    fn scaled_columns_are_scaled_back() {
        // Scaled x and y of a line are equal: the network that gives its input gives the line.
        let rows: String = (0..20).map(|x| format!("{x},{}\n", 100.5 - 3.0 * f64::from(x))).collect();
        let data = trial(&format!("x,y\n{rows}"), 1);
        let layers = vec![Layer::new(ndarray::array![[-1.0]], ndarray::array![0.0])];
        let mut case = Case::of(data, layers, Loss::HalfMse);
        case.settings.fit = Some(Fit { points: 20 });
        for row in measure(&case.subject()).unwrap() {
            let wanted = 100.5 - 3.0 * row.at.unwrap();
            assert!((row.value - wanted).abs() < 1e-3, "{row:?}");
        }
    }
}
