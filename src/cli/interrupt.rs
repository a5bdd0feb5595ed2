//! Ctrl-C and SIGTERM: before anything is trained they end the program; from then on the first asks the workers to end, and
//! the second ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::CliError;
use super::notes;

/// What the user has asked for by signals.
#[derive(Debug, Default)]
pub(super) struct Interrupt {
    called_off: AtomicBool,
    is_training: AtomicBool,
}

impl Interrupt {
    /// Listens from now on.
    ///
    /// # Errors
    /// If the system does not let us.
    pub fn listen() -> Result<Arc<Self>, CliError> {
        let interrupt = Arc::new(Self::default());
        let asked = Arc::clone(&interrupt);
        let handler = move || {
            let is_first = !asked.called_off.swap(true, Ordering::Relaxed);
            if !is_first || !asked.is_training.load(Ordering::Relaxed) {
                // What is in the store is whole: a line is written by one call.
                notes::end(&CliError::Interrupted);
            }
        };
        ctrlc::set_handler(handler).map_err(|error| CliError::Usage(format!("cannot listen for Ctrl-C: {error}")))?;
        Ok(interrupt)
    }

    /// From now on there are workers, who end by themselves once they are asked to.
    pub fn training_begins(&self) {
        self.is_training.store(true, Ordering::Relaxed);
    }

    /// Set once the user calls it off.
    pub fn flag(&self) -> &AtomicBool {
        &self.called_off
    }

    /// Whether the user has called it off.
    pub fn is_called_off(&self) -> bool {
        self.called_off.load(Ordering::Relaxed)
    }
}
