use super::ParseError;

/// Reads a kernel CPU list such as `0-3,8,10-11`.
pub fn cpu_list(_text: &[u8]) -> Result<Vec<usize>, ParseError> {
    Err(ParseError::new("cpu list"))
}
