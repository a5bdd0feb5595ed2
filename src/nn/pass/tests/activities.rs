//! Terms of the objective that look at hidden units, against plain loops in double precision.

use super::*;

/// A term that is bent twice: 0.3·(mean of h²)² for every hidden unit.
#[derive(Debug)]
struct Bent;

impl Activity for Bent {
    fn statistic(&self, h: f32) -> f32 {
        h * h
    }
    fn statistic_slope(&self, h: f32) -> f32 {
        2.0 * h
    }
    fn value(&self, mean: f64) -> f64 {
        0.3 * mean * mean
    }
    fn slope(&self, mean: f64) -> f64 {
        0.6 * mean
    }
}

/// A term like L1's: the mean of |h|, a fifth of it.
#[derive(Debug)]
struct Straight;

impl Activity for Straight {
    fn statistic(&self, h: f32) -> f32 {
        h.abs()
    }
    fn statistic_slope(&self, h: f32) -> f32 {
        if h == 0.0 { 0.0 } else { h.signum() }
    }
    fn value(&self, mean: f64) -> f64 {
        0.2 * mean
    }
    fn slope(&self, _: f64) -> f64 {
        0.2
    }
}

impl Problem {
    /// The gradients of the mean loss plus some terms of the hidden units.
    fn gradients_with(&self, team: &Team, activities: &[Box<dyn Activity>]) -> (Pass, Vec<Gradient>) {
        let (mut pass, mut gradients) = self.pass_by(team);
        let objective = Objective { activities, ..Objective::mean(self.loss, &self.targets) };
        pass.backward(team, &self.network, &self.gates, &objective, &mut gradients);
        (pass, gradients)
    }

    /// Σ of the terms by plain loops, from what hidden units give before the gates.
    fn plain_terms(&self, network: &Network, activities: &[Box<dyn Activity>]) -> f64 {
        let rows: Vec<Vec<Vec<f64>>> = (0..self.rows.len()).map(|row| self.plain_values(network, row)).collect();
        let mut sum = 0.0;
        for (hidden, layer) in network.layers[..network.layers.len() - 1].iter().enumerate() {
            for unit in 0..layer.outputs() {
                let mean = |f: &dyn Fn(f64) -> f64| {
                    rows.iter().map(|values| f(values[hidden][unit])).sum::<f64>() / rows.len() as f64
                };
                // Known here by their formulas, in double precision.
                let values = [0.3 * mean(&|h| h * h).powi(2), 0.2 * mean(&f64::abs)];
                sum += values[..activities.len()].iter().sum::<f64>();
            }
        }
        sum
    }
}

fn terms() -> Vec<Box<dyn Activity>> {
    vec![Box::new(Bent), Box::new(Straight)]
}

#[test]
fn gradients_with_activities_agree_with_central_differences_behind_open_and_closed_gates() {
    for activation in [Activation::Tanh, Activation::Sigmoid, Activation::Silu] {
        for (hidden, rows, gated) in [
            (&[6][..], 1, false),
            (&[6][..], 33, true),
            (&[9, 4][..], 40, true),
            (&[9, 4][..], 31, false),
            (&[50, 7][..], 65, true),
        ] {
            let problem = problem(hidden, 4, rows, activation, Loss::CrossEntropy, gated);
            for count in [1, 2] {
                let terms = &terms()[..count];
                let (_, gradients) = problem.gradients_with(&Team::default(), terms);
                let (_, without) = problem.pass();
                assert_ne!(gradients[0], without[0], "the terms are seen");
                assert_eq!(gradients.last(), without.last(), "the last layer has no term");
                for (layer, gradient) in gradients.iter().enumerate() {
                    let (outputs, inputs) = gradient.weights.dim();
                    for place in [[0, 0], [outputs - 1, inputs - 1], [outputs / 2, inputs / 2]] {
                        let at = |step: f32| {
                            let mut moved = problem.network.clone();
                            moved.layers[layer].weights[place] += step;
                            problem.plain_loss(&moved) + problem.plain_terms(&moved, terms)
                        };
                        let wanted = (at(STEP) - at(-STEP)) / f64::from(2.0 * STEP);
                        let found = f64::from(gradient.weights[place]);
                        assert!(
                            (found - wanted).abs() < 1e-3 * wanted.abs().max(0.1),
                            "{activation:?} {hidden:?}, {rows} rows, layer {layer}: {found} {wanted}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn statistics_are_summed_over_the_rows_of_the_batch_alone() {
    let problem = problem(&[9, 4], 4, 37, Activation::Sigmoid, Loss::CrossEntropy, true);
    let (pass, _) = problem.pass();
    for (hidden, units) in [(0, 9), (1, 4)] {
        let mut sums = vec![1.0; units];
        pass.add_statistics(hidden, &Bent, &mut sums);
        for (unit, sum) in sums.into_iter().enumerate() {
            let plain = (0..37).map(|row| problem.plain_values(&problem.network, row)[hidden][unit].powi(2));
            let wanted = 1.0 + plain.sum::<f64>();
            assert!((sum - wanted).abs() < 1e-4, "{sum} {wanted}");
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits_with_activities() {
    let problem = problem(&[70, 130], 65, 130, Activation::Sigmoid, Loss::CrossEntropy, true);
    let (_, alone) = problem.gradients_with(&Team::default(), &terms());
    for threads in [2, 3] {
        assert_eq!(alone, problem.gradients_with(&Team::new(threads), &terms()).1, "{threads} threads");
    }
}
