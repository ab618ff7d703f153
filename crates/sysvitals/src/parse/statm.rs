use super::ParseError;
use super::text::{Words, invalid, whole_u64};

/// `/proc/[pid]/statm`, pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statm {
    /// Total program size.
    pub size: u64,
    /// Resident set.
    pub resident: u64,
    /// Resident shared pages.
    pub shared: u64,
    /// Text (code).
    pub text: u64,
    /// Data and stack.
    pub data: u64,
}

/// Reads `/proc/[pid]/statm`.
pub fn statm(text: &[u8]) -> Result<Statm, ParseError> {
    let mut words = Words(text);
    let mut next = |name: &'static str| match words.next() {
        Some(word) => whole_u64(word).ok_or_else(|| invalid(name.as_bytes(), word)),
        None => Err(ParseError::new(format!("{name} missing"))),
    };
    // Struct fields are evaluated in the order written, which is the kernel's.
    Ok(Statm {
        size: next("size")?,
        resident: next("resident")?,
        shared: next("shared")?,
        text: next("text")?,
        data: {
            next("lib")?;
            next("data")?
        },
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pages() {
        let expected = Statm { size: 10, resident: 5, shared: 3, text: 1, data: 4 };
        assert_eq!(statm(b"10 5 3 1 0 4 0\n").unwrap(), expected);
        assert_eq!(statm(b"10 5 3 1 0 4").unwrap(), expected);
    }

    #[test]
    fn malformed() {
        let error = |text: &[u8]| statm(text).unwrap_err().to_string();
        assert_eq!(error(b""), "size missing");
        assert_eq!(error(b"10 5 3 1 0\n"), "data missing");
        assert_eq!(error(b"10 5x 3 1 0 4 0\n"), "invalid resident '5x'");
        assert_eq!(error(b"10 5 -3 1 0 4 0\n"), "invalid shared '-3'");
    }
}
