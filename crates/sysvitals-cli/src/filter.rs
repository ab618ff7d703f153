//! `--filter`: which processes to show.

use std::cmp::Ordering;
use std::os::unix::ffi::OsStrExt;
use std::str::FromStr;

use regex::bytes::{Regex, RegexBuilder};
use sysvitals::{Attr, Attrs, ProcessInfo, Value};

use crate::columns::{Cell, Column, Kind};
use crate::error::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    MatchesNot,
}

// The longer first.
const OPS: [(&str, Op); 9] = [
    (">=", Op::GreaterOrEqual),
    ("<=", Op::LessOrEqual),
    ("!=", Op::NotEqual),
    ("!~", Op::MatchesNot),
    ("==", Op::Equal),
    ("=", Op::Equal),
    (">", Op::Greater),
    ("<", Op::Less),
    ("~", Op::Matches),
];

#[derive(Clone)]
enum Term {
    Number { column: Column, op: Op, value: f64 },
    Text { column: Column, op: Op, value: String },
    Pattern { column: Column, op: Op, regex: Regex },
    User { name: String, negated: bool },
    Word(Regex),
}

/// Terms that must all hold.
#[derive(Clone, Default)]
pub(crate) struct Filter(Vec<Term>);

impl Filter {
    /// Processes of a user, by name or number.
    pub(crate) fn user(name: &str) -> Self {
        Self(vec![Term::User { name: name.to_owned(), negated: false }])
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What must be read to decide.
    pub(crate) fn attrs(&self) -> Attrs {
        self.0.iter().fold(Attrs::NONE, |attrs, term| {
            attrs
                | match term {
                    Term::Number { column, .. }
                    | Term::Text { column, .. }
                    | Term::Pattern { column, .. } => column.attrs(),
                    Term::User { .. } => [Attr::Uids, Attr::Username].into(),
                    Term::Word(_) => [Attr::Name, Attr::Cmdline].into(),
                }
        })
    }

    /// What cannot be read holds in no comparison.
    pub(crate) fn admits(&self, info: &ProcessInfo, now: f64) -> bool {
        self.0.iter().all(|term| term.holds(info, now))
    }
}

impl Term {
    fn holds(&self, info: &ProcessInfo, now: f64) -> bool {
        match self {
            Self::Number { column, op, value } => {
                let number = column.cell(info, now).number();
                number.is_some_and(|number| op.admits(number.total_cmp(value)))
            }
            Self::Text { column, op, value } => match column.cell(info, now) {
                Cell::Text(text) => op.admits(text.as_bytes().cmp(value.as_bytes())),
                _ => false,
            },
            Self::Pattern { column, op, regex } => {
                let cell = column.cell(info, now);
                let found = match &cell {
                    Cell::Text(text) => regex.is_match(text.as_bytes()),
                    cell => regex.is_match(column.raw(cell).as_bytes()),
                };
                cell.is_known() && found == (*op == Op::Matches)
            }
            Self::User { name, negated } => {
                let by_name = match info.value(Attr::Username) {
                    Some(Value::Username(known)) => Some(known.as_bytes() == name.as_bytes()),
                    _ => None,
                };
                let by_number = match info.value(Attr::Uids) {
                    Some(Value::Uids(uids)) => Some(uids.real.to_string() == *name),
                    _ => None,
                };
                match (by_name, by_number) {
                    (None, None) => false,
                    (a, b) => (a == Some(true) || b == Some(true)) != *negated,
                }
            }
            Self::Word(regex) => word_matches(regex, info),
        }
    }
}

fn word_matches(regex: &Regex, info: &ProcessInfo) -> bool {
    let name = match info.value(Attr::Name) {
        Some(Value::Name(name)) => regex.is_match(name.as_bytes()),
        _ => false,
    };
    name || match info.value(Attr::Cmdline) {
        Some(Value::Cmdline(args)) => regex.is_match(args.join(" ".as_ref()).as_bytes()),
        _ => false,
    }
}

impl Op {
    fn admits(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Matches | Self::MatchesNot => false,
        }
    }
}

impl FromStr for Filter {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        split(text).iter().map(|term| parse_term(term)).collect::<Result<_, _>>().map(Self)
    }
}

/// At commas, but not at `\,`.
fn split(text: &str) -> Vec<String> {
    let mut terms = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ',' {
            terms.push(String::new());
        } else if let Some(term) = terms.last_mut() {
            match c {
                '\\' if chars.peek() == Some(&',') => term.extend(chars.next()),
                c => term.push(c),
            }
        }
    }
    terms
}

fn parse_term(term: &str) -> Result<Term, Error> {
    let term = term.trim();
    let bad = |reason: String| Error::BadTerm { term: term.to_owned(), reason };
    if term.is_empty() {
        return Err(bad("it is empty".into()));
    }
    // A name of a column, then an operator; else a word.
    let name_end = term.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    let (name, rest) = term.split_at(name_end.unwrap_or(term.len()));
    let rest = rest.trim_start();
    let op = OPS.iter().find_map(|(sign, op)| Some((*op, rest.strip_prefix(sign)?.trim_start())));
    let Some((op, value)) = op.filter(|_| !name.is_empty()) else {
        return pattern(term, true).map(Term::Word).map_err(|e| bad(reason(&e)));
    };
    let column: Column = name.parse().map_err(|error: Error| bad(error.to_string()))?;
    if value.is_empty() {
        return Err(bad("there is nothing to compare with".into()));
    }
    match op {
        Op::Matches | Op::MatchesNot => {
            let regex = pattern(value, false).map_err(|error| bad(reason(&error)))?;
            Ok(Term::Pattern { column, op, regex })
        }
        Op::Equal | Op::NotEqual if column.is_user() => {
            Ok(Term::User { name: value.to_owned(), negated: op == Op::NotEqual })
        }
        Op::Equal | Op::NotEqual if column.kind == Kind::Text => {
            Ok(Term::Text { column, op, value: value.to_owned() })
        }
        _ if column.kind == Kind::Text => {
            Err(bad(format!("column '{name}' is text: it has = != ~ !~ only")))
        }
        _ => match number(column.kind, value) {
            Some(value) => Ok(Term::Number { column, op, value }),
            None => Err(bad(format!("'{}' is no {}", value.escape_debug(), wanted(column.kind)))),
        },
    }
}

pub(crate) fn pattern(pattern: &str, ignore_case: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(ignore_case).build()
}

/// The last line of the regex crate's report, which draws the pattern before.
pub(crate) fn reason(error: &regex::Error) -> String {
    let report = error.to_string();
    let last = report.lines().last().unwrap_or_default();
    last.trim().trim_start_matches("error: ").to_owned()
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Bytes => "size (such as 1048576, 100M, 1.5G)",
        Kind::Seconds => "span of time (such as 90, 5m, 2h, 3d)",
        Kind::Moment => "moment (such as 2026-03-04, 2026-03-04T12:30, or seconds since 1970)",
        Kind::Percent => "percentage (such as 5, 12.5%)",
        Kind::Id | Kind::Count | Kind::Text => "number",
    }
}

fn number(kind: Kind, text: &str) -> Option<f64> {
    match kind {
        Kind::Bytes => size(text),
        Kind::Seconds => span(text),
        Kind::Moment => plain(text).or_else(|| moment(text)),
        Kind::Percent => plain(text.strip_suffix('%').unwrap_or(text)),
        Kind::Id | Kind::Count | Kind::Text => plain(text),
    }
}

fn plain(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

fn size(text: &str) -> Option<f64> {
    let end = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let unit = unit.to_ascii_uppercase();
    let unit = unit.strip_suffix("IB").or_else(|| unit.strip_suffix('B')).unwrap_or(&unit);
    let power = ["", "K", "M", "G", "T", "P"].iter().position(|known| *known == unit)?;
    Some(plain(digits.trim())? * 1024f64.powi(power as i32))
}

fn span(text: &str) -> Option<f64> {
    let units = [('s', 1.0), ('m', 60.0), ('h', 3600.0), ('d', 86400.0)];
    let unit = units.iter().find_map(|(unit, factor)| Some((text.strip_suffix(*unit)?, factor)));
    match unit {
        Some((digits, factor)) => Some(plain(digits.trim())? * factor),
        None => plain(text),
    }
}

fn moment(text: &str) -> Option<f64> {
    let zone = jiff::tz::TimeZone::system();
    let time = text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(zone).ok()?;
    Some(time.timestamp().as_second() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sysvitals::Process;

    fn error(text: &str) -> String {
        text.parse::<Filter>().err().unwrap().to_string()
    }

    fn admits_self(text: &str) -> bool {
        let filter: Filter = text.parse().unwrap();
        let info = Process::current().as_dict(filter.attrs()).unwrap();
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
        filter.admits(&info, now)
    }

    #[test]
    fn units() {
        assert_eq!(size("1.5k"), Some(1536.0));
        assert_eq!(size("100MiB"), Some(104_857_600.0));
        assert_eq!(size("7 B"), Some(7.0));
        assert_eq!(size("7X"), None);
        assert_eq!(span("2h"), Some(7200.0));
        assert_eq!(span("1.5"), Some(1.5));
        assert_eq!(span("h"), None);
        assert_eq!(plain("nan"), None);
        assert!(moment("2026-03-04").is_some());
    }

    #[test]
    fn terms_about_this_process() {
        let pid = std::process::id();
        assert!(admits_self(&format!("pid={pid}, rss>=1K,thr>0")));
        assert!(!admits_self(&format!("pid!={pid}")));
        assert!(admits_self(&format!("pid~^{pid}$")));
        assert!(admits_self("name~."));
        assert!(admits_self("SYSVITALS"));
        assert!(!admits_self("rss>1P"));
        assert!(admits_self("elapsed<1d,started>2020-01-01"));
        let uid = Process::current().uids().unwrap().real;
        assert!(admits_self(&format!("user={uid}")));
        assert!(!admits_self(&format!("user!={uid}")));
        assert!(!admits_self("user=nobody-of-that-name"));
        assert!(admits_self("user!=nobody-of-that-name"));
    }

    #[test]
    fn an_escaped_comma_is_part_of_the_term() {
        assert_eq!(split("a{1\\,2},b"), ["a{1,2}", "b"]);
    }

    #[test]
    fn a_bad_term_is_named() {
        assert!(error("cpu>5,nope=1").contains("'nope=1': no column 'nope'"));
        assert!(error("rss>much").contains("'much' is no size"));
        assert!(error("rss>").contains("nothing to compare"));
        assert!(error("user>root").contains("is text"));
        assert!(error("name~(").contains("unclosed group"));
        assert!(error("cpu>5,").contains("empty"));
    }
}
