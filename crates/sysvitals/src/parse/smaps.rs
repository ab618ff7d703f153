use super::ParseError;

/// One mapping of `/proc/[pid]/smaps`; sizes in bytes, 0 where the kernel leaves the line out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping<'a> {
    /// Address range as printed, `start-end` in hexadecimal.
    pub addr: &'a [u8],
    /// Permissions as printed, `r-xp`.
    pub perms: &'a [u8],
    /// Path as printed (` (deleted)` kept); empty for an anonymous mapping.
    pub path: &'a [u8],
    /// `Rss:`
    pub rss: u64,
    /// `Size:`
    pub size: u64,
    /// `Pss:`
    pub pss: u64,
    /// `Shared_Clean:`
    pub shared_clean: u64,
    /// `Shared_Dirty:`
    pub shared_dirty: u64,
    /// `Private_Clean:`
    pub private_clean: u64,
    /// `Private_Dirty:`
    pub private_dirty: u64,
    /// `Referenced:`
    pub referenced: u64,
    /// `Anonymous:`
    pub anonymous: u64,
    /// `Swap:`
    pub swap: u64,
}

/// Sums of `/proc/[pid]/smaps_rollup` (or of all mappings of `smaps`), bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    /// Sum of every `Private_*` line.
    pub uss: u64,
    /// Sum of `Pss:`.
    pub pss: u64,
    /// Sum of `Swap:`.
    pub swap: u64,
}

/// Reads `/proc/[pid]/smaps`, one call of `each` a mapping.
pub fn smaps<'a>(_text: &'a [u8], _each: impl FnMut(Mapping<'a>)) -> Result<(), ParseError> {
    Err(ParseError::new("smaps"))
}

/// Reads `/proc/[pid]/smaps_rollup`, or sums `/proc/[pid]/smaps` the same way.
pub fn smaps_rollup(_text: &[u8]) -> Result<Rollup, ParseError> {
    Err(ParseError::new("smaps_rollup"))
}
