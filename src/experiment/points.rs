//! The points of each variant: all combinations of a grid, or draws; then without what is excluded, with what is included.
//!
//! In: the axes of a [`Document`]. Out: [`Points`]. What all variants share is found once for all, so that they can be
//! compared at the same shared values; a variant's own values are found beside it.
//!
//! A draw depends on the sweep's seed, the key and the number of the point alone: more points only add points, and another
//! axis changes no other. Equal draws are one point, which lists of a few values make likely.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::random::{Purpose, StreamKey};
use crate::schema::{Problem, Problems, shortened};

use super::axis::{Axis, AxisValue};
use super::document::Document;
use super::single_points::{exclude, include};

/// A value for each of some axes, in their order.
pub(super) type Values = Vec<Arc<AxisValue>>;

/// The points of an experiment.
#[derive(Debug, Default)]
pub(super) struct Points {
    /// Combinations of the shared values, each once.
    pub shared: Vec<Values>,
    /// For each variant its own.
    pub variants: Vec<VariantPoints>,
}

/// The points of a variant.
#[derive(Debug, Default)]
pub(super) struct VariantPoints {
    /// Combinations of its own values, each once.
    pub own: Vec<Values>,
    /// The points, each once.
    pub points: Vec<Point>,
}

/// A point, by its places among the combinations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Point {
    pub own: usize,
    pub shared: usize,
}

/// The largest number of points in all.
pub(super) const MOST: usize = 1_000_000;

/// Combinations, each once.
pub(super) struct Pool {
    pub combinations: Vec<Values>,
    /// The place of each by the texts of its values; made when it is first asked for, since those of a grid differ anyway.
    places: Option<HashMap<Vec<String>, usize>>,
}

impl Pool {
    fn new() -> Self {
        Self { combinations: Vec::new(), places: None }
    }

    /// The place of a combination that is known to be new.
    fn add(&mut self, values: Values) -> usize {
        if let Some(places) = &mut self.places {
            places.insert(texts(&values), self.combinations.len());
        }
        self.combinations.push(values);
        self.combinations.len() - 1
    }

    /// The place of a combination, which is added where it is new.
    pub fn place(&mut self, values: Values) -> usize {
        let all = || self.combinations.iter().map(texts).zip(0..).collect();
        let place = self.places.get_or_insert_with(all).get(&texts(&values)).copied();
        place.unwrap_or_else(|| self.add(values))
    }
}

fn texts(values: &Values) -> Vec<String> {
    values.iter().map(|value| value.text.clone()).collect()
}

/// Finds the points. Nothing where they are too many, which is a problem then.
pub(super) fn points(document: &Document, problems: &mut Problems) -> Points {
    let own_axes: Vec<&[Axis]> = document.variants.iter().map(|variant| variant.axes.as_slice()).collect();
    if count(document).is_none_or(|count| count > MOST) {
        let sweep = &document.sweep;
        let origin = match (sweep.points, document.shared.first()) {
            (None, Some(axis)) => &axis.entry.origin,
            (None, None) => &sweep.origin,
            (Some(_), _) => &sweep.points_origin,
        };
        let text = match sweep.points {
            None => format!("the axes of the sweep must have at most {MOST} combinations in all"),
            Some(points) => {
                format!("sweep.points must be at most {MOST} for all variants together, found {points} each")
            }
        };
        problems.push(Problem::new(text, origin));
        return Points::default();
    }
    let mut shared = Pool::new();
    let mut owns: Vec<Pool> = own_axes.iter().map(|_| Pool::new()).collect();
    let shared_places: Vec<usize> = of_strategy(document, &document.shared, &mut shared);
    let mut points: Vec<Vec<Point>> = Vec::new();
    for (axes, pool) in own_axes.iter().zip(&mut owns) {
        let own_places = of_strategy(document, axes, pool);
        points.push(match document.sweep.points {
            Some(_) => own_places.iter().zip(&shared_places).map(|(&own, &shared)| Point { own, shared }).collect(),
            None => {
                let pairs = own_places.iter().flat_map(|&own| shared_places.iter().map(move |&shared| (own, shared)));
                pairs.map(|(own, shared)| Point { own, shared }).collect()
            }
        });
    }
    if !document.sweep.is_sound {
        // These are not the points that were meant.
        return of_variants(owns, points, shared);
    }
    // Combinations that were crossed out stay in the pools, where they do no harm.
    exclude(document, &own_axes, &shared, &owns, &mut points, problems);
    include(document, &own_axes, &mut shared, &mut owns, &mut points, problems);
    for (variant, points) in document.variants.iter().zip(&mut points) {
        if document.sweep.points.is_some() || !document.include.is_empty() {
            let mut seen = HashSet::new();
            points.retain(|point| seen.insert(*point));
        }
        if points.is_empty() {
            let text = format!(
                "sweep.exclude must leave a point of each variant, found none of {:?}",
                shortened(&variant.name)
            );
            let origin = document.exclude.first().map_or(&document.sweep.origin, |named| &named.node.origin);
            problems.push(Problem::new(text, origin));
        }
    }
    of_variants(owns, points, shared)
}

fn of_variants(owns: Vec<Pool>, points: Vec<Vec<Point>>, shared: Pool) -> Points {
    let variants = owns.into_iter().zip(points).map(|(own, points)| VariantPoints { own: own.combinations, points });
    Points { variants: variants.collect(), shared: shared.combinations }
}

/// The number of points before any is found, if it can be counted.
fn count(document: &Document) -> Option<usize> {
    if let Some(points) = document.sweep.points {
        return usize::try_from(points).ok()?.checked_mul(document.variants.len());
    }
    let product = |axes: &[Axis]| axes.iter().try_fold(1usize, |count, axis| count.checked_mul(axis.values().len()));
    let own = document.variants.iter().try_fold(0usize, |sum, variant| sum.checked_add(product(&variant.axes)?))?;
    own.checked_mul(product(&document.shared)?)
}

/// The places of the strategy's combinations of these axes: every one, or as many as are drawn.
fn of_strategy(document: &Document, axes: &[Axis], pool: &mut Pool) -> Vec<usize> {
    match document.sweep.points {
        Some(points) => (0..points).map(|point| pool.place(drawn(axes, document.sweep.seed, point))).collect(),
        None => combinations(axes).map(|values| pool.add(values)).collect(),
    }
}

/// A value of each axis, by the number of the point.
pub(super) fn drawn(axes: &[Axis], seed: u64, point: u64) -> Values {
    axes.iter().map(|axis| axis.drawn(&mut stream(seed, &axis.key, point).open())).collect()
}

fn stream(seed: u64, key: &str, point: u64) -> StreamKey {
    let hash = Sha256::digest(key);
    let word = |at: usize| u32::from_le_bytes([hash[at], hash[at + 1], hash[at + 2], hash[at + 3]]);
    StreamKey { seed, purpose: Purpose::Sweep, member: word(0), layer: word(4), step: point }
}

/// Every combination of the axes' values, one for no axes; the last axis changes fastest.
fn combinations(axes: &[Axis]) -> impl Iterator<Item = Values> {
    let count = axes.iter().map(|axis| axis.values().len()).product();
    (0..count).map(move |mut index: usize| {
        let mut values: Values = (axes.iter().rev())
            .map(|axis| {
                let value = &axis.values()[index % axis.values().len()];
                index /= axis.values().len();
                Arc::clone(value)
            })
            .collect();
        values.reverse();
        values
    })
}
