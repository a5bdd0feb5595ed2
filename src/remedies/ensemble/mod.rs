//! Remedies that hand out another network than the one that is trained, or several that vote.

pub mod bagging;
pub mod ema;
pub mod snapshots;
pub mod swa;
