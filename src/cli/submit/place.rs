//! Where tasks find what they need: every path absolute, in the words of scripts.

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::slurm;
use crate::experiment::canonical;

/// The absolute paths of a submission.
pub(super) struct Place {
    /// The program.
    pub program: String,
    /// The folder of the results.
    pub results: String,
}

impl Place {
    /// The paths for a session, whose folder need not be there yet.
    pub fn of(session: &Session) -> Result<Self, CliError> {
        let program = std::env::current_exe()
            .map_err(|error| CliError::Usage(format!("the path of this program cannot be found: {error}")))?;
        let results = canonical(&session.folder);
        let [program, results] = [&program, &results].map(|path| slurm::text(path).map(str::to_owned));
        Ok(Self { program: program.map_err(CliError::Usage)?, results: results.map_err(CliError::Usage)? })
    }
}
