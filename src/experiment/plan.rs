//! Layers and cells: the base, a variant over it, its own values, then the values of all, then the epochs of a rung.
//!
//! In: a [`Document`] and its [`Points`]. Out: the merged tree of each variant and the checked [`Cell`]s. A cell keeps no
//! tree, since there may be many cells; [`Plan::node`] makes it again where an error has to name a line.

use std::path::PathBuf;
use std::sync::Arc;

use crate::schema::{self, Checker, Content, Node, Problem, Problems, merge};

use super::axis::{Axis, AxisValue, value_of};
use super::config::SETTINGS;
use super::document::{Document, EPOCHS, swept};
use super::points::{Point, Points, points};
use super::rungs::{Rung, rungs};
use super::sweep::Sweep;
use super::{Cell, ConfigErrors, Fingerprint, TrialSettings, settings};

/// The layers of an experiment.
#[derive(Debug)]
pub(super) struct Plan {
    folder: PathBuf,
    /// For each variant: its layer over the base, and its own axes.
    variants: Vec<(Node, Vec<Axis>)>,
    shared: Vec<Axis>,
    /// The swept keys: the shared ones first, then those of single variants as they appear, then that of the rungs.
    keys: Vec<String>,
    points: Points,
    sweep: Sweep,
}

/// The cells of an experiment, and under halving the rungs of each variant.
pub(super) type Cells = (Vec<Cell>, Vec<Vec<Rung>>);

/// Problems that make it pointless to look for more.
const ENOUGH_PROBLEMS: usize = 200;

impl Plan {
    /// Merges the variants and finds their points. Problems of the base alone are found here, whether or not variants hide
    /// them.
    pub(super) fn new(document: &Document, problems: &mut Problems) -> Self {
        let mut checker = Checker::partial();
        checker.problems = std::mem::take(problems);
        checker.check(&document.base, &SETTINGS, schema::Path::Root);
        *problems = checker.problems;
        let variants = (document.variants.iter())
            .map(|variant| {
                let mut node = document.base.clone();
                merge(&mut node, &variant.layer, &SETTINGS);
                (node, variant.axes.clone())
            })
            .collect();
        let rung_key = document.sweep.halving.map(|_| EPOCHS);
        let keys = swept(&document.variants, &document.shared).into_iter().chain(rung_key);
        Self {
            folder: document.folder.clone(),
            variants,
            shared: document.shared.clone(),
            keys: keys.map(str::to_owned).collect(),
            points: points(document, problems),
            sweep: document.sweep.clone(),
        }
    }

    /// The swept keys.
    pub(super) fn axes(&self) -> Vec<String> {
        self.keys.clone()
    }

    /// Every cell, checked: variant by variant, point by point, rung by rung. `problems` are those known so far.
    pub(super) fn cells(&self, problems: Problems) -> Result<Cells, ConfigErrors> {
        let mut checker = Checker::default();
        checker.problems = problems;
        let mut cells = Vec::new();
        let mut all_rungs = Vec::new();
        let mut data = None;
        for (variant, points) in self.points.variants.iter().enumerate() {
            let rungs = match points.points.first() {
                Some(first) if self.sweep.halving.is_some() => self.rungs(variant, *first, &mut checker),
                _ => Vec::new(),
            };
            let mut cell_of = |number: usize, point: Point, rung: Option<usize>| {
                let epochs = rung.map(|rung| rung_value(rungs[rung].epochs));
                let node = self.layered(variant, point, epochs.as_ref());
                let resolved = settings::resolve(&node, &self.folder, &mut data, &mut checker);
                if let Some((settings, fingerprint)) = resolved {
                    let at = Place { variant, number, point, rung: rung.unwrap_or(0) };
                    cells.push(self.cell(at, epochs.as_ref(), settings, fingerprint));
                }
                checker.problems.len() <= ENOUGH_PROBLEMS
            };
            for (number, point) in points.points.iter().enumerate() {
                let sound = match rungs.len() {
                    0 => cell_of(number, *point, None),
                    // The first rung may be the last: a single point has nothing to be chosen from.
                    count => (0..count).all(|rung| cell_of(number, *point, Some(rung))),
                };
                if !sound {
                    return Err(checker.problems.into());
                }
            }
            if self.sweep.halving.is_some() {
                all_rungs.push(rungs);
            }
        }
        ConfigErrors::unless_empty(checker.problems)?;
        Ok((cells, all_rungs))
    }

    /// The rungs of a variant, whose epochs are those of its first point; none where something is wrong.
    fn rungs(&self, variant: usize, first: Point, checker: &mut Checker) -> Vec<Rung> {
        let Some(halving) = self.sweep.halving else { return Vec::new() };
        let node = self.layered(variant, first, None);
        let Some((settings, _)) = settings::resolve(&node, &self.folder, &mut None, checker) else { return Vec::new() };
        let most = self.points.variants.iter().map(|points| points.points.len()).max().unwrap_or(1);
        let (points, epochs) = (self.points.variants[variant].points.len(), settings.train.epochs as u64);
        rungs(halving, points, most, epochs).unwrap_or_else(|most| {
            let eta = halving.eta;
            let (text, origin) = match halving.min_epochs {
                Some(found) => (
                    format!(
                        "sweep.min_epochs must leave room for a rung of eta times the epochs: at most {most} where \
                         train.epochs is {epochs} and eta {eta}, found {found}"
                    ),
                    &self.sweep.min_epochs_origin,
                ),
                None => (
                    format!("train.epochs must be at least eta ({eta}) under halving, found {epochs}"),
                    &node.origin_at(&["train", "epochs"]),
                ),
            };
            checker.problems.push(Problem::new(text, origin));
            Vec::new()
        })
    }

    fn cell(&self, at: Place, epochs: Option<&AxisValue>, settings: TrialSettings, fingerprint: Fingerprint) -> Cell {
        let Place { variant, number, point, rung } = at;
        let own = self.variants[variant].1.iter().zip(&self.points.variants[variant].own[point.own]);
        let pairs = || own.clone().chain(self.shared.iter().zip(&self.points.shared[point.shared]));
        let swept = self.keys.iter().map(|key| match epochs {
            Some(epochs) if key == EPOCHS => Some(epochs.text.clone()),
            _ => pairs().find(|(axis, _)| axis.key == *key).map(|(_, value)| value.text.clone()),
        });
        Cell {
            variant,
            swept: swept.collect(),
            own_point: point.own,
            shared_point: point.shared,
            point: number,
            rung,
            settings: settings.into(),
            fingerprint,
        }
    }

    /// The merged tree behind a cell.
    pub(super) fn node(&self, cell: &Cell) -> Node {
        let epochs = self.sweep.halving.map(|_| rung_value(cell.settings.train.epochs as u64));
        self.layered(cell.variant, Point { own: cell.own_point, shared: cell.shared_point }, epochs.as_ref())
    }

    /// A variant's tree with the values of a point laid over it.
    fn layered(&self, variant: usize, point: Point, epochs: Option<&AxisValue>) -> Node {
        let mut node = self.variants[variant].0.clone();
        let own = &self.points.variants[variant].own[point.own];
        let values = own.iter().chain(&self.points.shared[point.shared]).map(Arc::as_ref);
        for value in values.chain(epochs) {
            merge(&mut node, &value.layer, &SETTINGS);
        }
        node
    }
}

/// Where a cell stands.
#[derive(Clone, Copy)]
struct Place {
    variant: usize,
    /// The number of the point within the variant.
    number: usize,
    point: Point,
    rung: usize,
}

/// The layer that sets the epochs of a rung.
fn rung_value(epochs: u64) -> AxisValue {
    let content = Content::Integer(i64::try_from(epochs).unwrap_or(i64::MAX));
    value_of(EPOCHS, Node { content, origin: schema::Origin::Default })
}
