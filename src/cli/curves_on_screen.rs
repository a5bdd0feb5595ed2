//! Whether learning curves are drawn on the screen, and where.
//!
//! In: what the user wants, and what the screen can show. Out: a [`Place`]. A pipe gets them only where they were asked for, so
//! that scripts read the same text as ever.

use crate::report::{Format, Style};

/// The narrowest screen with curves.
const LEAST: u16 = 60;
/// The narrowest screen on which they stand beside the table, and columns between both.
const ABREAST: u16 = 140;
const GAP: u16 = 3;
/// The width of a table that has a wide screen, and the widest curves.
const TABLE: u16 = 80;
const WIDEST: u16 = 100;

/// Whether curves are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// On a terminal that has room for them.
    WhereTheyFit,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

/// Where they are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere.
    Nowhere,
    /// After all else.
    Below(Style),
    /// On the right of the comparison.
    Beside {
        /// What is left for it.
        table: Style,
        /// What the curves have.
        curves: Style,
    },
}

impl Place {
    pub fn of(wish: Wish, format: Format, is_terminal: bool, style: Style) -> Self {
        let fits = is_terminal && style.width >= LEAST;
        let is_wanted = wish == Wish::Always || wish == Wish::WhereTheyFit && fits;
        if !is_wanted || format != Format::Table {
            return Place::Nowhere;
        }
        if style.width < ABREAST {
            return Place::Below(style);
        }
        let curves = (style.width - GAP - TABLE).min(WIDEST);
        Place::Beside {
            table: Style { width: style.width - GAP - curves, ..style },
            curves: Style { width: curves, ..style },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(wish: Wish, is_terminal: bool, width: u16) -> Place {
        Place::of(wish, Format::Table, is_terminal, Style { width, colour: false })
    }

    #[test]
    fn they_stand_below_and_where_there_is_room_beside() {
        let style = |width| Style { width, colour: false };
        assert_eq!(place(Wish::WhereTheyFit, true, 59), Place::Nowhere);
        assert_eq!(place(Wish::WhereTheyFit, true, 80), Place::Below(style(80)));
        assert_eq!(place(Wish::WhereTheyFit, true, 140), Place::Beside { table: style(80), curves: style(57) });
        assert_eq!(place(Wish::WhereTheyFit, true, 300), Place::Beside { table: style(197), curves: style(100) });
    }

    #[test]
    fn a_pipe_and_other_formats_have_none_unless_asked_for() {
        assert_eq!(place(Wish::WhereTheyFit, false, 80), Place::Nowhere);
        assert_eq!(place(Wish::Never, true, 80), Place::Nowhere);
        assert_eq!(place(Wish::Always, false, 80), Place::Below(Style { width: 80, colour: false }));
        let json = Place::of(Wish::WhereTheyFit, Format::Json, true, Style { width: 80, colour: false });
        assert_eq!(json, Place::Nowhere);
    }
}
