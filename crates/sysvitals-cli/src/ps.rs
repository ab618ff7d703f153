//! `sysvitals ps`: the processes now, or again and again.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value as Json;
use sysvitals::{Attr, Attrs, Pid, ProcessInfo, ProcessStatus, ProcessTable, Roots, Value};

use crate::cli::PsArgs;
use crate::columns::{Cell, Column, SortKey, parse_list, parse_sort};
use crate::error::{Error, Exit, Result};
use crate::filter::Filter;
use crate::json::{self, Object};
use crate::table::{self, DIM, Head, Line, Span};
use crate::terminal::{self, Output, Watch};

const COLUMNS: &str = "pid,user,state,cpu,mem,rss,thr,time,started,command";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Table,
    Json,
    Csv,
}

/// What to list and how.
pub(crate) struct Query {
    columns: Vec<Column>,
    sort: Vec<SortKey>,
    filter: Filter,
    tree: bool,
    format: Format,
    watch: Option<Watch>,
    interval: Duration,
    limit: Option<usize>,
    /// Only as many lines as the terminal has.
    fit_height: bool,
}

impl Query {
    pub(crate) fn new(args: PsArgs, fit_height: bool) -> Result<Self> {
        let columns = match args.columns {
            Some(columns) => columns.0,
            None => parse_list(COLUMNS)?,
        };
        if args.tree && branch_column(&columns).is_none() {
            return Err(Error::NoBranches);
        }
        let sort = match args.sort {
            Some(sort) => sort.0,
            None if args.tree => parse_sort("pid")?,
            None => parse_sort("cpu,mem")?,
        };
        let mut filter = args.filter.unwrap_or_default();
        if let Some(user) = args.user {
            filter = filter.and(Filter::user(&user));
        }
        let format = match (args.json, args.csv) {
            (true, _) => Format::Json,
            (_, true) => Format::Csv,
            _ => Format::Table,
        };
        Ok(Self {
            columns,
            sort,
            filter,
            tree: args.tree,
            format,
            watch: args.watch.watch(),
            interval: args.interval,
            limit: args.limit,
            fit_height: fit_height || args.watch.watch().is_some(),
        })
    }

    /// Attributes that the answer shows.
    fn shown(&self) -> Attrs {
        self.columns.iter().fold(Attrs::NONE, |attrs, column| attrs | column.attrs())
    }

    /// Attributes that must be read.
    fn attrs(&self) -> Attrs {
        let sort = self.sort.iter().fold(Attrs::NONE, |attrs, key| attrs | key.column.attrs());
        let tree = if self.tree { Attrs::from([Attr::Ppid]) } else { Attrs::NONE };
        let summary = if self.watch.is_some() { Attrs::from([Attr::Status]) } else { Attrs::NONE };
        self.shown() | sort | self.filter.attrs() | tree | summary
    }
}

fn branch_column(columns: &[Column]) -> Option<usize> {
    let named = |name: &str| columns.iter().position(|column| column.name == name);
    named("command").or_else(|| named("cmdline")).or_else(|| named("name"))
}

/// One look at the processes.
struct Snapshot {
    rows: Vec<ProcessInfo>,
    now: f64,
    /// All processes, and those that run, before the filter.
    total: usize,
    running: usize,
}

pub(crate) fn now() -> f64 {
    UNIX_EPOCH.elapsed().map(|age| age.as_secs_f64()).unwrap_or_default()
}

fn collect(table: &ProcessTable, query: &Query) -> Result<Snapshot> {
    let now = now();
    let mut snapshot = Snapshot { rows: Vec::new(), now, total: 0, running: 0 };
    for info in table.read(query.attrs())? {
        snapshot.total += 1;
        if let Some(Value::Status(ProcessStatus::Running)) = info.value(Attr::Status) {
            snapshot.running += 1;
        }
        if query.filter.admits(&info, now) {
            snapshot.rows.push(info);
        }
    }
    sort(&mut snapshot.rows, &query.sort, now);
    Ok(snapshot)
}

fn sort(rows: &mut Vec<ProcessInfo>, keys: &[SortKey], now: f64) {
    let mut keyed: Vec<(Vec<Cell>, ProcessInfo)> = rows
        .drain(..)
        .map(|info| (keys.iter().map(|key| key.column.cell(&info, now)).collect(), info))
        .collect();
    keyed.sort_by(|(a, _), (b, _)| {
        let orders = keys.iter().zip(a.iter().zip(b)).map(|(key, (a, b))| key.order(a, b));
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    rows.extend(keyed.into_iter().map(|(_, info)| info));
}

/// Rows with the branches drawn before them.
fn branches(rows: Vec<ProcessInfo>) -> Vec<(String, ProcessInfo)> {
    let listed: HashSet<Pid> = rows.iter().map(|info| info.process().pid()).collect();
    let mut children: BTreeMap<Option<Pid>, Vec<Pid>> = BTreeMap::new();
    for info in &rows {
        let parent = match info.value(Attr::Ppid) {
            Some(Value::Ppid(ppid)) if listed.contains(ppid) => Some(*ppid),
            _ => None,
        };
        children.entry(parent).or_default().push(info.process().pid());
    }
    let order: Vec<Pid> = rows.iter().map(|info| info.process().pid()).collect();
    let mut left: BTreeMap<Pid, ProcessInfo> =
        rows.into_iter().map(|info| (info.process().pid(), info)).collect();
    let mut drawn = Vec::with_capacity(left.len());
    let roots = children.remove(&None).unwrap_or_default();
    // Those in a loop of parents, which only a foreign tree can have, are roots too.
    for root in roots.into_iter().chain(order) {
        let mut stack = vec![(root, String::new(), String::new())];
        while let Some((pid, own, below)) = stack.pop() {
            let Some(info) = left.remove(&pid) else { continue };
            drawn.push((own, info));
            let young = children.remove(&Some(pid)).unwrap_or_default();
            for (place, child) in young.into_iter().rev().enumerate() {
                let (own, further) =
                    if place == 0 { ("└─ ", "   ") } else { ("├─ ", "│  ") };
                stack.push((child, format!("{below}{own}"), format!("{below}{further}")));
            }
        }
    }
    drawn
}

/// The table and a footer that tells of what was left out; no more than so many lines.
fn draw(snapshot: Snapshot, query: &Query, output: Output, lines: Option<usize>) -> String {
    let now = snapshot.now;
    let count = snapshot.rows.len();
    let rows = match query.tree {
        true => branches(snapshot.rows),
        false => snapshot.rows.into_iter().map(|info| (String::new(), info)).collect(),
    };
    let room = query.limit.unwrap_or(usize::MAX);
    let room = match lines {
        // The header; and the footer, if there is more than fits.
        Some(lines) if count.min(room) + 1 > lines => room.min(lines.saturating_sub(2)),
        _ => room,
    };
    let branch = branch_column(&query.columns);
    let drawn: Vec<Line> = rows
        .iter()
        .take(room)
        .map(|(prefix, info)| {
            let cells = query.columns.iter().enumerate().map(|(place, column)| {
                let mut spans = table::spans(column, &column.cell(info, now), now);
                if Some(place) == branch && !prefix.is_empty() {
                    spans.insert(0, Span(DIM, prefix.clone()));
                }
                spans
            });
            Line(cells.collect())
        })
        .collect();
    let fit = output.size().map(|size| size.columns);
    let heads: Vec<Head> = query.columns.iter().map(Head::from).collect();
    let mut text = table::draw(&heads, &drawn, fit);
    if count > drawn.len() && output.is_terminal() {
        let more = count - drawn.len();
        let hint = if query.watch.is_none() && query.limit.is_none() {
            " · 'sysvitals ps' lists all"
        } else {
            ""
        };
        let footer = format!("… {more} more of {count} processes{hint}");
        let footer = crate::text::clip(&footer, fit.unwrap_or(usize::MAX));
        text += &format!("{DIM}{footer}{DIM:#}\n");
    }
    text
}

fn as_json(snapshot: &Snapshot, query: &Query, pretty: bool) -> String {
    let shown = query.shown();
    let limit = query.limit.unwrap_or(usize::MAX);
    let all: Json =
        snapshot.rows.iter().take(limit).map(|info| Object::of(info, shown).finish()).collect();
    json::print(&all, pretty)
}

fn as_csv(snapshot: &Snapshot, query: &Query, header: bool) -> Result<String> {
    let bad = |error: csv::Error| Error::Output(error.into());
    let mut writer = csv::Writer::from_writer(Vec::new());
    if header {
        writer.write_record(query.columns.iter().map(|column| &column.name)).map_err(bad)?;
    }
    for info in snapshot.rows.iter().take(query.limit.unwrap_or(usize::MAX)) {
        let cells = query.columns.iter().map(|column| column.raw(&column.cell(info, snapshot.now)));
        writer.write_record(cells).map_err(bad)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::Output(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn print(snapshot: Snapshot, query: &Query, output: Output, first: bool) -> Result<()> {
    match query.format {
        Format::Json => terminal::write(&as_json(&snapshot, query, query.watch.is_none())),
        Format::Csv => terminal::write(&as_csv(&snapshot, query, first)?),
        Format::Table => {
            // A line is kept for the prompt that follows.
            let size = output.size().filter(|_| query.fit_height && query.watch.is_none());
            let text = draw(snapshot, query, output, size.map(|size| size.rows - 1));
            output.print(&if first { text } else { format!("\n{text}") })
        }
    }
}

/// The first sample of CPU use, if it will be shown.
fn sample_cpu(table: &ProcessTable, query: &Query) -> Result<bool> {
    let needed = query.attrs().contains(Attr::CpuPercent);
    if needed {
        table.read([Attr::CpuPercent].into())?.for_each(drop);
    }
    Ok(needed)
}

pub(crate) fn run(query: &Query, roots: &Roots, output: Output) -> Result<Exit> {
    let table = roots.process_table();
    let sampled = sample_cpu(&table, query)?;
    if let Some(settings) = query.watch {
        return watch(query, &table, output, settings);
    }
    if sampled {
        std::thread::sleep(query.interval);
    }
    let snapshot = collect(&table, query)?;
    let none = snapshot.rows.is_empty() && !query.filter.is_empty();
    print(snapshot, query, output, true)?;
    Ok(if none { Exit::Failed } else { Exit::Done })
}

fn watch(query: &Query, table: &ProcessTable, output: Output, watch: Watch) -> Result<Exit> {
    let full_screen = query.format == Format::Table && output.is_terminal();
    let mut first = true;
    terminal::repeat(watch, query.interval, full_screen, |screen| {
        let snapshot = collect(table, query)?;
        match screen {
            Some(screen) => screen.draw(output, &frame(snapshot, query, output, watch.period))?,
            None => print(snapshot, query, output, first)?,
        }
        first = false;
        Ok(())
    })?;
    Ok(Exit::Done)
}

fn frame(snapshot: Snapshot, query: &Query, output: Output, period: Duration) -> String {
    let title = format!(
        "{} · {} processes, {} running · every {} s · q quits",
        crate::text::clock(snapshot.now),
        snapshot.total,
        snapshot.running,
        period.as_secs_f64()
    );
    let size = output.size();
    let title = crate::text::clip(&title, size.map_or(usize::MAX, |size| size.columns)).to_owned();
    let lines = size.map(|size| size.rows.saturating_sub(1));
    format!("{DIM}{title}{DIM:#}\n{}", draw(snapshot, query, output, lines))
}
