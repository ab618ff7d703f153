use super::ParseError;
use super::text::invalid;

/// Reads `/proc/[pid]/task/[tid]/children`: the PIDs, in the kernel's order.
pub fn children(text: &[u8]) -> Result<Vec<i32>, ParseError> {
    text.split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .map(|word| match std::str::from_utf8(word).ok().and_then(|word| word.parse().ok()) {
            Some(pid) if pid > 0 => Ok(pid),
            _ => Err(invalid(b"child", word)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lists() {
        assert_eq!(children(b"").unwrap(), []);
        assert_eq!(children(b"\n").unwrap(), []);
        assert_eq!(children(b"12 7 2147483647 \n8 ").unwrap(), [12, 7, 2147483647, 8]);
        let error = |text: &[u8]| children(text).unwrap_err().to_string();
        assert_eq!(error(b"1 x "), "invalid child 'x'");
        assert_eq!(error(b"0 "), "invalid child '0'");
        assert_eq!(error(b"-1 "), "invalid child '-1'");
        assert_eq!(error(b"2147483648 "), "invalid child '2147483648'");
    }
}
