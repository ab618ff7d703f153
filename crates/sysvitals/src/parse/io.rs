use super::ParseError;
use super::text::{number_line, skip_line, split_key};

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
pub fn io(text: &[u8]) -> Result<Io, ParseError> {
    let (mut rchar, mut wchar, mut syscr, mut syscw) = (None, None, None, None);
    let (mut read_bytes, mut write_bytes) = (None, None);
    let mut rest = text;
    while !rest.is_empty() {
        let Some((key, [b' ', value @ ..])) = split_key(rest) else {
            rest = skip_line(rest);
            continue;
        };
        let slot = match key {
            b"rchar" => &mut rchar,
            b"wchar" => &mut wchar,
            b"syscr" => &mut syscr,
            b"syscw" => &mut syscw,
            b"read_bytes" => &mut read_bytes,
            b"write_bytes" => &mut write_bytes,
            _ => {
                rest = skip_line(value);
                continue;
            }
        };
        let (n, after) = number_line(key, value)?;
        *slot = Some(n);
        rest = after;
    }
    let found = |slot: Option<u64>, key: &'static str| {
        slot.ok_or_else(|| ParseError::new(format!("'{key}' field was not found")))
    };
    if text.trim_ascii_start().is_empty() {
        return Err(ParseError::new("file was empty"));
    }
    Ok(Io {
        syscr: found(syscr, "syscr")?,
        syscw: found(syscw, "syscw")?,
        read_bytes: found(read_bytes, "read_bytes")?,
        write_bytes: found(write_bytes, "write_bytes")?,
        rchar: found(rchar, "rchar")?,
        wchar: found(wchar, "wchar")?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TEXT: &str = "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5\nwrite_bytes: 6\n";

    #[test]
    fn vector() {
        let expected = Io { rchar: 1, wchar: 2, syscr: 3, syscw: 4, read_bytes: 5, write_bytes: 6 };
        assert_eq!(io(TEXT.as_bytes()).unwrap(), expected);
        let junk = format!("junk\n\nrchar:9\n{TEXT}cancelled_write_bytes: x\n");
        assert_eq!(io(junk.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn malformed() {
        let error = |text: &str| io(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error(""), "file was empty");
        assert_eq!(error("\n"), "file was empty");
        assert_eq!(error("junk\n"), "'syscr' field was not found");
        for key in ["rchar", "wchar", "syscr", "syscw", "read_bytes", "write_bytes"] {
            let text = TEXT.replace(&format!("{key}: "), "other: ");
            assert_eq!(error(&text), format!("'{key}' field was not found"));
        }
        assert_eq!(error("rchar: -1\n"), "invalid rchar '-1'");
        assert_eq!(error("rchar: \nwchar: 1\n"), "invalid rchar ''");
    }
}
