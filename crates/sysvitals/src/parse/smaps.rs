use super::ParseError;
use super::text::{
    Words, line_number, quote, size_line, skip_blanks, skip_line, split_key, split_line,
};
use memchr::memchr;
use std::borrow::Cow;

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
pub fn smaps<'a>(text: &'a [u8], mut each: impl FnMut(Mapping<'a>)) -> Result<(), ParseError> {
    let mut current: Option<Mapping<'a>> = None;
    let mut rest = text;
    while let [first, ..] = rest {
        if is_address(*first) {
            let (line, tail) = split_line(rest);
            let header = header(line)
                .ok_or_else(|| at(text, rest, format!("malformed line '{}'", quote(line))))?;
            if let Some(done) = current.replace(header) {
                each(done);
            }
            rest = tail;
            continue;
        }
        let Some((key, value)) = split_key(rest) else {
            rest = skip_line(rest);
            continue;
        };
        let Some(mapping) = &mut current else {
            return Err(at(text, rest, format!("'{}' before any mapping", quote(key))));
        };
        let slot = match key {
            b"Size" => &mut mapping.size,
            b"Rss" => &mut mapping.rss,
            b"Pss" => &mut mapping.pss,
            b"Shared_Clean" => &mut mapping.shared_clean,
            b"Shared_Dirty" => &mut mapping.shared_dirty,
            b"Private_Clean" => &mut mapping.private_clean,
            b"Private_Dirty" => &mut mapping.private_dirty,
            b"Referenced" => &mut mapping.referenced,
            b"Anonymous" => &mut mapping.anonymous,
            b"Swap" => &mut mapping.swap,
            _ => {
                rest = skip_line(value);
                continue;
            }
        };
        let (bytes, tail) = size_line(key, value).map_err(|e| at(text, rest, e.what))?;
        *slot = bytes;
        rest = tail;
    }
    if let Some(done) = current {
        each(done);
    }
    Ok(())
}

/// Reads `/proc/[pid]/smaps_rollup`, or sums `/proc/[pid]/smaps` the same way.
pub fn smaps_rollup(text: &[u8]) -> Result<Rollup, ParseError> {
    let mut out = Rollup::default();
    let mut rest = text;
    while let [first, ..] = rest {
        if !matches!(first, b'P' | b'S') {
            rest = skip_line(rest);
            continue;
        }
        let Some((key, value)) = split_key(rest) else {
            rest = skip_line(rest);
            continue;
        };
        let sum = match key {
            b"Pss" => &mut out.pss,
            b"Swap" => &mut out.swap,
            [b'P', b'r', b'i', b'v', b'a', b't', b'e', b'_', ..] => &mut out.uss,
            _ => {
                rest = skip_line(value);
                continue;
            }
        };
        let (bytes, tail) = size_line(key, value).map_err(|e| at(text, rest, e.what))?;
        *sum = sum
            .checked_add(bytes)
            .ok_or_else(|| at(text, rest, format!("sum of {} overflows", quote(key))))?;
        rest = tail;
    }
    Ok(out)
}

/// Addresses are printed in lower case; the kernel's keys begin in upper case.
#[inline]
fn is_address(first: u8) -> bool {
    matches!(first, b'0'..=b'9' | b'a'..=b'f')
}

/// `start-end perms offset dev inode   path`
fn header<'a>(line: &'a [u8]) -> Option<Mapping<'a>> {
    let mut words = Words(line);
    let addr = words.next()?;
    memchr(b'-', addr)?;
    let perms = words.next()?;
    let _inode = words.nth(2)?;
    // The kernel pads with spaces, and no path it prints begins with one.
    Some(Mapping { addr, perms, path: skip_blanks(words.0), ..Mapping::default() })
}

#[cold]
fn at(text: &[u8], rest: &[u8], what: impl Into<Cow<'static, str>>) -> ParseError {
    ParseError::at_line(what, line_number(text, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> Result<Vec<Mapping<'_>>, ParseError> {
        let mut mappings = Vec::new();
        smaps(text.as_bytes(), |m| mappings.push(m))?;
        Ok(mappings)
    }

    #[test]
    fn one_mapping() {
        let text = "\
55e031496000-55e031498000 r--p 00000000 fe:00 247282                     /usr/bin/head
Size:                  1 kB
KernelPageSize:        4 kB
Rss:                   2 kB
Pss:                   3 kB
Pss_Dirty:            99 kB
Shared_Clean:          4 kB
Shared_Dirty:          5 kB
Private_Clean:         6 kB
Private_Dirty:         7 kB
Referenced:            8 kB
Anonymous:             9 kB
AnonHugePages:        99 kB
Swap:                 10 kB
SwapPss:              99 kB
THPeligible:           0
VmFlags: rd mr mw me
";
        let expected = Mapping {
            addr: b"55e031496000-55e031498000",
            perms: b"r--p",
            path: b"/usr/bin/head",
            size: 1024,
            rss: 2 * 1024,
            pss: 3 * 1024,
            shared_clean: 4 * 1024,
            shared_dirty: 5 * 1024,
            private_clean: 6 * 1024,
            private_dirty: 7 * 1024,
            referenced: 8 * 1024,
            anonymous: 9 * 1024,
            swap: 10 * 1024,
        };
        assert_eq!(read(text).unwrap(), [expected]);
    }

    #[test]
    fn paths() {
        let path = |tail: &str| {
            let text = format!("00400000-00401000 r-xp 00000000 08:01 7{tail}\n");
            read(&text).unwrap().first().unwrap().path.to_vec()
        };
        assert_eq!(path(""), b"");
        assert_eq!(path(" "), b"");
        assert_eq!(path("          [heap]"), b"[heap]");
        assert_eq!(path("          /a b  c (deleted)"), b"/a b  c (deleted)");
        assert_eq!(path(" /trailing "), b"/trailing ");
        assert_eq!(path(" [anon: my arena]"), b"[anon: my arena]");
    }

    #[test]
    fn nothing_is_carried_over() {
        let mappings =
            read("1-2 r 0 0 0\nRss: 4 kB\nSwap: 8 kB\n3-4 w 0 0 0\nPss: 1 kB\n").unwrap();
        let [first, second] = &mappings[..] else { unreachable!() };
        assert_eq!((first.rss, first.pss, first.swap), (4096, 0, 8192));
        assert_eq!((second.rss, second.pss, second.swap), (0, 1024, 0));
        assert_eq!(second.perms, b"w");
    }

    #[test]
    fn no_mappings() {
        assert_eq!(read("").unwrap(), []);
        assert_eq!(read("\n").unwrap(), []);
    }

    #[test]
    fn malformed() {
        let error = |text: &str| read(text).unwrap_err().to_string();
        assert_eq!(error("Rss: 4 kB\n"), "'Rss' before any mapping (line 1)");
        assert_eq!(error("1-2 r 0 0\n"), "malformed line '1-2 r 0 0' (line 1)");
        assert_eq!(error("12 r 0 0 0\n"), "malformed line '12 r 0 0 0' (line 1)");
        assert_eq!(error("1-2 r 0 0 0\nSize: 1 kB\nRss: x kB\n"), "invalid Rss 'x kB' (line 3)");
        assert_eq!(
            error("1-2 r 0 0 0\nRss: 18014398509481984 kB\n"),
            "invalid Rss '18014398509481984 kB' (line 2)"
        );
    }

    #[test]
    fn rollup_vector() {
        let text = b"1-2 ---p 00000000 00:00 0          [rollup]\nPss: 10 kB\nPss_Dirty: 9 kB\n\
            Private_Clean: 1 kB\nPrivate_Dirty: 2 kB\nPrivate_Hugetlb: 4 kB\n\
            Swap: 6 kB\nSwapPss: 5 kB\n";
        let expected = Rollup { uss: 7168, pss: 10240, swap: 6144 };
        assert_eq!(smaps_rollup(text).unwrap(), expected);
        let twice = Rollup { uss: 2 * 7168, pss: 2 * 10240, swap: 2 * 6144 };
        assert_eq!(smaps_rollup(&text.repeat(2)).unwrap(), twice);
        assert_eq!(smaps_rollup(b"").unwrap(), Rollup::default());
    }

    #[test]
    fn rollup_malformed() {
        let error = |text: &[u8]| smaps_rollup(text).unwrap_err().to_string();
        assert_eq!(error(b"Rss: x\nPss: x kB\n"), "invalid Pss 'x kB' (line 2)");
        assert_eq!(error(b"Private_New: x\n"), "invalid Private_New 'x' (line 1)");
        let half = b"Pss: 9007199254740992 kB\n";
        assert_eq!(error(&half.repeat(2)), "sum of Pss overflows (line 2)");
    }
}
