//! placeholder
use super::arguments::CheckArguments;
use super::error::CliError;
pub(super) fn check(_: &CheckArguments) -> Result<(), CliError> {
    Ok(())
}
