use super::ParseError;

/// `/proc/[pid]/statm`, pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statm {
    /// Total program size.
    pub size: u64,
    /// Resident set.
    pub resident: u64,
    /// Resident shared pages.
    pub shared: u64,
    /// Text (code).
    pub text: u64,
    /// Data and stack.
    pub data: u64,
}

/// Reads `/proc/[pid]/statm`.
pub fn statm(_text: &[u8]) -> Result<Statm, ParseError> {
    Err(ParseError::new("statm"))
}
