use super::ParseError;
use super::text::{invalid, split_key, split_line, take_i64};

/// The first lines of `/proc/[pid]/fdinfo/[fd]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FdInfo {
    /// File offset, bytes.
    pub pos: u64,
    /// `open(2)` access mode and status flags.
    pub flags: u32,
}

/// Reads `/proc/[pid]/fdinfo/[fd]`.
pub fn fdinfo(text: &[u8]) -> Result<FdInfo, ParseError> {
    let (mut pos, mut flags) = (None, None);
    let mut rest = text;
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        rest = tail;
        match split_key(line) {
            Some((b"pos", value)) if pos.is_none() => {
                pos = Some(offset(value).ok_or_else(|| invalid(b"pos", value))?);
            }
            Some((b"flags", value)) if flags.is_none() => {
                flags = Some(octal(value).ok_or_else(|| invalid(b"flags", value))?);
            }
            _ => continue,
        }
        // What follows belongs to the kind of file, and an epoll or inotify lists every watch.
        if let (Some(pos), Some(flags)) = (pos, flags) {
            return Ok(FdInfo { pos, flags });
        }
    }
    Err(ParseError::new(if pos.is_none() { "pos missing" } else { "flags missing" }))
}

/// The kernel prints the offset signed even for files whose offsets are not, such as
/// `/proc/[pid]/mem` of the upper half.
fn offset(text: &[u8]) -> Option<u64> {
    let text = text.trim_ascii();
    match take_i64(text) {
        Some((n, [])) => Some(n.cast_unsigned()),
        _ => None,
    }
}

fn octal(text: &[u8]) -> Option<u32> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u32, |n, b| match b {
        b'0'..=b'7' => n.checked_mul(8)?.checked_add(u32::from(b - b'0')),
        _ => None,
    })
}

/// psutil's mode string (`r`, `w`, `a`, `r+`, `a+`) of `open(2)` flags.
pub fn open_mode(flags: u32) -> &'static str {
    const O_APPEND: u32 = 0o2000;
    match (flags & 3, flags & O_APPEND != 0) {
        (0, _) => "r",
        (1, false) => "w",
        (1, true) => "a",
        (2, true) => "a+",
        // 3 asks for both permissions when opening, then allows ioctl(2) alone.
        _ => "r+",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn position_and_flags() {
        let expected = FdInfo { pos: 5071, flags: 0o100001 };
        assert_eq!(fdinfo(b"pos:\t5071\nflags:\t0100001\nmnt_id:\t27\n").unwrap(), expected);
        assert_eq!(fdinfo(b"new:\t1\n\nflags:\t0100001\nx\npos:\t5071").unwrap(), expected);
        assert_eq!(fdinfo(b"pos:\t5071\nflags:\t0100001\npos:x\nflags:9\n").unwrap(), expected);
        assert_eq!(fdinfo(b"pos:\t-10485760\nflags:\t0\n").unwrap().pos, 0xffff_ffff_ff60_0000);
    }

    #[test]
    fn malformed() {
        let error = |text: &[u8]| fdinfo(text).unwrap_err().to_string();
        assert_eq!(error(b""), "pos missing");
        assert_eq!(error(b"flags:\t0\n"), "pos missing");
        assert_eq!(error(b"pos:\t0\n"), "flags missing");
        assert_eq!(error(b"pos:\tx\n"), "invalid pos 'x'");
        assert_eq!(error(b"pos:\n"), "invalid pos ''");
        assert_eq!(error(b"flags:\t08\n"), "invalid flags '08'");
        assert_eq!(error(b"flags:\t\n"), "invalid flags ''");
        assert_eq!(error(b"flags:\t40000000000\n"), "invalid flags '40000000000'");
    }

    #[test]
    fn modes() {
        for (flags, mode) in [
            (0, "r"),
            (1, "w"),
            (2, "r+"),
            (0o2001, "a"),
            (0o2002, "a+"),
            (0o2000, "r"),
            (0o101001, "w"),
            (3, "r+"),
        ] {
            assert_eq!(open_mode(flags), mode, "{flags:o}");
        }
    }
}
