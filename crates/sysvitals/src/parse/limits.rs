use super::ParseError;
use super::text::{Words, split_line, whole_u64};

/// The soft and hard limit of a resource (`RLIMIT_NOFILE`) out of `/proc/[pid]/limits`;
/// `u64::MAX` for unlimited.
pub fn limits(text: &[u8], resource: &str) -> Result<(u64, u64), ParseError> {
    let label = match resource {
        "RLIMIT_CPU" => "Max cpu time",
        "RLIMIT_FSIZE" => "Max file size",
        "RLIMIT_DATA" => "Max data size",
        "RLIMIT_STACK" => "Max stack size",
        "RLIMIT_CORE" => "Max core file size",
        "RLIMIT_RSS" => "Max resident set",
        "RLIMIT_NPROC" => "Max processes",
        "RLIMIT_NOFILE" => "Max open files",
        "RLIMIT_MEMLOCK" => "Max locked memory",
        "RLIMIT_AS" => "Max address space",
        "RLIMIT_LOCKS" => "Max file locks",
        "RLIMIT_SIGPENDING" => "Max pending signals",
        "RLIMIT_MSGQUEUE" => "Max msgqueue size",
        "RLIMIT_NICE" => "Max nice priority",
        "RLIMIT_RTPRIO" => "Max realtime priority",
        "RLIMIT_RTTIME" => "Max realtime timeout",
        other => return Err(ParseError::new(format!("no such limit: {other}"))),
    };
    let mut rest = text;
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        if let Some(values) = line.strip_prefix(label.as_bytes())
            && values.starts_with(b" ")
        {
            let mut words = Words(values);
            let mut next = || match words.next()? {
                b"unlimited" => Some(u64::MAX),
                word => whole_u64(word),
            };
            return match (next(), next()) {
                (Some(soft), Some(hard)) => Ok((soft, hard)),
                _ => Err(ParseError::new(format!("{label:?} is malformed"))),
            };
        }
        rest = tail;
    }
    Err(ParseError::new(format!("{label:?} is missing")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] =
        b"Limit                     Soft Limit           Hard Limit           Units     \n\
        Max cpu time              unlimited            unlimited            seconds   \n\
        Max open files            1024                 1048576              files     \n\
        Max nice priority         0                    x                    \n";

    #[test]
    fn reads_numbers_and_unlimited() {
        assert_eq!(limits(TEXT, "RLIMIT_CPU"), Ok((u64::MAX, u64::MAX)));
        assert_eq!(limits(TEXT, "RLIMIT_NOFILE"), Ok((1024, 1_048_576)));
    }

    #[test]
    fn tells_what_is_wrong() {
        assert!(limits(TEXT, "RLIMIT_NICE").is_err());
        assert!(limits(TEXT, "RLIMIT_AS").is_err());
        assert!(limits(TEXT, "RLIMIT_X").is_err());
    }
}
