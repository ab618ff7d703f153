use super::ParseError;

/// The first lines of `/proc/[pid]/fdinfo/[fd]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FdInfo {
    /// File offset, bytes.
    pub pos: u64,
    /// `open(2)` access mode and status flags.
    pub flags: u32,
}

/// Reads `/proc/[pid]/fdinfo/[fd]`.
pub fn fdinfo(_text: &[u8]) -> Result<FdInfo, ParseError> {
    Err(ParseError::new("fdinfo"))
}

/// psutil's mode string (`r`, `w`, `a`, `r+`, `a+`) of `open(2)` flags.
pub fn open_mode(_flags: u32) -> &'static str {
    "r"
}
