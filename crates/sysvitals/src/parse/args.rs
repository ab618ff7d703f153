use std::ffi::OsString;

/// Splits `/proc/[pid]/cmdline` into arguments.
pub fn cmdline(_text: &[u8]) -> Vec<OsString> {
    Vec::new()
}

/// Splits `/proc/[pid]/environ` into `(name, value)` pairs, a later duplicate winning in place.
pub fn environ(_text: &[u8]) -> Vec<(OsString, OsString)> {
    Vec::new()
}
