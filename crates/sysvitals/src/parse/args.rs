use super::text::{cut, os_string};
use memchr::memchr;
use std::collections::BTreeMap;
use std::ffi::OsString;

/// Splits `/proc/[pid]/cmdline` into arguments.
pub fn cmdline(text: &[u8]) -> Vec<OsString> {
    let (text, separator) = match text {
        [] => return Vec::new(),
        [text @ .., 0] => (text, 0),
        [text @ .., b' '] => (text, b' '),
        text => (text, b' '),
    };
    // A process that rewrites its title (setproctitle(3)) leaves one string behind.
    let separator = if separator == 0 && memchr(0, text).is_none() { b' ' } else { separator };
    text.split(|&b| b == separator).map(os_string).collect()
}

/// Splits `/proc/[pid]/environ` into `(name, value)` pairs, a later duplicate winning in place.
pub fn environ(text: &[u8]) -> Vec<(OsString, OsString)> {
    let mut pairs: Vec<(OsString, OsString)> = Vec::new();
    let mut places: BTreeMap<&[u8], usize> = BTreeMap::new();
    let mut rest = text;
    while let Some(end) = memchr(0, rest) {
        let (entry, tail) = cut(rest, end);
        if entry.is_empty() {
            break;
        }
        rest = tail;
        let (name, value) = match memchr(b'=', entry) {
            Some(equals) if equals > 0 => cut(entry, equals),
            _ => continue,
        };
        let place = *places.entry(name).or_insert(pairs.len());
        match pairs.get_mut(place) {
            Some(pair) => pair.1 = os_string(value),
            None => pairs.push((os_string(name), os_string(value))),
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cmdline_vectors() {
        let vectors: &[(&[u8], &[&str])] = &[
            (b"/bin/a\0-x\0", &["/bin/a", "-x"]),
            (b"/bin/a -x", &["/bin/a", "-x"]),
            (b"/bin/a -x\0", &["/bin/a", "-x"]),
            (b"a\0\0b\0", &["a", "", "b"]),
            (b"\0", &[""]),
            (b" ", &[""]),
            (b"\0\0", &["", ""]),
            (b"a b\0c d\0", &["a b", "c d"]),
            (b"a  b ", &["a", "", "b"]),
            (b"a b \0", &["a", "b", ""]),
            (b"a\0b", &["a\0b"]),
            (b"a\0b c", &["a\0b", "c"]),
            (b"", &[]),
        ];
        for (text, expected) in vectors {
            assert_eq!(cmdline(text), *expected, "{}", text.escape_ascii());
        }
    }

    #[cfg(unix)]
    #[test]
    fn bytes_stay_bytes() {
        use std::os::unix::ffi::OsStrExt;
        let args = cmdline(b"\xff\0\xfe\0");
        assert!(args.iter().map(|arg| arg.as_bytes()).eq([b"\xff", b"\xfe"]));
    }

    #[test]
    fn environ_vectors() {
        type Pairs = &'static [(&'static str, &'static str)];
        let vectors: &[(&[u8], Pairs)] = &[
            (b"A=1\0B=2\0", &[("A", "1"), ("B", "2")]),
            (b"A=1\0B=2", &[("A", "1")]),
            (b"A=1\0\0B=2\0", &[("A", "1")]),
            (b"=X\0A=1\0", &[("A", "1")]),
            (b"noeq\0A=1\0", &[("A", "1")]),
            (b"A=\0", &[("A", "")]),
            (b"A=1=2\0", &[("A", "1=2")]),
            (b"\0A=1\0", &[]),
            (b"A=1\0A=2\0", &[("A", "2")]),
            (b"A=1\0B=2\0A=3\0C=4\0", &[("A", "3"), ("B", "2"), ("C", "4")]),
            (b"", &[]),
        ];
        for (text, expected) in vectors {
            let pairs = environ(text);
            let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.to_str(), v.to_str())).collect();
            let expected: Vec<_> = expected.iter().map(|&(k, v)| (Some(k), Some(v))).collect();
            assert_eq!(pairs, expected, "{}", text.escape_ascii());
        }
    }
}
