//! The colours of variants: the same in every chart, told apart by colour-blind readers, and readable on white and on black.
//!
//! The baseline is grey; the others have the colours of Okabe and Ito (2008) in turn. Their yellow is darkened, since lines of
//! it vanish on white. Past the seventh variant the colours begin again with another [`Marker`]. The points of a variant that
//! sweeps something have shades of its colour, from light to dark.

/// A colour as red, green and blue.
pub type Rgb = [u8; 3];

/// Which colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colour {
    /// The variant's place among those that are not the baseline; `None` for the baseline.
    pub variant: Option<usize>,
    /// Where it stands among the points of the variant: 0 is the first, 1 the last; `None` where there is only one.
    pub shade: Option<f64>,
}

/// The shape of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Marker {
    Circle,
    Square,
    Diamond,
    Triangle,
    Cross,
}

const BASELINE: Rgb = [0x6b, 0x72, 0x80];

/// Blue, vermilion, green, orange, purple, sky blue, (dark) yellow: neighbours differ most.
const OTHERS: [Rgb; 7] = [
    [0x00, 0x72, 0xb2],
    [0xd5, 0x5e, 0x00],
    [0x00, 0x9e, 0x73],
    [0xe6, 0x9f, 0x00],
    [0xcc, 0x79, 0xa7],
    [0x56, 0xb4, 0xe9],
    [0xb5, 0xa6, 0x00],
];

const MARKERS: [Marker; 5] = [Marker::Circle, Marker::Square, Marker::Diamond, Marker::Triangle, Marker::Cross];

/// How far the shades of a variant go towards white and black.
const LIGHTEST: f64 = 0.55;
const DARKEST: f64 = 0.35;

impl Colour {
    /// That of a variant with a single point.
    pub fn of(variant: usize, baseline: usize) -> Self {
        let place = if variant > baseline { variant - 1 } else { variant };
        Self { variant: (variant != baseline).then_some(place), shade: None }
    }

    /// The same at a point among several.
    pub fn at(self, place: usize, points: usize) -> Self {
        Self { shade: (points > 1).then(|| place as f64 / (points - 1) as f64), ..self }
    }

    /// On a light ground.
    pub fn rgb(self) -> Rgb {
        let full = self.variant.map_or(BASELINE, |variant| OTHERS[variant % OTHERS.len()]);
        match self.shade {
            None => full,
            Some(shade) if shade < 0.5 => mixed(full, 255.0, LIGHTEST * (1.0 - 2.0 * shade)),
            Some(shade) => mixed(full, 0.0, DARKEST * (2.0 * shade - 1.0)),
        }
    }

    /// On a dark ground: lighter, for as much contrast.
    pub fn rgb_on_dark(self) -> Rgb {
        mixed(self.rgb(), 255.0, 0.3)
    }

    /// What tells variants apart that have the same colour.
    pub fn marker(self) -> Marker {
        MARKERS[self.variant.map_or(0, |variant| variant / OTHERS.len() % MARKERS.len())]
    }

    /// `#0072b2`.
    pub fn hex(rgb: Rgb) -> String {
        format!("#{:02x}{:02x}{:02x}", rgb[0], rgb[1], rgb[2])
    }
}

fn mixed(from: Rgb, towards: f64, share: f64) -> Rgb {
    from.map(|part| (f64::from(part) + (towards - f64::from(part)) * share).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_baseline_is_grey_and_takes_no_colour_away() {
        let colours: Vec<Option<usize>> = (0..4).map(|variant| Colour::of(variant, 1).variant).collect();
        assert_eq!(colours, [Some(0), None, Some(1), Some(2)]);
        assert_eq!(Colour::of(1, 1).rgb(), BASELINE);
    }

    #[test]
    fn thirty_five_variants_differ_by_colour_or_marker() {
        let seen: std::collections::HashSet<(Rgb, String)> =
            (1..36).map(|variant| Colour::of(variant, 0)).map(|c| (c.rgb(), format!("{:?}", c.marker()))).collect();
        assert_eq!(seen.len(), 35);
    }

    #[test]
    fn points_of_a_sweep_run_from_light_to_dark() {
        let brightness = |place| Colour::of(1, 0).at(place, 9).rgb().iter().map(|part| u32::from(*part)).sum::<u32>();
        assert!((1..9).all(|place| brightness(place) < brightness(place - 1)));
        assert_eq!(Colour::of(1, 0).at(4, 9).rgb(), Colour::of(1, 0).rgb());
        assert_eq!(Colour::of(1, 0).at(0, 1), Colour::of(1, 0), "a single point has the colour itself");
    }

    #[test]
    fn every_colour_can_be_seen_on_white_and_on_black() {
        // Relative luminance and contrast as in WCAG 2; 2 is little, but lines are thick and have marks and words beside them.
        let light = |rgb: Rgb| {
            let part = |c: u8| libm::pow(f64::from(c) / 255.0, 2.2);
            0.2126 * part(rgb[0]) + 0.7152 * part(rgb[1]) + 0.0722 * part(rgb[2])
        };
        for variant in 0..8 {
            let colour = Colour::of(variant, 0);
            assert!(1.05 / (light(colour.rgb()) + 0.05) > 2.0, "{colour:?} on white");
            assert!((light(colour.rgb_on_dark()) + 0.05) / 0.06 > 3.0, "{colour:?} on black");
        }
    }

    #[test]
    fn colours_are_written_in_hexadecimal() {
        assert_eq!(Colour::hex([0, 0x72, 0xb2]), "#0072b2");
    }
}
