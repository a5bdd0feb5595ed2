//! The second-order pass: how the mean loss bends when weights move, and which weights it would miss least.
//!
//! In: a network, its loss, rows of inputs and their targets. Out: for Optimal Brain Damage the diagonal of the Hessian
//! ([`diagonal_hessian`]), for Optimal Brain Surgeon its whole inverse and the moves of the weights that stay ([`Surgeon`]).
//!
//! Rows come from a function `fill(position, values)`, which writes the inputs of the row at a position, 0 to the number of
//! targets; all gates are open. The passes are of their own and in double precision: differences of large numbers make what
//! is asked for here.
//! All sums run in a fixed order on one thread, in multiplications and additions that each round once, so that every
//! machine computes the same bits.

mod diagonal;
#[cfg(test)]
mod fixtures;
mod inverse_hessian;
mod jacobian;
mod outputs;
mod product;
mod slopes;
mod surgeon;
mod trace;

pub use diagonal::{Curvature, diagonal_hessian};
pub use inverse_hessian::{HessianTooLarge, InverseHessian, MOST_PARAMETERS, memory_needed};
pub use surgeon::{Candidate, Surgeon};
