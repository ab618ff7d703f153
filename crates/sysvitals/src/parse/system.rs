use super::ParseError;
use super::text::{number_line, size_line, skip_line, take_u64};

/// `btime` of `/proc/stat`: boot time, seconds since the epoch.
pub fn btime(text: &[u8]) -> Result<u64, ParseError> {
    let value = find(text, b"btime ").ok_or_else(|| not_found("btime"))?;
    Ok(number_line(b"btime", value)?.0)
}

/// The numbers of the `cpuN` rows of `/proc/stat`: the CPUs that are online.
pub fn cpu_rows(text: &[u8]) -> Vec<usize> {
    let mut cpus = Vec::new();
    let mut rest = text;
    // The rows stand together at the front, after the sum.
    while let Some(row) = rest.strip_prefix(b"cpu") {
        if let Some((number, _)) = take_u64(row) {
            cpus.extend(usize::try_from(number));
        }
        rest = skip_line(rest);
    }
    cpus
}

/// `MemTotal` of `/proc/meminfo`, bytes.
pub fn mem_total(text: &[u8]) -> Result<u64, ParseError> {
    let value = find(text, b"MemTotal:").ok_or_else(|| not_found("MemTotal"))?;
    Ok(size_line(b"MemTotal", value)?.0)
}

/// What follows `key` at the start of the first line that has it there.
pub(super) fn find<'a>(text: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(value) = rest.strip_prefix(key) {
            return Some(value);
        }
        rest = skip_line(rest);
    }
    None
}

#[cold]
pub(super) fn not_found(key: &'static str) -> ParseError {
    ParseError::new(format!("line '{key}' not found"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn boot_time() {
        assert_eq!(
            btime(b"cpu  1 2 3\nintr 5\nbtime 1700000000\nprocesses 9\n").unwrap(),
            1700000000
        );
        assert_eq!(btime(b"btime 7").unwrap(), 7);
        let error = |text: &[u8]| btime(text).unwrap_err().to_string();
        assert_eq!(error(b""), "line 'btime' not found");
        assert_eq!(error(b"xbtime 1\nbtime\n"), "line 'btime' not found");
        assert_eq!(error(b"btime soon\n"), "invalid btime 'soon'");
    }

    #[test]
    fn rows() {
        let text = b"cpu  9 9\ncpu0 1 2\ncpu2 3 4\ncpu10 5\nintr 7\ncpu11 1\n";
        assert_eq!(cpu_rows(text), [0, 2, 10]);
        assert!(cpu_rows(b"").is_empty());
        assert!(cpu_rows(b"cpu\ncpux 1\ncpu99999999999999999999 1").is_empty());
    }

    #[test]
    fn memory() {
        assert_eq!(mem_total(b"MemTotal:       1000 kB\nMemFree: 1 kB\n").unwrap(), 1024000);
        assert_eq!(mem_total(b"MemFree: 1 kB\nMemTotal:1000 kB").unwrap(), 1024000);
        let error = |text: &[u8]| mem_total(text).unwrap_err().to_string();
        assert_eq!(error(b"MemFree: 1 kB\n"), "line 'MemTotal' not found");
        assert_eq!(error(b"MemTotal: lots\n"), "invalid MemTotal 'lots'");
        assert_eq!(
            error(b"MemTotal: 99999999999999999999 kB\n"),
            "invalid MemTotal '99999999999999999999 kB'"
        );
    }
}
