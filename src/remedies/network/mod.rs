//! Remedies that change what flows through the network.

pub mod activity_l1;
pub mod batch_norm;
pub mod dropout;
pub mod kl_sparsity;
pub mod l0;
pub mod layer_norm;
pub mod sparse_connection;
