//! Remedies that hand out another network than the one that is trained.

pub mod ema;
pub mod swa;
