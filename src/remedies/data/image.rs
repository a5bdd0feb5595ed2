//! Images moved about.

use serde::Deserialize;

use crate::random::{Purpose, Stream};
use crate::recipe::{Batch, BatchTransform, Moment, Recipe};
use crate::remedies::{Context, Entry, Refusal, Remedy, settings};
use crate::schema::{Default, Field, Interval, Kind, Table};

pub(in crate::remedies) const ENTRY: Entry = Entry {
    name: "image",
    idea: "shift and turn images, each a little otherwise every time",
    formula: "every row is an image of data.image = [rows, columns] pixels, row by row. It is turned about its centre by an angle \
              uniform in [-rotate, rotate] (bilinear), then shifted down and right by whole pixels, each uniform in {-shift, \
              ..., shift}, anew for every row and batch. What comes in from outside is 0 in the units of the file, whatever \
              the scaling. Along a side no longer than shift at least one line of pixels stays.",
    touches: "the inputs of every training batch; never validation, test or the measured training figures",
    source: "Simard, Steinkraus & Platt, Best practices for convolutional neural networks applied to visual document \
             analysis, ICDAR 2003",
    table: &Table {
        fields: &[
            Field {
                name: "shift",
                kind: Kind::Integer { least: 0, most: 10_000 },
                default: Default::Toml("0"),
                doc: "largest shift in pixels, up, down, left and right; usual 1 to 2",
            },
            Field {
                name: "rotate",
                kind: Kind::Number(Interval::closed(0.0, 180.0)),
                default: Default::Toml("0.0"),
                doc: "largest turn in degrees, to either side; usual 10 to 15",
            },
        ],
        short: None,
    },
    make: |value| Box::new(settings::<Image>("image", value)),
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Image {
    shift: usize,
    rotate: f64,
}

impl Remedy for Image {
    fn is_off(&self) -> bool {
        self.shift == 0 && self.rotate == 0.0
    }

    fn check(&self, context: &Context) -> Result<(), Refusal> {
        let refuse = |key, reason| Err(Refusal { key, reason });
        let Some([rows, columns]) = context.rows.image() else {
            return refuse("", "needs data.image = [rows, columns], found none".to_owned());
        };
        let inputs = context.rows.inputs();
        if let Some(category) = inputs.iter().find(|input| input.scaling.is_none()) {
            let reason = format!("needs numeric columns only, found the categorical column {:?}", category.column);
            return refuse("", reason);
        }
        if rows.checked_mul(columns) != Some(inputs.len()) {
            let reason = format!(
                "needs as many inputs as data.image has pixels, found {} inputs and {rows} x {columns} pixels",
                inputs.len()
            );
            return refuse("", reason);
        }
        let longer = rows.max(columns);
        if self.shift >= longer {
            let reason = format!("must be less than {longer}, the longer side of data.image, found {}", self.shift);
            return refuse("shift", reason);
        }
        Ok(())
    }

    fn contribute(&self, context: &Context, recipe: &mut Recipe) {
        let size = context.rows.image().expect("the remedy is checked to have the size of the images");
        let scaling = context.rows.inputs().iter().map(|input| input.scaling.expect("checked to be numeric")).collect();
        recipe.batch_transforms.push(Box::new(Mover { size, shift: self.shift, rotate: self.rotate, scaling }));
    }
}

/// Moves the images of a batch.
#[derive(Debug)]
struct Mover {
    /// Rows and columns of pixels.
    size: [usize; 2],
    shift: usize,
    /// In degrees.
    rotate: f64,
    /// Shift and scale of each pixel: input = (pixel − shift) / scale. `[pixels]`
    scaling: Vec<(f32, f32)>,
}

/// How one image is moved.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Movement {
    down: isize,
    right: isize,
    /// Sine and cosine of the angle, where there is one.
    turn: Option<[f64; 2]>,
}

impl BatchTransform for Mover {
    fn apply(&self, batch: &mut Batch<'_>, moment: Moment) {
        let mut stream = moment.key(Purpose::Image).open();
        let mut pixels = vec![0.0; self.scaling.len()];
        for mut row in batch.inputs.outer_iter_mut() {
            let movement = self.draw(&mut stream);
            if movement == (Movement { down: 0, right: 0, turn: None }) {
                continue;
            }
            for ((pixel, &input), &(shift, scale)) in pixels.iter_mut().zip(&row).zip(&self.scaling) {
                *pixel = input * scale + shift;
            }
            for (index, (input, &(shift, scale))) in row.iter_mut().zip(&self.scaling).enumerate() {
                *input = (self.moved(&pixels, movement, index) - shift) / scale;
            }
        }
    }
}

impl Mover {
    fn draw(&self, stream: &mut Stream) -> Movement {
        // At least one line of pixels stays in the picture.
        let [down, right] = self.size.map(|side| {
            let most = self.shift.min(side - 1);
            stream.below(2 * most + 1) as isize - most as isize
        });
        let turn = (self.rotate > 0.0).then(|| turn_by(self.rotate * (2.0 * stream.uniform() - 1.0)));
        Movement { down, right, turn }
    }

    /// The pixel that comes to place `index`, in the units of the file.
    fn moved(&self, pixels: &[f32], movement: Movement, index: usize) -> f32 {
        let columns = self.size[1];
        let row = (index / columns) as isize - movement.down;
        let column = (index % columns) as isize - movement.right;
        match movement.turn {
            None => self.pixel(pixels, row, column),
            Some(turn) => self.turned(pixels, turn, row, column),
        }
    }

    /// The pixel that a turn of the whole image brings to a place: between the four nearest of where it was.
    fn turned(&self, pixels: &[f32], [sin, cos]: [f64; 2], row: isize, column: isize) -> f32 {
        let [middle, centre] = self.size.map(|side| (side as f64 - 1.0) / 2.0);
        let (y, x) = (row as f64 - middle, column as f64 - centre);
        let (y, x) = (cos * y - sin * x + middle, sin * y + cos * x + centre);
        let (top, left) = (libm::floor(y), libm::floor(x));
        let (lower, further) = ((y - top) as f32, (x - left) as f32);
        let at = |down: isize, right: isize| self.pixel(pixels, top as isize + down, left as isize + right);
        let upper_line = (1.0 - further) * at(0, 0) + further * at(0, 1);
        let lower_line = (1.0 - further) * at(1, 0) + further * at(1, 1);
        (1.0 - lower) * upper_line + lower * lower_line
    }

    /// A pixel, 0 outside the image.
    fn pixel(&self, pixels: &[f32], row: isize, column: isize) -> f32 {
        let inside = |place: isize, side: usize| usize::try_from(place).ok().filter(|&place| place < side);
        match (inside(row, self.size[0]), inside(column, self.size[1])) {
            (Some(row), Some(column)) => pixels[row * self.size[1] + column],
            _ => 0.0,
        }
    }
}

/// Sine and cosine of an angle in degrees.
fn turn_by(degrees: f64) -> [f64; 2] {
    let radians = degrees * (std::f64::consts::PI / 180.0);
    [libm::sin(radians), libm::cos(radians)]
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::data::Targets;

    fn mover(size: [usize; 2], shift: usize, rotate: f64) -> Mover {
        Mover { size, shift, rotate, scaling: vec![(0.0, 1.0); size[0] * size[1]] }
    }

    fn whole(mover: &Mover, pixels: &[f32], down: isize, right: isize, angle: f64) -> Vec<f32> {
        let turn = (angle != 0.0).then(|| turn_by(angle));
        (0..pixels.len()).map(|index| mover.moved(pixels, Movement { down, right, turn }, index)).collect()
    }

    const PIXELS: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];

    #[test]
    fn a_shifted_image_leaves_zeros_behind() {
        let mover = mover([2, 3], 1, 0.0);
        assert_eq!(whole(&mover, &PIXELS, 0, 1, 0.0), [0.0, 1.0, 2.0, 0.0, 4.0, 5.0]);
        assert_eq!(whole(&mover, &PIXELS, -1, 0, 0.0), [4.0, 5.0, 6.0, 0.0, 0.0, 0.0]);
        assert_eq!(whole(&mover, &PIXELS, 1, -1, 0.0), [0.0, 0.0, 0.0, 2.0, 3.0, 0.0]);
    }

    #[test]
    fn a_quarter_turn_goes_clockwise_and_a_half_turn_is_the_image_backwards() {
        let close = |found: &[f32], wanted: &[f32]| found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-5);
        let square = whole(&mover([2, 2], 0, 90.0), &[1.0, 2.0, 3.0, 4.0], 0, 0, 90.0);
        assert!(close(&square, &[3.0, 1.0, 4.0, 2.0]), "{square:?}");
        let half = whole(&mover([2, 3], 0, 180.0), &PIXELS, 0, 0, 180.0);
        assert!(close(&half, &[6.0, 5.0, 4.0, 3.0, 2.0, 1.0]), "{half:?}");
        // By 45 degrees the corner of three pixels by three comes from √2 to the left of the middle: outside by √2 - 1.
        let turned = whole(&mover([3, 3], 0, 45.0), &[1.0; 9], 0, 0, 45.0);
        assert!((turned[0] - (2.0 - 2f32.sqrt())).abs() < 1e-5 && turned[4] == 1.0, "{turned:?}");
    }

    #[test]
    fn what_comes_in_is_zero_in_the_units_of_the_file() {
        // Each pixel with a scaling of its own; the image in the units of the file is 10, 20, 30, 40, 50, 60.
        let scaling: Vec<(f32, f32)> = (0..6).map(|pixel| (pixel as f32, 2.0 + pixel as f32)).collect();
        let scaled = |pixels: [f32; 6]| -> Vec<f32> {
            pixels.iter().zip(&scaling).map(|(pixel, (shift, scale))| (pixel - shift) / scale).collect()
        };
        let mover = Mover { size: [2, 3], shift: 1, rotate: 0.0, scaling: scaling.clone() };
        let image = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0];
        let mut inputs = Array2::from_shape_vec((40, 6), scaled(image).repeat(40)).unwrap();
        let mut batch = Batch { inputs: inputs.view_mut(), targets: &mut Targets::Values(Vec::new()) };
        mover.apply(&mut batch, Moment { seed: 1, member: 0, step: 0 });
        let all: Vec<Vec<f32>> = [-1, 0, 1]
            .into_iter()
            .flat_map(|down| [-1, 0, 1].map(|right| whole(&mover, &image, down, right, 0.0)))
            .map(|pixels| scaled(pixels.try_into().unwrap()))
            .collect();
        let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
        let mut seen = vec![0; 9];
        for row in inputs.outer_iter() {
            let found = all.iter().position(|image| close(image, row.as_slice().unwrap()));
            seen[found.unwrap_or_else(|| panic!("{row} is none of the nine"))] += 1;
        }
        assert!(seen.iter().all(|&count| count > 0), "each of the nine is drawn: {seen:?}");
    }

    #[test]
    fn a_single_line_is_shifted_along_itself() {
        let mover = mover([1, 5], 2, 0.0);
        let mut stream = Moment { seed: 1, member: 0, step: 0 }.key(Purpose::Image).open();
        let draws: Vec<Movement> = (0..200).map(|_| mover.draw(&mut stream)).collect();
        assert!(draws.iter().all(|draw| draw.down == 0 && draw.right.abs() <= 2));
        assert!((-2..=2).all(|right| draws.iter().any(|draw| draw.right == right)));
    }

    proptest! {
        #[test]
        fn nothing_is_brighter_than_before(
            pixels in prop::collection::vec(0.0..1.0f32, 20), down in -3isize..4, right in -3isize..4, angle in -90.0..90.0f64,
        ) {
            let brightest = pixels.iter().copied().fold(0.0, f32::max);
            let moved = whole(&mover([4, 5], 3, 90.0), &pixels, down, right, angle);
            prop_assert!(moved.iter().all(|&pixel| (0.0..=brightest * 1.000_001).contains(&pixel)));
        }
    }
}
