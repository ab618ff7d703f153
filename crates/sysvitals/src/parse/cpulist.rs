use super::ParseError;
use super::text::{cut, invalid, whole_u64};
use memchr::memchr;

/// Far above any kernel's `NR_CPUS`, and low enough that no text can exhaust memory.
const MOST: usize = 1 << 20;

/// Reads a kernel CPU list such as `0-3,8,10-11`.
pub fn cpu_list(text: &[u8]) -> Result<Vec<usize>, ParseError> {
    let mut cpus = Vec::new();
    for item in text.split(|&b| b == b',') {
        let item = item.trim_ascii();
        if item.is_empty() {
            continue;
        }
        let (first, last) = match memchr(b'-', item) {
            Some(dash) => {
                let (first, last) = cut(item, dash);
                match (cpu(first), cpu(last)) {
                    (Some(first), Some(last)) if first <= last => (first, last),
                    _ => return Err(invalid(b"CPU range", item)),
                }
            }
            None => {
                let n = cpu(item).ok_or_else(|| invalid(b"CPU", item))?;
                (n, n)
            }
        };
        if last - first >= MOST - cpus.len() {
            return Err(invalid(b"CPU list", text));
        }
        cpus.extend(first..=last);
    }
    Ok(cpus)
}

fn cpu(text: &[u8]) -> Option<usize> {
    let n = usize::try_from(whole_u64(text.trim_ascii())?).ok()?;
    (n < MOST).then_some(n)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn vectors() {
        let read = |text: &str| cpu_list(text.as_bytes()).unwrap();
        assert_eq!(read("0-3,8,10-11"), [0, 1, 2, 3, 8, 10, 11]);
        assert_eq!(read("0-3,8,10-11\n"), [0, 1, 2, 3, 8, 10, 11]);
        assert_eq!(read(" 1 , 3-4 "), [1, 3, 4]);
        assert_eq!(read("2-2"), [2]);
        assert_eq!(read(",,1,"), [1]);
        assert!(read("").is_empty());
        assert!(read("\n").is_empty());
    }

    #[test]
    fn malformed() {
        let error = |text: &str| cpu_list(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error("3-1"), "invalid CPU range '3-1'");
        assert_eq!(error("0,1-"), "invalid CPU range '1-'");
        assert_eq!(error("-1"), "invalid CPU range '-1'");
        assert_eq!(error("1-2-3"), "invalid CPU range '1-2-3'");
        assert_eq!(error("0,x"), "invalid CPU 'x'");
        assert_eq!(error("1 2"), "invalid CPU '1 2'");
    }

    #[test]
    fn no_text_exhausts_memory() {
        assert!(cpu_list(b"0-18446744073709551615").is_err());
        assert!(cpu_list(b"0-1048576").is_err());
        assert!(cpu_list(b"1048576").is_err());
        assert_eq!(cpu_list(b"0-1048575").unwrap().len(), 1 << 20);
        assert!(cpu_list(b"0-1048575,0").is_err());
        assert!(cpu_list(&b"0-1048575,".repeat(1000)).is_err());
    }
}
