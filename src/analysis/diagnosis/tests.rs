//! Planted curves for each diagnosis, and what must not change one.

use proptest::prelude::*;

use super::*;

/// A trial's losses, with scores that say nothing.
#[derive(Debug, Clone)]
struct Planted {
    train: Vec<f64>,
    held_out: Vec<f64>,
    end: Scores,
    guess: Option<f64>,
}

impl Planted {
    fn new(train: Vec<f64>, held_out: Vec<f64>) -> Self {
        Self { train, held_out, end: Scores { train: Some(0.9), held_out: Some(0.8) }, guess: None }
    }

    /// Of `epochs` epochs.
    fn curve(epochs: u32, train: impl Fn(f64) -> f64, held_out: impl Fn(f64) -> f64) -> Self {
        let losses = |loss: &dyn Fn(f64) -> f64| (1..=epochs).map(|epoch| loss(f64::from(epoch))).collect();
        Self::new(losses(&train), losses(&held_out))
    }

    fn finding(&self) -> Finding {
        let epochs: Vec<u32> = (1..=self.train.len() as u32).collect();
        let scores = |end: Option<f64>| vec![end.unwrap_or(f64::NAN); epochs.len()];
        let (train_score, held_out_score) = (scores(self.end.train), scores(self.end.held_out));
        let series = Series {
            epochs: &epochs,
            train_loss: &self.train,
            held_out_loss: &self.held_out,
            untrained_loss: self.train.first().map(|first| 1.05 * first),
            train_score: &train_score,
            held_out_score: &held_out_score,
            kept_epoch: None,
            guess: self.guess,
        };
        diagnose(&series, false).expect("losses are held out")
    }

    fn scaled(&self, factor: f64) -> Self {
        let times = |losses: &[f64]| losses.iter().map(|loss| factor * loss).collect();
        Self { train: times(&self.train), held_out: times(&self.held_out), ..self.clone() }
    }

    fn jittered(&self, noise: &[f64]) -> Self {
        let mut noise = noise.iter().cycle();
        let mut moved = |losses: &[f64]| losses.iter().map(|loss| loss * (1.0 + noise.next().unwrap())).collect();
        Self { train: moved(&self.train), held_out: moved(&self.held_out), ..self.clone() }
    }
}

fn falling(epoch: f64) -> f64 {
    0.1 + 2.0 * 0.8_f64.powf(epoch)
}

/// A clear case of each; the scatter of the unstable one is a zigzag.
fn clear_cases() -> Vec<(Diagnosis, Planted)> {
    let rising = |epoch: f64| falling(epoch) + 0.3 + 0.01 * epoch;
    let flat = |epoch: f64| falling(epoch) + 0.3;
    let zigzag = |epoch: f64| flat(epoch) * if epoch % 2.0 == 0.0 { 1.3 } else { 0.7 };
    vec![
        (Diagnosis::Overfits, Planted::curve(60, falling, rising)),
        (Diagnosis::Fits, Planted::curve(60, falling, flat)),
        (Diagnosis::StillImproving, Planted::curve(60, |e| 2.0 - 0.02 * e, |e| 2.2 - 0.015 * e)),
        (Diagnosis::Unstable, Planted::curve(60, falling, zigzag)),
        (Diagnosis::Underfits, Planted::curve(60, |_| 2.3, |_| 2.35)),
        (Diagnosis::Diverges, Planted::curve(60, |e| 0.5 + 0.1 * e, |e| 0.6 + 0.1 * e)),
        (Diagnosis::TooShort, Planted::curve(4, falling, rising)),
    ]
}

#[test]
fn each_planted_curve_is_told() {
    for (diagnosis, planted) in clear_cases() {
        assert_eq!(planted.finding().diagnosis, diagnosis, "{planted:?}");
    }
}

#[test]
fn overfitting_begins_at_the_lowest_loss_with_the_figures_by_hand() {
    // The worked example of the stopping criteria: lowest at epoch 5, .78 at the end.
    let planted = Planted::new(
        vec![1.0, 0.75, 0.6, 0.52, 0.46, 0.42, 0.39, 0.37, 0.355, 0.345],
        vec![1.0, 0.8, 0.7, 0.72, 0.69, 0.71, 0.73, 0.74, 0.76, 0.78],
    );
    let found = planted.finding();
    assert_eq!((found.diagnosis, found.onset_epoch, found.epochs), (Diagnosis::Overfits, Some(5), 10));
    // Medians of epochs 3 to 7, and of 8 to 10.
    assert_eq!((found.lowest_loss, found.final_loss), (Some(0.71), Some(0.76)));
    assert!((found.rise.unwrap() - 0.05 / 0.71).abs() < 1e-15);
    // Training ends at .355, the untrained network had 1.05.
    assert!((found.train_loss_left.unwrap() - 0.355 / 1.05).abs() < 1e-15);
    // The last fifth, five epochs at least: Σxy/Σxx = (2·(.78 − .71) + .76 − .73)/10 = .017 for each of four steps.
    assert!((found.trend.unwrap() - 4.0 * 0.017 / 0.76).abs() < 1e-12, "{found:?}");
}

#[test]
fn a_rise_while_training_gets_no_further_is_no_overfitting() {
    let rise = |epoch: f64| falling(epoch) + 0.005 * epoch;
    assert_ne!(Planted::curve(60, rise, |epoch| rise(epoch) + 0.1).finding().diagnosis, Diagnosis::Overfits);
}

#[test]
fn a_loss_near_nothing_may_double() {
    // From 0.001 to 0.003 after a fall of 1.6: rote that costs nothing.
    let planted = Planted::curve(60, falling, |epoch| 2.0 * 0.8_f64.powf(epoch) + 0.001 + 0.000_03 * epoch);
    assert_eq!(planted.finding().diagnosis, Diagnosis::Fits);
}

#[test]
fn a_single_odd_epoch_at_the_end_is_no_rise() {
    let (_, mut fits) = clear_cases().swap_remove(1);
    *fits.held_out.last_mut().unwrap() *= 1.5;
    assert_eq!(fits.finding().rise.map(|rise| rise < RISE), Some(true));
}

#[test]
fn who_is_hardly_better_than_a_guess_underfits_whatever_the_loss() {
    let (_, mut fits) = clear_cases().swap_remove(1);
    fits.guess = Some(0.0);
    fits.end.train = Some(0.09);
    assert_eq!(fits.finding().diagnosis, Diagnosis::Underfits);
    fits.end.train = Some(0.11);
    assert_eq!(fits.finding().diagnosis, Diagnosis::Fits);
    // Nine rows in ten of one class: a tenth of what is left is one point.
    fits.guess = Some(0.9);
    fits.end.train = Some(0.905);
    assert_eq!(fits.finding().diagnosis, Diagnosis::Underfits);
    fits.end.train = Some(0.92);
    assert_eq!(fits.finding().diagnosis, Diagnosis::Fits);
}

#[test]
fn beside_a_variant_that_is_better_at_both_a_fit_is_an_underfit() {
    let (_, fits) = clear_cases().swap_remove(1);
    let beside = |train, held_out| {
        let best = Scores { train: Some(train), held_out: Some(held_out) };
        fits.finding().beside(best).diagnosis
    };
    assert_eq!(beside(0.96, 0.84), Diagnosis::Underfits);
    // Less by rote and as good, or better by other means than more learning, is what remedies are for.
    assert_eq!((beside(1.0, 0.82), beside(0.94, 0.9)), (Diagnosis::Fits, Diagnosis::Fits));
    let (_, overfits) = clear_cases().swap_remove(0);
    let best = Scores { train: Some(1.0), held_out: Some(1.0) };
    assert_eq!(overfits.finding().beside(best).diagnosis, Diagnosis::Overfits);
}

#[test]
fn without_held_out_losses_there_is_nothing_to_say_but_that_training_failed() {
    let epochs = [1, 2, 3, 4, 5];
    let series = |train_loss| Series {
        epochs: &epochs,
        train_loss,
        held_out_loss: &[f64::NAN; 5],
        untrained_loss: None,
        train_score: &[f64::NAN; 5],
        held_out_score: &[f64::NAN; 5],
        kept_epoch: None,
        guess: None,
    };
    assert_eq!(diagnose(&series(&[1.0; 5]), false), None);
    let ended = diagnose(&series(&[1.0, 2.0, f64::NAN, 4.0, 5.0]), false);
    assert_eq!(ended.map(|found| found.diagnosis), Some(Diagnosis::Diverges));
}

#[test]
fn most_trials_decide_with_medians_over_those_that_agree() {
    let cases = clear_cases();
    let of = |place: usize, case: usize, onset: u32| {
        let finding = Finding { onset_epoch: Some(onset), ..cases[case].1.finding() };
        Diagnosed { place, seed: place as u64, fold: 0, held: Held::Validation, finding }
    };
    let found = MajorityDiagnosis::of(&[of(0, 0, 20), of(1, 1, 60), of(2, 0, 30)]).unwrap();
    assert_eq!((found.diagnosis, found.times, found.of), (Diagnosis::Overfits, 2, 3));
    assert_eq!((found.onset_epoch, found.counts), (Some(25.0), vec![(Diagnosis::Overfits, 2), (Diagnosis::Fits, 1)]));
    // Of equally many the graver one.
    assert_eq!(MajorityDiagnosis::of(&[of(0, 1, 60), of(1, 0, 20)]).unwrap().diagnosis, Diagnosis::Overfits);
    assert_eq!(MajorityDiagnosis::of(&[]), None);
}

#[test]
fn trials_stand_beside_those_of_the_same_seed_of_the_cell_with_the_best_mean() {
    let fits = clear_cases()[1].1.finding();
    let of = |seed: u64, train: f64, held_out: f64| {
        let end = Scores { train: Some(train), held_out: Some(held_out) };
        Diagnosed { place: 0, seed, fold: 0, held: Held::Validation, finding: Finding { end, ..fits } }
    };
    let mut best = [of(0, 0.99, 0.9), of(1, 0.99, 0.8)];
    let mut low = [of(0, 0.8, 0.8), of(1, 0.8, 0.8), of(2, 0.5, 0.5)];
    beside_each_other(&mut [&mut low, &mut best]);
    let told = low.map(|trial| trial.finding.diagnosis);
    assert_eq!(told, [Diagnosis::Underfits, Diagnosis::Fits, Diagnosis::Fits]);
    assert_eq!(low[0].finding.reference, Some(Scores { train: Some(0.99), held_out: Some(0.9) }));
    assert!(best.iter().all(|trial| trial.finding.diagnosis == Diagnosis::Fits));
}

proptest! {
    #[test]
    fn the_unit_of_the_loss_changes_nothing(case in 0usize..7, power in -20i32..20) {
        let (diagnosis, planted) = clear_cases().swap_remove(case);
        let found = planted.scaled(2.0_f64.powi(power)).finding();
        prop_assert_eq!(found.diagnosis, diagnosis);
        prop_assert_eq!(found.rise, planted.finding().rise);
    }

    #[test]
    fn a_little_noise_does_not_turn_a_clear_case(
        case in 0usize..7,
        noise in prop::collection::vec(-0.004..0.004, 120),
    ) {
        let (diagnosis, planted) = clear_cases().swap_remove(case);
        prop_assert_eq!(planted.jittered(&noise).finding().diagnosis, diagnosis);
    }

    #[test]
    fn any_curve_has_a_diagnosis_and_shares_are_finite(
        losses in prop::collection::vec((0.0..3.0, 0.0..3.0), 5..40),
    ) {
        let (train, held_out) = losses.into_iter().unzip();
        let found = Planted::new(train, held_out).finding();
        let shares = [found.rise, found.trend, found.scatter, found.train_loss_left];
        prop_assert!(shares.into_iter().flatten().all(f64::is_finite));
    }
}
