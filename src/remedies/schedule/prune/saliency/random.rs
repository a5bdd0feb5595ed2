//! At random: uniform without replacement, the baseline that every criterion must beat.

use super::{Scores, Structure};
use crate::nn::Layer;
use crate::random::Purpose;
use crate::recipe::Moment;

/// Scores drawn layer by layer, also for what is pruned already.
pub(super) fn scores(layers: &[Layer], structure: Structure, moment: Moment) -> Vec<Scores> {
    let mut stream = moment.key(Purpose::Prune).open();
    let mut of_layer = |layer: &Layer| {
        let count = if structure == Structure::Weight { layer.weights.len() } else { layer.outputs() };
        (0..count).map(|_| stream.uniform()).collect()
    };
    layers.iter().map(&mut of_layer).collect()
}
