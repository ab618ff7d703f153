use super::ParseError;

/// `/proc/[pid]/io`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Io {
    /// Bytes read by `read(2)` and its kin, page cache included.
    pub rchar: u64,
    /// Bytes written by `write(2)` and its kin, page cache included.
    pub wchar: u64,
    /// Read system calls.
    pub syscr: u64,
    /// Write system calls.
    pub syscw: u64,
    /// Bytes fetched from storage.
    pub read_bytes: u64,
    /// Bytes sent to storage.
    pub write_bytes: u64,
}

/// Reads `/proc/[pid]/io`.
pub fn io(_text: &[u8]) -> Result<Io, ParseError> {
    Err(ParseError::new("io"))
}
