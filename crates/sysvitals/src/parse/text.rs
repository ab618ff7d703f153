//! Numbers and lines out of bytes.

use super::ParseError;
use memchr::{memchr, memchr_iter};
use std::ffi::OsString;

/// `text` before and after the byte at `at`, which belongs to neither.
#[inline]
pub(crate) fn cut(text: &[u8], at: usize) -> (&[u8], &[u8]) {
    match text.split_at_checked(at) {
        Some((head, [_, tail @ ..])) => (head, tail),
        _ => (text, &[]),
    }
}

/// The first line, without its newline, and what follows it.
#[inline]
pub(crate) fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b'\n', text) {
        Some(end) => cut(text, end),
        None => (text, &[]),
    }
}

/// What follows the first line.
#[inline]
pub(crate) fn skip_line(text: &[u8]) -> &[u8] {
    split_line(text).1
}

/// The key and the value of a `Key: value` line at the front of `text`; the value is not yet cut at
/// the end of its line.
#[inline]
pub(crate) fn split_key(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = text.iter().position(|&b| b == b':' || b == b'\n')?;
    match text.split_at_checked(colon) {
        Some((key, [b':', value @ ..])) => Some((key, value)),
        _ => None,
    }
}

/// `text` without the spaces and tabs at its front.
#[inline]
pub(crate) fn skip_blanks(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

/// The decimal number at the front of `text`, and what follows it; None without a digit or above
/// `u64::MAX`.
#[inline]
pub(crate) fn take_u64(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut rest = text;
    let mut n = 0u64;
    while let [b, tail @ ..] = rest {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        n = n.wrapping_mul(10).wrapping_add(u64::from(digit));
        rest = tail;
    }
    // 19 digits cannot wrap.
    match text.len() - rest.len() {
        0 => None,
        1..=19 => Some((n, rest)),
        _ => Some((checked_u64(text)?, rest)),
    }
}

#[cold]
fn checked_u64(text: &[u8]) -> Option<u64> {
    text.iter()
        .map(|b| b.wrapping_sub(b'0'))
        .take_while(|&digit| digit <= 9)
        .try_fold(0u64, |n, digit| n.checked_mul(10)?.checked_add(u64::from(digit)))
}

/// As [`take_u64`], with a sign.
#[inline]
pub(crate) fn take_i64(text: &[u8]) -> Option<(i64, &[u8])> {
    if let [b'-', rest @ ..] = text {
        let (n, rest) = take_u64(rest)?;
        return Some((0i64.checked_sub_unsigned(n)?, rest));
    }
    let (n, rest) = take_u64(text)?;
    Some((i64::try_from(n).ok()?, rest))
}

/// `word` as a decimal number, whole.
#[inline]
pub(crate) fn whole_u64(word: &[u8]) -> Option<u64> {
    match take_u64(word)? {
        (n, []) => Some(n),
        _ => None,
    }
}

/// `word` as a hexadecimal number, whole.
#[inline]
pub(crate) fn whole_hex(word: &[u8]) -> Option<u64> {
    if word.is_empty() || word.len() > 16 {
        return None;
    }
    word.iter().try_fold(0u64, |n, &b| Some(n << 4 | u64::from(char::from(b).to_digit(16)?)))
}

/// Reads the number of a `Key: 12` line, and returns what follows the line.
#[inline]
pub(crate) fn number_line<'a>(key: &[u8], value: &'a [u8]) -> Result<(u64, &'a [u8]), ParseError> {
    match take_u64(skip_blanks(value)) {
        Some((n, [b'\n', rest @ ..])) => Ok((n, rest)),
        _ => number_line_slow(key, value, b""),
    }
}

/// Reads the size of a `Key: 12 kB` line in bytes, and returns what follows the line.
#[inline]
pub(crate) fn size_line<'a>(key: &[u8], value: &'a [u8]) -> Result<(u64, &'a [u8]), ParseError> {
    let (kilobytes, rest) = match take_u64(skip_blanks(value)) {
        Some((n, [b' ', b'k', b'B', b'\n', rest @ ..])) => (n, rest),
        _ => number_line_slow(key, value, b"kB")?,
    };
    match kilobytes.checked_mul(1024) {
        Some(bytes) => Ok((bytes, rest)),
        None => Err(invalid(key, split_line(value).0)),
    }
}

#[cold]
fn number_line_slow<'a>(
    key: &[u8],
    value: &'a [u8],
    unit: &[u8],
) -> Result<(u64, &'a [u8]), ParseError> {
    let (line, rest) = split_line(value);
    match take_u64(line.trim_ascii()) {
        Some((n, tail)) if tail.is_empty() || tail.trim_ascii() == unit => Ok((n, rest)),
        _ => Err(invalid(key, line)),
    }
}

/// Words between runs of ASCII white space.
#[derive(Clone)]
pub(crate) struct Words<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.0.trim_ascii_start();
        if text.is_empty() {
            self.0 = text;
            return None;
        }
        let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(end)?;
        self.0 = rest;
        Some(word)
    }
}

/// The number, counted from 1, of the line of `text` at which `rest`, its tail, begins.
#[cold]
pub(crate) fn line_number(text: &[u8], rest: &[u8]) -> usize {
    let read = text.len().saturating_sub(rest.len());
    memchr_iter(b'\n', text.get(..read).unwrap_or(text)).count() + 1
}

/// Offending text as it goes into a message.
#[cold]
pub(crate) fn quote(text: &[u8]) -> String {
    const MOST: usize = 40;
    let text = text.trim_ascii();
    let text = String::from_utf8_lossy(text.get(..4 * MOST).unwrap_or(text));
    text.chars().take(MOST).flat_map(char::escape_debug).collect()
}

#[cold]
pub(crate) fn invalid(key: &[u8], text: &[u8]) -> ParseError {
    ParseError::new(format!("invalid {} '{}'", quote(key), quote(text)))
}

#[cfg(unix)]
pub(crate) fn os_string(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(bytes.to_vec())
}

/// Only Unix can hold any bytes; elsewhere there is no such text to read but a captured one.
#[cfg(not(unix))]
pub(crate) fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn unsigned() {
        assert_eq!(take_u64(b"0").unwrap(), (0, &b""[..]));
        assert_eq!(take_u64(b"12 3").unwrap(), (12, &b" 3"[..]));
        assert_eq!(take_u64(b"18446744073709551615x").unwrap(), (u64::MAX, &b"x"[..]));
        assert_eq!(take_u64(b"0000000000000000000000012").unwrap().0, 12);
        assert_eq!(take_u64(b"18446744073709551616"), None);
        assert_eq!(take_u64(b"99999999999999999999999"), None);
        assert_eq!(take_u64(b""), None);
        assert_eq!(take_u64(b"-1"), None);
        assert_eq!(take_u64(b"+1"), None);
    }

    #[test]
    fn signed() {
        assert_eq!(take_i64(b"-9223372036854775808").unwrap().0, i64::MIN);
        assert_eq!(take_i64(b"9223372036854775807").unwrap().0, i64::MAX);
        assert_eq!(take_i64(b"9223372036854775808"), None);
        assert_eq!(take_i64(b"-9223372036854775809"), None);
        assert_eq!(take_i64(b"-"), None);
        assert_eq!(take_i64(b"--1"), None);
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(whole_hex(b"0a"), Some(10));
        assert_eq!(whole_hex(b"FFFFFFFFFFFFFFFF"), Some(u64::MAX));
        assert_eq!(whole_hex(b"10000000000000000"), None);
        assert_eq!(whole_hex(b""), None);
        assert_eq!(whole_hex(b"0x1"), None);
    }

    #[test]
    fn sizes() {
        assert_eq!(size_line(b"K", b"  12 kB\nnext").unwrap(), (12288, &b"next"[..]));
        assert_eq!(size_line(b"K", b"12 kB").unwrap(), (12288, &b""[..]));
        assert_eq!(size_line(b"K", b"12\r\nnext").unwrap(), (12288, &b"next"[..]));
        assert!(size_line(b"K", b"12 MB\n").is_err());
        assert!(size_line(b"K", b"\n12 kB\n").is_err());
        assert!(size_line(b"K", b"18014398509481984 kB\n").is_err());
        assert_eq!(
            size_line(b"K", b" twelve kB\n1").unwrap_err().to_string(),
            "invalid K 'twelve kB'"
        );
        assert_eq!(number_line(b"K", b"\t12\nnext").unwrap(), (12, &b"next"[..]));
        assert!(number_line(b"K", b"12 kB\n").is_err());
    }

    #[test]
    fn words() {
        assert!(Words(b" a\tbc  d\n").eq([&b"a"[..], b"bc", b"d"]));
        assert_eq!(Words(b"  ").next(), None);
    }

    #[test]
    fn quoted() {
        assert_eq!(quote(b" a\xff\x1b\n"), "a\u{fffd}\\u{1b}");
        assert_eq!(quote(&[b'x'; 1000]).len(), 40);
    }
}
