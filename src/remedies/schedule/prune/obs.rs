//! Optimal Brain Surgeon (Hassibi 1993): the weight that the loss would miss least goes, the others and the biases move to
//! where the loss is lowest without it, and so on.
//!
//! In: a network with its training rows, and how many weights may go. Out: the network without them. The Hessian is that of
//! the mean data loss over all training rows, without dropout. The paper takes it anew after every weight; here it is taken
//! anew when a fifth of the weights has gone that there were when it was taken: far from there it says nothing.

use super::quotas::Quotas;
use crate::nn::{HessianTooLarge, InverseHessian, Surgeon, memory_needed};
use crate::recipe::Operation;

/// The Hessian holds for one in so many of the weights.
const PARTS: usize = 5;

/// Refuses a network of these sizes, from the inputs to the outputs, if its inverse Hessian takes too much.
pub(super) fn check(sizes: &[usize]) -> Result<(), HessianTooLarge> {
    InverseHessian::check(parameters(sizes))
}

/// Bytes that a cut of a network of these sizes takes.
pub(super) fn bytes(sizes: &[usize]) -> usize {
    usize::try_from(memory_needed(parameters(sizes))).unwrap_or(usize::MAX)
}

/// Multiplications of a cut of a network of these sizes that leaves few weights: twice the inverse Hessian for each output of
/// each row and once for each weight that goes; 1/(1 − 0.8²) times that, since it is taken anew for fewer and fewer weights.
pub(super) fn work(sizes: &[usize], rows: usize) -> f64 {
    let n = parameters(sizes) as f64;
    let outputs = sizes.last().copied().unwrap_or(0) as f64;
    n * n * (2.0 * rows as f64 * outputs + n / PARTS as f64) / 0.36
}

/// Weights and biases; as many as can be where there are more than that.
fn parameters(sizes: &[usize]) -> usize {
    let of_layer = |pair: &[usize]| pair[0].saturating_add(1).saturating_mul(pair[1]);
    sizes.windows(2).map(of_layer).fold(0, usize::saturating_add)
}

/// Removes weights as long as the quotas allow one.
///
/// # Panics
/// If the network is larger than the check has allowed: rows of another seed have then brought further categories.
pub(super) fn operate(operation: &mut Operation<'_>, mut quotas: Quotas) {
    let rows = operation.rows;
    while quotas.allow_any() {
        let surgeon = Surgeon::new(operation.network, operation.loss, rows.count(), Surgeon::ALPHA, |row, values| {
            rows.encode(row, values);
        });
        let mut surgeon = surgeon.unwrap_or_else(|error| panic!("remedies.prune.method = \"obs\" {error}"));
        for _ in 0..quotas.there().div_ceil(PARTS) {
            if !quotas.allow_any() {
                break;
            }
            let candidate = surgeon.cheapest(|layer| quotas.allow(layer)).expect("a layer that may lose one has one");
            surgeon.remove(candidate);
            quotas.take(candidate.layer);
        }
        surgeon.write(operation.network);
    }
}
