//! Multi-layer perceptrons: what a network computes, forward and backward.
//!
//! In: rows of inputs, targets, settings. Out: outputs, losses, gradients, and networks whose weights an optimizer has
//! moved. Nothing here knows of remedies: dropout arrives as [`Gate`]s on the inputs of layers, pruning as masks and as
//! units that [`Network::remove_units`] takes out.
//!
//! Inside, activations lie feature by feature in [`PANEL`]s of 32 samples, so that one primitive of `kernels` serves the
//! forward pass and both gradients. Outside, weights are `ndarray` matrices of shape [outputs, inputs], as in PyTorch.

mod activation;
mod activity;
mod connect;
mod ensemble;
mod gate;
mod hard_concrete;
mod initialization;
mod kernels;
mod layer;
mod loss;
mod network;
mod noise;
mod norm;
mod objective;
mod optimizer;
mod panels;
mod pass;
mod probabilities;
mod sampling;
mod schedule;
mod second_order;
mod settings;
mod team;
mod vote;
mod weights_file;

pub use activation::Activation;
pub use activity::Activity;
pub use connect::Connections;
pub use ensemble::Ensemble;
pub use gate::Gate;
pub use hard_concrete::{DrawnGate, LearnedGates};
pub use initialization::InitializationError;
pub use kernels::{Instructions, InstructionsError, PANEL, add_scaled};
/// For `benches/kernels`, which measures it apart from everything else.
#[doc(hidden)]
pub use kernels::{Panel, Scalars, Start, product};
pub use layer::{Gradient, Layer};
pub use loss::{Loss, LossChoice, RowScore};
pub use network::Network;
pub use noise::{add_normal, fill_normal};
pub use norm::{Norm, NormGradient, NormKind};
pub use objective::Objective;
pub use optimizer::{OPTIMIZERS, Optimizer, OptimizerClock};
pub use pass::{KeptBatch, Pass};
pub use probabilities::first_largest;
pub use sampling::Sampling;
pub use schedule::{SCHEDULES, Schedule, WARMUP};
pub use second_order::{
    Candidate, Curvature, HessianTooLarge, InverseHessian, MOST_PARAMETERS, Surgeon, diagonal_hessian, memory_needed,
};
pub use settings::{Initialization, InitializationRule, MODEL_FIELDS, ModelSettings};
pub use team::Team;
pub use weights_file::{WeightsFileError, read_network};
