use proptest::prelude::*;

use super::*;
use crate::data::TrialData;
use crate::data::fixtures::trial_with;
use crate::random::StreamKey;

const NUMERIC: Balancer = Balancer { neighbours: 2, categories: Vec::new() };

fn stream() -> Stream {
    StreamKey::new(3, Purpose::Smote).open()
}

/// Rows made up from those of a class of one or more columns.
fn filled(balancer: &Balancer, class: &[Vec<f32>], count: usize) -> Vec<Vec<f32>> {
    let mut made = Vec::new();
    let rows: Vec<&[f32]> = class.iter().map(Vec::as_slice).collect();
    balancer.fill(&rows, count, &mut stream(), &mut made);
    made.chunks(class[0].len()).map(<[f32]>::to_vec).collect()
}

/// Whether `made` is `own + u (other - own)` for some u in [0, 1).
fn is_between(made: &[f32], own: &[f32], other: &[f32]) -> bool {
    let longest = (0..own.len()).max_by(|&a, &b| (other[a] - own[a]).abs().total_cmp(&(other[b] - own[b]).abs()));
    let Some(longest) = longest else { return true };
    let length = other[longest] - own[longest];
    let way = if length == 0.0 { 0.0 } else { (made[longest] - own[longest]) / length };
    let on_line = |((x, own), other): ((&f32, &f32), &f32)| (x - (own + way * (other - own))).abs() < 1e-4;
    (-1e-6..=1.0 + 1e-6).contains(&way) && made.iter().zip(own).zip(other).all(on_line)
}

#[test]
fn of_two_rows_every_new_one_lies_between_them() {
    let class = [vec![0.0, 10.0], vec![4.0, 2.0]];
    let made = filled(&NUMERIC, &class, 50);
    assert_eq!(made.len(), 50);
    let mut shares: Vec<f32> = made.iter().map(|row| row[0] / 4.0).collect();
    for row in &made {
        // On the line through both: y = 10 - 2x.
        assert!((row[1] - (10.0 - 2.0 * row[0])).abs() < 1e-5, "{row:?}");
    }
    shares.sort_by(f32::total_cmp);
    assert!(shares[0] >= 0.0 && shares[0] < 0.2 && shares[49] <= 1.0 && shares[49] > 0.8, "{shares:?}");
    assert!((shares[24] - 0.5).abs() < 0.25, "{shares:?}");
}

#[test]
fn rows_take_their_turns_and_meet_all_of_their_neighbours() {
    // Of the two nearest of each: 0 has 1 and 2, 10 has 9 and 8; the two groups are never joined.
    let class: Vec<Vec<f32>> = [0.0, 1.0, 2.0, 8.0, 9.0, 10.0].map(|x| vec![x]).to_vec();
    let made = filled(&NUMERIC, &class, 600);
    let low = made.iter().filter(|row| (0.0..=2.0).contains(&row[0])).count();
    assert_eq!(low, 300, "every row begins 100 times");
    assert!(made.iter().all(|row| row[0] <= 2.0 || row[0] >= 8.0));
    assert!(made.iter().any(|row| row[0] > 0.1 && row[0] < 0.9) && made.iter().any(|row| row[0] > 1.1));
}

#[test]
fn a_class_of_one_row_is_filled_up_with_that_row() {
    assert_eq!(filled(&NUMERIC, &[vec![3.0, -1.0]], 3), vec![vec![3.0, -1.0]; 3]);
}

#[test]
fn a_category_is_the_one_that_most_neighbours_have() {
    let mut inputs = [0.3, 0.3, 0.4];
    let rows: [[f32; 3]; 3] = [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
    elect(&mut inputs, &[1.0, 0.0, 0.0], rows.iter().map(|row| &row[..]));
    assert_eq!(inputs, [0.0, 1.0, 0.0]);
    // One vote each: that of the row itself, or the first.
    elect(&mut inputs, &[0.0, 1.0, 0.0], rows[..2].iter().map(|row| &row[..]));
    assert_eq!(inputs, [0.0, 1.0, 0.0]);
    elect(&mut inputs, &[0.0, 0.0, 1.0], rows[..2].iter().map(|row| &row[..]));
    assert_eq!(inputs, [1.0, 0.0, 0.0]);
}

#[test]
fn made_up_rows_have_one_category() {
    let class: Vec<Vec<f32>> =
        (0..6u8).map(|row| vec![f32::from(row), f32::from(row % 2), f32::from(1 - row % 2)]).collect();
    let made = filled(&Balancer { neighbours: 3, categories: std::iter::once(1..3).collect() }, &class, 40);
    assert!(made.iter().all(|row| row[1..] == [0.0, 1.0] || row[1..] == [1.0, 0.0]), "{made:?}");
    assert!(made.iter().any(|row| row[0].fract() != 0.0), "numbers lie between");
}

/// Training rows of so many rows of each class, with two columns of numbers.
fn data(sizes: &[usize]) -> TrialData {
    let mut text = "a,b,class\n".to_owned();
    for (class, &size) in sizes.iter().enumerate() {
        (0..size).for_each(|row| text += &format!("{},{},c{class}\n", row * row % 17, (row * 7 + class) % 11));
    }
    trial_with(&text, 1, |settings| settings.split.stratify = true)
}

fn encoded(data: &TrialData, class: u32) -> Vec<Vec<f32>> {
    let rows = TrainingRows::of(data);
    let Targets::Classes(labels) = rows.targets() else { panic!("classes") };
    let members = (0..rows.count()).filter(|&position| labels[position] == class);
    members
        .map(|position| {
            let mut values = vec![0.0; 2];
            rows.encode(position, &mut values);
            values
        })
        .collect()
}

#[test]
fn balanced_classes_get_nothing() {
    let data = data(&[20, 20]);
    let added = NUMERIC.added(TrainingRows::of(&data), Moment { seed: 1, member: 0, step: 0 });
    assert_eq!(added, AddedRows { inputs: Vec::new(), targets: Targets::Classes(Vec::new()) });
}

#[test]
fn another_seed_makes_up_other_rows() {
    let data = data(&[30, 10]);
    let of_seed = |seed| NUMERIC.added(TrainingRows::of(&data), Moment { seed, member: 0, step: 0 });
    assert_eq!(of_seed(1), of_seed(1));
    assert_ne!(of_seed(1).inputs, of_seed(2).inputs);
    assert_eq!(of_seed(1).targets, of_seed(2).targets);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn all_classes_become_as_large_as_the_largest_by_rows_between_neighbours_of_the_class(
        sizes in prop::collection::vec(5usize..40, 2..4), neighbours in 1usize..50, seed in 0u64..100,
    ) {
        let data = data(&sizes);
        let balancer = Balancer { neighbours, categories: Vec::new() };
        let AddedRows { inputs, targets } = balancer.added(TrainingRows::of(&data), Moment { seed, member: 0, step: 0 });
        let Targets::Classes(labels) = targets else { panic!("classes") };
        prop_assert_eq!(inputs.len(), 2 * labels.len());
        let classes: Vec<Vec<Vec<f32>>> = (0..sizes.len() as u32).map(|class| encoded(&data, class)).collect();
        let largest = classes.iter().map(Vec::len).max().unwrap();
        for (class, rows) in classes.iter().enumerate() {
            let new: Vec<_> = inputs.chunks(2).zip(&labels).filter(|(_, label)| **label == class as u32).collect();
            prop_assert_eq!(rows.len() + new.len(), largest);
            let all: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
            let near: Vec<Vec<usize>> = (0..rows.len()).map(|row| nearest(&all, row, neighbours)).collect();
            for (made, _) in new {
                let joins = |own: usize| near[own].iter().any(|&other| is_between(made, &rows[own], &rows[other]));
                prop_assert!((0..rows.len()).any(joins), "{:?} in class {}", made, class);
            }
        }
    }
}
