use super::*;
use crate::report::charts::{Axis, Colour, Point, Table};

const PLAIN: Style = Style { width: 60, colour: false };
const COLOURED: Style = Style { width: 60, colour: true };

fn series(name: &str, variant: usize, role: Role, points: impl Iterator<Item = (f64, f64)>) -> Series {
    Series {
        name: name.to_owned(),
        colour: Colour::of(variant, 0),
        role,
        has_marks: false,
        is_shown: true,
        points: points.map(|(x, y)| Point { x, y, band: None }).collect(),
        events: Vec::new(),
    }
}

fn rising(end: f64) -> impl Iterator<Item = (f64, f64)> {
    (0..=60).map(move |epoch| (f64::from(epoch), end * f64::from(epoch) / f64::from(epoch + 4)))
}

fn chart(series: Vec<Series>) -> Chart {
    let axis = |label: &str, unit| Axis { label: label.to_owned(), scale: Scale::Linear, unit };
    let (x, y) = (axis("epoch", Unit::Plain), axis("accuracy", Unit::Percent));
    Chart {
        name: "learning-curve-accuracy".to_owned(),
        title: String::new(),
        caption: String::new(),
        plot: Plot::Curves(Curves { x, y, series, rules: Vec::new() }),
        table: Table::default(),
    }
}

fn two() -> Chart {
    chart(vec![
        series("none", 0, Role::Train, rising(104.0)),
        series("none", 0, Role::Test, rising(80.0)),
        series("dropout", 1, Role::Test, rising(95.0).take(45)),
    ])
}

#[test]
fn without_colours_letters_stand_along_the_lines_and_at_their_ends() {
    let drawn = lines(&two(), PLAIN);
    let expected = "\
accuracy on the test rows, means; dotted: train
100% ┤                                    ⡀ ⡀ ⡀ ⡀ ⠄ ⠄ ⠄ ⠄
     │                    ⡀ ⡀ ⠄ ⠄ ⠂ ⠂ ⠁ ⠁
     │              ⡀ ⠄ ⠂     ⢀⣀⣀B⣀⠤⠤⠤⠤⠤⠒⠒⠒B⠂B
 80% ┤          ⡀ ⠂  ⣀⣀B⠤⠔⠒⠉⠉⠉⠁
     │        ⠄  ⡠⠔⠒⠉              ⢀⣀⣀A⣀⣀⣀⡠⠤⠤⠤⠤⠤A⠤⠤⠤⠤⠔⠒⠒⠒⠒A
     │      ⡀ ⡠⠒⠉     ⣀⣀⡠⠤⠤⠒A⠒⠊⠉⠉⠉⠉⠁
     │      ⡠B   ⡠A⠒⠉⠉
 60% ┤    ⡀⡜ ⢀⠤⠊⠉
     │    ⡝⢀⠔⠁
     │   ⡜⡠⠃
 40% ┤  ⡿⡰⠁
     │ ⢠A⠁
     └┬────────────────┬────────────────┬────────────────┬
      0               20               40               60 epoch
A none  B dropout
";
    assert_eq!(drawn.join("\n"), expected.trim_end());
}

#[test]
fn with_colours_training_rows_are_dim_and_letters_bold() {
    let drawn = lines(&two(), COLOURED).join("\n");
    assert!(drawn.contains("\u{1b}[2;38;5;243m") && drawn.contains("\u{1b}[1;38;5;25mB\u{1b}[0m dropout"), "{drawn}");
    let letters = drawn.lines().skip(1).take(HEIGHT).filter(|line| line.contains('A')).count();
    assert_eq!(letters, 1, "one letter at the end of a line");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let long = "pruned 60% of the neurons, then trained on for as long as before 过拟合";
    let curves = (0..8).map(|place| series(&format!("{long} {place}"), place, Role::Test, rising(60.0 + place as f64)));
    let chart = chart(curves.collect());
    for width in [40, 60, 79, 120] {
        for line in lines(&chart, Style { width, colour: false }) {
            assert!(display_width(&line) <= usize::from(width), "{width}: {line}");
        }
    }
    assert_eq!(lines(&chart, Style { width: 25, colour: false }), [""; 0], "too narrow for anything");
}

#[test]
fn names_from_a_config_move_no_cursor() {
    let drawn = lines(&chart(vec![series("a\u{1b}[2Jb", 0, Role::Test, rising(80.0))]), PLAIN);
    assert!(drawn.last().unwrap().ends_with("A a\u{fffd}[2Jb"), "{drawn:?}");
}

#[test]
fn what_is_not_to_be_seen_is_counted_and_a_single_point_is_no_plot() {
    let mut hidden = series("l2", 2, Role::Test, rising(50.0));
    hidden.is_shown = false;
    let drawn = lines(&chart(vec![series("none", 0, Role::Test, rising(80.0)), hidden]), PLAIN);
    assert_eq!(drawn[0], "accuracy on the test rows, means; 1 of 2 are drawn");
    assert_eq!(lines(&chart(vec![series("none", 0, Role::Test, rising(80.0).take(1))]), PLAIN), [""; 0]);
}

#[test]
fn colours_are_the_nearest_of_those_that_terminals_agree_on() {
    assert_eq!([[0, 0x72, 0xb2], [0xff, 0, 0], [0x6b, 0x72, 0x80]].map(of_256), [25, 196, 243]);
}
