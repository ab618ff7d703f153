//! Text of others, made safe to print; sizes and times for people.

use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;

use jiff::{Timestamp, Zoned, tz::TimeZone};
use unicode_width::UnicodeWidthChar;

/// Whether a terminal could take the character as a command, or draw the line in another order.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn push_printable(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if u32::from(c) < 0x100 && is_unsafe(c) => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if is_unsafe(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

/// The text with what is not safe to print as `\n`, `\x1b`, `\u{202e}`.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_printable(&mut out, text);
    out
}

/// As [`printable`], and bytes that are no UTF-8 as `\xff`.
pub(crate) fn printable_os(text: &OsStr) -> String {
    let mut out = String::with_capacity(text.len());
    for chunk in text.as_bytes().utf8_chunks() {
        push_printable(&mut out, chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// Text that is no UTF-8, for JSON: bytes as `\xff`, and every backslash doubled, so that the bytes
/// can be had back.
pub(crate) fn escape_bytes(text: &OsStr) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for chunk in text.as_bytes().utf8_chunks() {
        out.push_str(&chunk.valid().replace('\\', "\\\\"));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Columns that the text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// The longest beginning that fits into so many columns.
pub(crate) fn clip(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += char_width(c);
        if used > columns {
            return &text[..at];
        }
    }
    text
}

/// A size with a binary unit: `512`, `4.0K`, `12.3M`, `156M`.
pub(crate) fn bytes(value: f64) -> String {
    const UNITS: [&str; 6] = ["K", "M", "G", "T", "P", "E"];
    if value < 1024.0 {
        return format!("{value:.0}");
    }
    let mut value = value;
    let mut name = "";
    for unit in UNITS {
        if value < 999.5 {
            break;
        }
        value /= 1024.0;
        name = unit;
    }
    if value < 99.95 { format!("{value:.1}{name}") } else { format!("{value:.0}{name}") }
}

/// A span of time: `0:01.23`, `12:34.56`, `3:25:45`, `12d03h`.
pub(crate) fn seconds(value: f64) -> String {
    let whole = value.max(0.0) as u64;
    let (minutes, hours, days) = (whole / 60, whole / 3600, whole / 86400);
    if days > 0 {
        format!("{days}d{:02}h", hours % 24)
    } else if hours > 0 {
        format!("{hours}:{:02}:{:02}", minutes % 60, whole % 60)
    } else {
        format!(
            "{minutes}:{:05.2}",
            (value.max(0.0) * 100.0).floor() / 100.0 - (minutes * 60) as f64
        )
    }
}

/// A span of time in whole seconds: `0:05:12`, `3:25:45`, `12d03h`.
pub(crate) fn whole_seconds(value: u64) -> String {
    match value / 3600 {
        hours if hours < 24 => format!("{hours}:{:02}:{:02}", value / 60 % 60, value % 60),
        hours => format!("{}d{:02}h", hours / 24, hours % 24),
    }
}

fn local(epoch: f64) -> Option<Zoned> {
    let time = Timestamp::from_microsecond((epoch * 1e6) as i64).ok()?;
    Some(time.to_zoned(TimeZone::system()))
}

/// A moment, as short as it can be: `12:34` today, `Mar 04` this year, else `2025-03-04`.
pub(crate) fn moment(epoch: f64, now: f64) -> String {
    let (Some(time), Some(now)) = (local(epoch), local(now)) else { return format!("@{epoch}") };
    let format = if time.date() == now.date() {
        "%H:%M"
    } else if time.year() == now.year() {
        "%b %d"
    } else {
        "%Y-%m-%d"
    };
    time.strftime(format).to_string()
}

/// The time of day, `12:34:56`.
pub(crate) fn clock(epoch: f64) -> String {
    local(epoch).map_or_else(String::new, |time| time.strftime("%H:%M:%S").to_string())
}

/// A moment in full, `2026-03-04T12:34:56+01:00`.
pub(crate) fn moment_full(epoch: f64) -> String {
    local(epoch).map_or_else(
        || format!("@{epoch}"),
        |time| time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_command_a_terminal_is_escaped() {
        assert_eq!(printable("a\nb\x1b[2J\u{9b}\u{202e}é"), "a\\nb\\x1b[2J\\x9b\\u{202e}é");
        assert_eq!(printable_os(OsStr::from_bytes(b"a\xff\x07")), "a\\xff\\x07");
    }

    #[test]
    fn escaped_bytes_can_be_told_from_backslashes() {
        assert_eq!(escape_bytes(OsStr::from_bytes(b"\\xff\xff")), "\\\\xff\\xff");
    }

    #[test]
    fn widths_are_columns() {
        assert_eq!(width("日本"), 4);
        assert_eq!(clip("日本", 3), "日");
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("abc", 0), "");
    }

    #[test]
    fn sizes_and_spans() {
        let sizes = [0.0, 1023.0, 1024.0, 12.3 * 1048576.0, 1023.0 * 1024.0];
        assert_eq!(sizes.map(bytes), ["0", "1023", "1.0K", "12.3M", "1.0M"]);
        let spans = [0.0, 1.239, 59.999, 754.5, 12345.0, 1_050_000.0];
        assert_eq!(
            spans.map(seconds),
            ["0:00.00", "0:01.23", "0:59.99", "12:34.50", "3:25:45", "12d03h"]
        );
        let spans = [0, 312, 12345, 86399, 86400, 1_050_000];
        assert_eq!(
            spans.map(whole_seconds),
            ["0:00:00", "0:05:12", "3:25:45", "23:59:59", "1d00h", "12d03h"]
        );
    }
}
