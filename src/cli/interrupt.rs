//! Ctrl-C and SIGTERM: the first asks the workers to end, the second ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::CliError;

/// A flag that is set when the user calls it off.
pub(super) fn flag() -> Result<Arc<AtomicBool>, CliError> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&flag);
    let handler = move || {
        if seen.swap(true, Ordering::Relaxed) {
            // What is in the store is whole: a line is written by one call.
            std::process::exit(130);
        }
    };
    ctrlc::set_handler(handler).map_err(|error| CliError::Usage(format!("cannot listen for Ctrl-C: {error}")))?;
    Ok(flag)
}
