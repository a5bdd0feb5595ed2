//! Which instructions the kernels use.
//!
//! The choice changes the speed and nothing else: every path computes the same bits.

use std::sync::atomic::{AtomicU8, Ordering};

use thiserror::Error;

/// A set of vector instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Instructions {
    /// What every processor of the target has.
    Scalar = 1,
    /// AVX2 and FMA: 8 numbers at once.
    Avx2 = 2,
    /// AVX-512: 16 numbers at once.
    Avx512 = 3,
}

/// Instructions that were asked for and are not there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InstructionsError {
    /// Not a known name.
    #[error("must be scalar, avx2 or avx512, found {0:?}")]
    Unknown(String),
    /// The processor does not have them.
    #[error("{0} is not available on this processor")]
    Missing(String),
}

/// What was chosen; 0 before anyone asked.
static CHOSEN: AtomicU8 = AtomicU8::new(0);

impl Instructions {
    /// All sets, the widest last.
    pub const ALL: [Instructions; 3] = [Instructions::Scalar, Instructions::Avx2, Instructions::Avx512];

    /// The name by which users choose.
    pub fn name(self) -> &'static str {
        match self {
            Instructions::Scalar => "scalar",
            Instructions::Avx2 => "avx2",
            Instructions::Avx512 => "avx512",
        }
    }

    /// Whether this processor has them.
    pub fn is_available(self) -> bool {
        match self {
            Instructions::Scalar => true,
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => {
                Instructions::Avx2.is_available()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }

    /// Makes the kernels use the instructions of this name from now on.
    ///
    /// # Errors
    /// If there are none of this name, or the processor does not have them.
    pub fn choose(name: &str) -> Result<(), InstructionsError> {
        let known = Self::ALL.into_iter().find(|instructions| instructions.name() == name);
        let chosen = known.ok_or_else(|| InstructionsError::Unknown(name.to_owned()))?;
        if !chosen.is_available() {
            return Err(InstructionsError::Missing(name.to_owned()));
        }
        CHOSEN.store(chosen as u8, Ordering::Relaxed);
        Ok(())
    }

    /// The instructions in use: those chosen, or the widest there are.
    #[inline]
    pub fn current() -> Self {
        match CHOSEN.load(Ordering::Relaxed) {
            1 => Instructions::Scalar,
            2 => Instructions::Avx2,
            3 => Instructions::Avx512,
            _ => Self::detect(),
        }
    }

    #[cold]
    fn detect() -> Self {
        // The tests of the kernels know no command line, which looks at this otherwise.
        #[cfg(test)]
        if let Ok(name) = std::env::var("OVERFIT_KERNELS") {
            Self::choose(&name).unwrap_or_else(|error| panic!("OVERFIT_KERNELS {error}"));
            return Self::current();
        }
        let widest = Self::ALL.into_iter().rfind(|instructions| instructions.is_available());
        let widest = widest.expect("scalar code runs everywhere");
        CHOSEN.store(widest as u8, Ordering::Relaxed);
        widest
    }
}
