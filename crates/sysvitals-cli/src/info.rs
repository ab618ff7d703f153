//! `sysvitals info`: everything about one process.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value as Json, json};
use sysvitals::net::{Address, AddressFamily, Connection, ConnectionStatus, SocketType};
use sysvitals::process::{RLIM_INFINITY, Resource};
use sysvitals::{Attr, Attrs, ConnectionKind, Error, Process, ProcessInfo, Roots, Value};

use crate::cli::InfoArgs;
use crate::columns::{fields_of, show_value, shown_fields};
use crate::error::{Exit, Result};
use crate::json::{self, Object};
use crate::table::{BOLD, COOL, DIM, WARM};
use crate::terminal::{self, Output};
use crate::text;

/// CPU use is measured over this time.
const INTERVAL: Duration = Duration::from_millis(500);
/// Lists are shortened to this many lines, but for `--full`.
const SHORT: usize = 15;
/// Wide enough for the longest name.
const LABEL: usize = 17;

const GROUPS: &[(&str, &[Attr])] = &[
    ("Identity", &[Attr::Pid, Attr::Name, Attr::Exe, Attr::Cmdline, Attr::Cwd, Attr::CreateTime]),
    ("Family", &[Attr::Ppid]),
    ("User", &[Attr::Username, Attr::Uids, Attr::Gids, Attr::Terminal]),
    ("State", &[Attr::Status, Attr::NumThreads, Attr::NumFds, Attr::NumCtxSwitches]),
    ("CPU", &[Attr::CpuPercent, Attr::CpuTimes, Attr::CpuNum, Attr::CpuAffinity, Attr::Nice]),
    (
        "Memory",
        &[
            Attr::MemoryPercent,
            Attr::MemoryInfo,
            Attr::MemoryInfoEx,
            Attr::MemoryFootprint,
            Attr::PageFaults,
        ],
    ),
    ("I/O", &[Attr::IoCounters, Attr::Ionice]),
    ("Open files", &[Attr::OpenFiles]),
    ("Sockets", &[Attr::NetConnections]),
    ("Threads", &[Attr::Threads]),
    ("Limits", &[]),
    ("Memory maps", &[Attr::MemoryMaps]),
    ("Environment", &[Attr::Environ]),
];

/// Soft and hard.
type Limits = (u64, u64);

struct Report {
    info: ProcessInfo,
    sockets: Result<Vec<Connection>, Error>,
    limits: Vec<(Resource, Result<Limits, Error>)>,
    parents: Result<Vec<Process>, Error>,
    children: Result<Vec<Process>, Error>,
    now: f64,
}

pub(crate) fn run(args: &InfoArgs, roots: &Roots, output: Output) -> Result<Exit> {
    let process = roots.process(args.pid)?;
    let report = collect(&process)?;
    if args.json {
        terminal::write(&json::print(&as_json(&report), true))?;
    } else {
        let list = if args.full { usize::MAX } else { SHORT };
        let width = output.size().map_or(80, |size| size.columns);
        output.print(&as_text(&report, list, width))?;
    }
    Ok(Exit::Done)
}

fn collect(process: &Process) -> Result<Report> {
    // Two samples; a process that can not be sampled says so again below.
    if process.cpu_percent(None).is_ok() {
        std::thread::sleep(INTERVAL);
    }
    let limit = |resource: &Resource| (*resource, process.rlimit(*resource));
    Ok(Report {
        info: process.as_dict(Attrs::ALL)?,
        sockets: process.net_connections(ConnectionKind::All),
        limits: Resource::ALL.iter().map(limit).collect(),
        parents: process.parents(),
        children: process.children(false),
        now: crate::ps::now(),
    })
}

/// The reason, without the process that everybody knows it is about.
pub(crate) fn why(error: &Error) -> String {
    let mut why = error.message();
    if let Some(path) = error.path() {
        let _ = write!(why, ": {}", text::printable_os(path.as_os_str()));
    }
    if let Some(source) = std::error::Error::source(error) {
        let _ = write!(why, ": {source}");
    }
    text::printable(&why)
}

fn named(process: &Process) -> String {
    let name = process.name().map(|name| format!(" {}", text::printable_os(&name)));
    format!("{}{}", process.pid(), name.unwrap_or_default())
}

struct Page {
    text: String,
    /// Lines that a list may have.
    list: usize,
    /// Columns that a record's fields are broken at.
    width: usize,
}

impl Page {
    fn title(&mut self, title: &str) {
        let gap = if self.text.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.text, "{gap}{BOLD}{title}{BOLD:#}");
    }

    fn entry(&mut self, label: &str, value: &str) {
        let _ = writeln!(self.text, "  {COOL}{label:<LABEL$}{COOL:#} {value}");
    }

    fn denied(&mut self, label: &str, error: &Error) {
        self.entry(label, &format!("{WARM}{}{WARM:#}", why(error)));
    }

    fn answer(&mut self, label: &str, answer: &Result<String, &Error>) {
        match answer {
            Ok(text) => self.entry(label, text),
            Err(error) => self.denied(label, error),
        }
    }

    /// Fields, on as many lines as they need.
    fn fields(&mut self, label: &str, value: &Value) {
        let mut line = String::new();
        let mut label = label;
        for field in shown_fields(value) {
            if !line.is_empty() && LABEL + 5 + text::width(&line) + text::width(&field) > self.width
            {
                self.entry(label, &line);
                line.clear();
                label = "";
            }
            if !line.is_empty() {
                line.push_str("  ");
            }
            line.push_str(&field);
        }
        self.entry(label, &line);
    }

    /// A count, and lines below it.
    fn list(&mut self, label: &str, summary: &str, lines: &[String]) {
        self.entry(label, summary);
        for line in lines.iter().take(self.list) {
            let _ = writeln!(self.text, "    {line}");
        }
        if lines.len() > self.list {
            let more = lines.len() - self.list;
            let _ = writeln!(self.text, "    {DIM}… {more} more; --full shows all{DIM:#}");
        }
    }
}

fn as_text(report: &Report, list: usize, width: usize) -> String {
    let mut page = Page { text: String::new(), list, width };
    for (title, attrs) in GROUPS {
        page.title(title);
        for attr in *attrs {
            attribute(&mut page, *attr, report);
        }
        match *title {
            "Family" => family(&mut page, report),
            "Limits" => limits(&mut page, report),
            _ => {}
        }
    }
    page.text
}

fn family(page: &mut Page, report: &Report) {
    let chain = |list: &Vec<Process>, separator| match list.is_empty() {
        true => "-".into(),
        false => list.iter().map(named).collect::<Vec<_>>().join(separator),
    };
    page.answer("parents", &report.parents.as_ref().map(|list| chain(list, " ← ")));
    match &report.children {
        Ok(children) => {
            let lines: Vec<String> = children.iter().map(named).collect();
            page.list("children", &lines.len().to_string(), &lines);
        }
        Err(error) => page.denied("children", error),
    }
}

fn limits(page: &mut Page, report: &Report) {
    let shown = |limit: u64| match limit {
        RLIM_INFINITY => "unlimited".to_owned(),
        limit => limit.to_string(),
    };
    for (resource, answer) in &report.limits {
        let answer = answer
            .as_ref()
            .map(|(soft, hard)| format!("{} {DIM}hard{DIM:#} {}", shown(*soft), shown(*hard)));
        page.answer(resource.as_str(), &answer);
    }
}

fn attribute(page: &mut Page, attr: Attr, report: &Report) {
    let label = attr.as_str();
    let value = match report.info.get(attr) {
        Some(Ok(value)) => value,
        Some(Err(error)) => return page.denied(label, error),
        None => return,
    };
    match value {
        Value::Cmdline(args) => {
            let shown: Vec<String> =
                args.iter().map(|arg| quoted(&text::printable_os(arg))).collect();
            page.entry(label, if shown.is_empty() { "-".into() } else { shown.join(" ") }.as_str());
        }
        Value::CreateTime(began) => {
            let ago = text::seconds(report.now - began);
            page.entry(label, &format!("{} {DIM}({ago} ago){DIM:#}", text::moment_full(*began)));
        }
        Value::Environ(list) => {
            let lines: Vec<String> = list
                .iter()
                .map(|(k, v)| format!("{}={}", text::printable_os(k), text::printable_os(v)))
                .collect();
            page.list(label, &lines.len().to_string(), &lines);
        }
        Value::MemoryMaps(list) => {
            let mut list: Vec<_> = list.iter().collect();
            list.sort_by_key(|map| std::cmp::Reverse((map.rss, map.size)));
            let lines: Vec<String> = list
                .iter()
                .map(|map| {
                    let (rss, size) = (text::bytes(map.rss as f64), text::bytes(map.size as f64));
                    format!("{rss:>6} of {size:>6}  {}", text::printable_os(map.path.as_os_str()))
                })
                .collect();
            let rss: u64 = list.iter().map(|map| map.rss).fold(0, u64::saturating_add);
            let summary = format!("{} paths, {} resident", lines.len(), text::bytes(rss as f64));
            page.list(label, &summary, &lines);
        }
        Value::NetConnections(_) => match &report.sockets {
            Ok(list) => {
                let lines: Vec<String> = list.iter().map(socket).collect();
                page.list(label, &lines.len().to_string(), &lines);
            }
            Err(error) => page.denied(label, error),
        },
        Value::OpenFiles(list) => {
            let lines: Vec<String> = list
                .iter()
                .map(|file| {
                    let path = text::printable_os(file.path.as_os_str());
                    format!(
                        "{:>4} {:<2} {path} {DIM}at {}{DIM:#}",
                        file.fd,
                        file.mode.as_str(),
                        file.position
                    )
                })
                .collect();
            page.list(label, &lines.len().to_string(), &lines);
        }
        Value::Threads(list) => {
            let lines: Vec<String> = list
                .iter()
                .map(|thread| {
                    let (user, system) =
                        (text::seconds(thread.user_time), text::seconds(thread.system_time));
                    format!("{:>7}  user {user}  system {system}", thread.id)
                })
                .collect();
            page.list(label, &lines.len().to_string(), &lines);
        }
        value => match fields_of(value) {
            Some(_) => page.fields(label, value),
            None => page.entry(label, &show_value(attr, value, report.now)),
        },
    }
}

/// As one would type it to a shell, if that needs quotes.
fn quoted(arg: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=./:,@%+^".contains(c);
    if !arg.is_empty() && arg.chars().all(plain) {
        return arg.to_owned();
    }
    format!("'{}'", arg.replace('\'', r"'\''"))
}

/// What netstat calls it.
pub(crate) fn protocol(family: AddressFamily, kind: SocketType) -> &'static str {
    match (family, kind) {
        (AddressFamily::Inet, SocketType::STREAM) => "tcp",
        (AddressFamily::Inet, SocketType::DGRAM) => "udp",
        (AddressFamily::Inet6, SocketType::STREAM) => "tcp6",
        (AddressFamily::Inet6, SocketType::DGRAM) => "udp6",
        (AddressFamily::Unix, SocketType::DGRAM) => "unix dgram",
        (AddressFamily::Unix, SocketType::SEQPACKET) => "unix seqpacket",
        (AddressFamily::Unix, _) => "unix",
        (family, _) => family.as_str(),
    }
}

fn socket(socket: &Connection) -> String {
    let protocol = protocol(socket.family, socket.kind);
    let end = |address: &Address| match address {
        Address::Unix(path) => text::printable_os(path),
        address => address.to_string(),
    };
    let mut line = format!("{:>4} {protocol} {}", socket.fd, end(&socket.laddr));
    let remote = end(&socket.raddr);
    if !remote.is_empty() {
        let _ = write!(line, " → {remote}");
    }
    if socket.status != ConnectionStatus::None {
        let _ = write!(line, " {}", socket.status);
    }
    line
}

fn as_json(report: &Report) -> Json {
    let mut object = Object::of(&report.info, Attrs::ALL);
    let sockets = report.sockets.as_ref();
    object.answer("net_connections", sockets, |encoder, list| encoder.records(list));
    object.answer("parents", report.parents.as_ref(), |_, list| pids(list));
    object.answer("children", report.children.as_ref(), |_, list| pids(list));
    let limits = report.limits.iter().map(|(resource, answer)| {
        let value = match answer {
            Ok((soft, hard)) => json!({"soft": limit(*soft), "hard": limit(*hard)}),
            Err(error) => json!({"error": {
                "kind": format!("{:?}", error.kind()),
                "message": error.to_string(),
            }}),
        };
        (resource.as_str().to_owned(), value)
    });
    let limits = Json::Object(limits.collect());
    object.answer("rlimits", Ok(limits), |_, limits| limits);
    object.finish()
}

fn pids(list: &[Process]) -> Json {
    list.iter().map(Process::pid).collect()
}

/// psutil's RLIM_INFINITY is -1.
fn limit(value: u64) -> Json {
    if value == RLIM_INFINITY { (-1).into() } else { value.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_has_its_group() {
        let told: Attrs = GROUPS.iter().flat_map(|(_, attrs)| attrs.iter().copied()).collect();
        assert_eq!(told, Attrs::ALL);
        assert!(Attr::ALL.iter().all(|attr| attr.as_str().len() <= LABEL));
        assert!(Resource::ALL.iter().all(|limit| limit.as_str().len() <= LABEL));
    }

    #[test]
    fn arguments_are_quoted_where_it_matters() {
        assert_eq!(quoted("a-b=c"), "a-b=c");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
