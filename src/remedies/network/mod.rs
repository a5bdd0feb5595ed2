//! Remedies that change what flows through the network.

pub mod dropout;
