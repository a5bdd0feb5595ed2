//! A drawing as PNG, with the fonts of the system.
//!
//! In: SVG that was written here. Out: the bytes of a PNG of three dots per unit, which are 450 dots per inch at 8 cm. A letter
//! that no font has is remembered, since it is not to be seen.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{FontResolver, Options, Tree, fontdb};

/// Dots per unit of the drawing.
const DOTS: f32 = 3.0;
/// So many letters are listed.
const LISTED: usize = 10;

/// Turns drawings into dots.
pub(super) struct Painter {
    options: Options<'static>,
    missing: Arc<Mutex<BTreeSet<char>>>,
    has_fonts: bool,
}

impl Painter {
    /// Looks for the fonts of the system, which takes a moment.
    pub fn new() -> Self {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        let missing = Arc::new(Mutex::new(BTreeSet::new()));
        let has_fonts = !fonts.is_empty();
        let options =
            Options { fontdb: Arc::new(fonts), font_resolver: resolver(Arc::clone(&missing)), ..Options::default() };
        Self { options, missing, has_fonts }
    }

    /// The drawing as PNG.
    pub fn paint(&mut self, drawing: &str) -> Vec<u8> {
        let tree = Tree::from_str(drawing, &self.options).expect("what is drawn here is well-formed SVG");
        let size = tree.size().to_int_size().scale_by(DOTS).expect("a drawing has a size");
        let mut dots = Pixmap::new(size.width(), size.height()).expect("a drawing has a size");
        resvg::render(&tree, Transform::from_scale(DOTS, DOTS), &mut dots.as_mut());
        dots.encode_png().expect("memory takes what is written into it")
    }

    /// What could not be drawn, as a warning.
    pub fn into_warning(self) -> Option<String> {
        if !self.has_fonts {
            return Some("plots/*.png have no text, since this system has no fonts; the SVG files have it".to_owned());
        }
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        if missing.is_empty() {
            return None;
        }
        let listed: String = missing.iter().take(LISTED).collect();
        let more = if missing.len() > LISTED { " and others" } else { "" };
        Some(format!(
            "plots/*.png lack the characters {listed}{more}, which no font of this system has; the SVG files have them"
        ))
    }
}

/// Fonts as usual; where none of those that are named is there, any; and what no font has is remembered.
fn resolver(missing: Arc<Mutex<BTreeSet<char>>>) -> FontResolver<'static> {
    let (select, fall_back) = (FontResolver::default_font_selector(), FontResolver::default_fallback_selector());
    FontResolver {
        select_font: Box::new(move |font, fonts| {
            select(font, fonts).or_else(|| fonts.faces().next().map(|face| face.id))
        }),
        select_fallback: Box::new(move |letter, used, fonts| {
            let found = fall_back(letter, used, fonts);
            if found.is_none() && !letter.is_whitespace() {
                missing.lock().unwrap_or_else(PoisonError::into_inner).insert(letter);
            }
            found
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(text: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\" viewBox=\"0 0 40 20\">\
             <rect width=\"40\" height=\"20\" fill=\"#ffffff\"/><text x=\"5\" y=\"15\">{text}</text></svg>"
        )
    }

    #[test]
    fn a_drawing_has_three_dots_per_unit_and_its_text() {
        let mut painter = Painter::new();
        let (text, none) = (painter.paint(&drawing("Ag")), painter.paint(&drawing("")));
        let dots = Pixmap::decode_png(&text).unwrap();
        assert_eq!((dots.width(), dots.height()), (120, 60));
        let has_fonts = painter.has_fonts;
        assert_eq!(text != none, has_fonts);
        assert_eq!(painter.into_warning().is_some(), !has_fonts);
    }

    #[test]
    fn a_letter_that_no_font_has_is_told() {
        let mut painter = Painter::new();
        // No character, and none will be.
        painter.paint(&drawing("\u{10fffd}"));
        assert!(painter.into_warning().unwrap().starts_with("plots/*.png "));
    }
}
