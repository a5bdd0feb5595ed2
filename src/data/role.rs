//! What a cell of a split column says of its row.

/// What a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Train,
    Validation,
    Test,
}

impl Role {
    /// The role that a word of the split column means, in any case; the word itself if it means none.
    pub(super) fn parse(word: &str) -> Result<Self, String> {
        match word.trim().to_ascii_lowercase().as_str() {
            "train" | "training" => Ok(Self::Train),
            "validation" | "valid" | "val" => Ok(Self::Validation),
            "test" | "testing" => Ok(Self::Test),
            _ => Err(word.trim().to_owned()),
        }
    }
}
