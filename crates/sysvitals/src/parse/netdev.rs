use super::ParseError;
use super::text::{Words, line_number, os_string, quote, skip_line, split_line, whole_u64};
use memchr::memrchr;
use std::ffi::OsString;

/// A row of `/proc/net/dev`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetDev {
    /// Name of the interface.
    pub name: OsString,
    /// Bytes, packets, errors and drops of what was received.
    pub received: [u64; 4],
    /// Bytes, packets, errors and drops of what was sent.
    pub sent: [u64; 4],
}

/// Reads `/proc/net/dev`, one call of `each` a row.
pub fn net_dev(text: &[u8], mut each: impl FnMut(NetDev)) -> Result<(), ParseError> {
    let mut rest = skip_line(skip_line(text));
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        match row(line) {
            Some(row) => each(row),
            None if line.trim_ascii().is_empty() => {}
            None => {
                let what = format!("malformed line '{}'", quote(line));
                return Err(ParseError::at_line(what, line_number(text, rest)));
            }
        }
        rest = tail;
    }
    Ok(())
}

/// `name: bytes packets errs drop fifo frame compressed multicast`, and as many of what was sent. An
/// alias (`eth0:1`) has a colon in its name, and nothing parts a wide number from the last colon.
fn row(line: &[u8]) -> Option<NetDev> {
    let colon = memrchr(b':', line)?;
    let (name, numbers) = line.split_at_checked(colon)?;
    let mut words = Words(numbers.get(1..)?);
    let mut half = || {
        let mut values = [0; 8];
        for value in &mut values {
            *value = whole_u64(words.next()?)?;
        }
        let [bytes, packets, errs, drop, ..] = values;
        Some([bytes, packets, errs, drop])
    };
    let (received, sent) = (half()?, half()?);
    if words.next().is_some() {
        return None;
    }
    Some(NetDev { name: os_string(name.trim_ascii()), received, sent })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HEAD: &str = "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";

    fn read(rows: &str) -> Result<Vec<NetDev>, ParseError> {
        let mut all = Vec::new();
        net_dev(format!("{HEAD}{rows}").as_bytes(), |row| all.push(row))?;
        Ok(all)
    }

    #[test]
    fn rows() {
        let rows = read(
            "    lo:    3521      35    1    2    3     4          5         6     3522      36    7    8    9     10       11          12\n\
             eth0:1:18446744073709551615 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        )
        .unwrap();
        let row =
            |name: &str, received, sent| NetDev { name: OsString::from(name), received, sent };
        assert_eq!(
            rows,
            [
                row("lo", [3521, 35, 1, 2], [3522, 36, 7, 8]),
                row("eth0:1", [u64::MAX, 1, 2, 3], [8, 9, 10, 11]),
            ]
        );
        assert_eq!(read("").unwrap(), []);
        assert!(net_dev(b"", |_| ()).is_ok());
    }

    #[test]
    fn malformed() {
        let good = "lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n";
        for (bad, quoted) in [
            ("eth0 1 2", "eth0 1 2"),
            ("eth0: 1 2", "eth0: 1 2"),
            ("e: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", "e: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"),
            ("e: 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7", "e: 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7"),
            ("e: 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 -6", "e: 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 -6"),
            ("e: 18446744073709551616 2", "e: 18446744073709551616 2"),
        ] {
            let error = read(&format!("{good}{bad}\n")).unwrap_err();
            assert_eq!(error.to_string(), format!("malformed line '{quoted}' (line 4)"));
        }
    }
}
