use super::ParseError;

/// `btime` of `/proc/stat`: boot time, seconds since the epoch.
pub fn btime(_text: &[u8]) -> Result<u64, ParseError> {
    Err(ParseError::new("btime"))
}

/// `MemTotal` of `/proc/meminfo`, bytes.
pub fn mem_total(_text: &[u8]) -> Result<u64, ParseError> {
    Err(ParseError::new("MemTotal"))
}
