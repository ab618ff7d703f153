//! Drawing a table: widths, shortening, colours.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::columns::{Cell, Column, Kind};
use crate::text;

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const PLAIN: Style = Style::new();
pub(crate) const WARM: Style = AnsiColor::Yellow.on_default();
pub(crate) const HOT: Style = AnsiColor::Red.on_default().bold();
pub(crate) const LIVELY: Style = AnsiColor::Green.on_default();
pub(crate) const COOL: Style = AnsiColor::Cyan.on_default();

/// The widest that a column gets on a terminal, unless it takes the rest of the line.
const WIDEST: usize = 24;

/// Text in one style.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span(pub(crate) Style, pub(crate) String);

pub(crate) struct Line(pub(crate) Vec<Vec<Span>>);

fn width(spans: &[Span]) -> usize {
    spans.iter().map(|Span(_, text)| text::width(text)).sum()
}

/// A cell's text in its colours.
pub(crate) fn spans(column: &Column, cell: &Cell, now: f64) -> Vec<Span> {
    let shown = column.show(cell, now);
    if !cell.is_known() {
        return vec![Span(DIM, shown)];
    }
    if column.is_command() {
        return command(shown);
    }
    let style = match (column.kind, cell.number()) {
        (Kind::Percent, Some(value)) if value >= 50.0 => HOT,
        (Kind::Percent, Some(value)) if value >= 10.0 => WARM,
        (Kind::Percent | Kind::Seconds | Kind::Bytes | Kind::Count, _)
            if matches!(shown.as_str(), "0" | "0.0" | "0:00.00") =>
        {
            DIM
        }
        _ if column.name == "pid" => COOL,
        _ if column.is_user() && shown == "root" => DIM,
        _ if column.is_user() => LIVELY,
        _ if column.is_state() => match shown.as_str() {
            "R" | "running" => LIVELY,
            "D" | "disk-sleep" => WARM,
            "Z" | "zombie" | "X" | "dead" => HOT,
            "T" | "stopped" | "t" | "tracing-stop" => WARM,
            _ => DIM,
        },
        _ => PLAIN,
    };
    vec![Span(style, shown)]
}

/// The program stands out of its path and arguments; what has no command line steps back.
fn command(shown: String) -> Vec<Span> {
    if shown.starts_with('[') && shown.ends_with(']') {
        return vec![Span(DIM, shown)];
    }
    let end = shown.find(' ').unwrap_or(shown.len());
    let (program, arguments) = shown.split_at(end);
    let start = program.rfind('/').map_or(0, |slash| slash + 1);
    let (folder, name) = program.split_at(start);
    vec![
        Span(DIM, folder.to_owned()),
        Span(BOLD, name.to_owned()),
        Span(PLAIN, arguments.to_owned()),
    ]
}

/// Without the program's folder, for a command that does not fit.
fn without_folder(spans: &[Span]) -> Vec<Span> {
    let is_folder = |Span(style, text): &Span| *style == DIM && text.ends_with('/');
    spans.iter().filter(|span| !is_folder(span)).cloned().collect()
}

/// Puts the spans into the text, shortened to so many columns.
fn push(out: &mut String, spans: &[Span], columns: usize) {
    let shorten = width(spans) > columns;
    let mut left = if shorten { columns.saturating_sub(1) } else { columns };
    for Span(style, text) in spans {
        let part = text::clip(text, left);
        left -= text::width(part);
        if !part.is_empty() {
            let _ = write!(out, "{style}{part}{style:#}");
        }
        if part.len() < text.len() {
            break;
        }
    }
    if shorten && columns > 0 {
        let _ = write!(out, "{DIM}…{DIM:#}");
    }
}

/// The table; with `fit`, no line is wider than that.
pub(crate) fn draw(columns: &[Column], lines: &[Line], fit: Option<usize>) -> String {
    let headers: Vec<Vec<Span>> =
        columns.iter().map(|column| vec![Span(BOLD, column.header())]).collect();
    let widths = widths(columns, &headers, lines, fit);
    let mut out = String::new();
    for line in std::iter::once(&headers).chain(lines.iter().map(|line| &line.0)) {
        let mut at = 0;
        let last = columns.len() - 1;
        for (place, ((column, spans), &wide)) in columns.iter().zip(line).zip(&widths).enumerate() {
            let gap = if place == 0 { 0 } else { 1 };
            let room = fit.map_or(wide, |fit| wide.min(fit.saturating_sub(at + gap)));
            if fit.is_some() && room == 0 {
                break;
            }
            out.extend(std::iter::repeat_n(' ', gap));
            let padding = room.saturating_sub(width(spans));
            let right = column.kind != Kind::Text;
            if right {
                out.extend(std::iter::repeat_n(' ', padding));
            }
            if column.is_command() && width(spans) > room {
                push(&mut out, &without_folder(spans), room);
            } else {
                push(&mut out, spans, room);
            }
            if !right && place != last {
                out.extend(std::iter::repeat_n(' ', padding));
            }
            at += gap + room;
        }
        out.push('\n');
    }
    out
}

fn widths(
    columns: &[Column],
    headers: &[Vec<Span>],
    lines: &[Line],
    fit: Option<usize>,
) -> Vec<usize> {
    let mut widths: Vec<usize> = headers.iter().map(|header| width(header)).collect();
    for Line(cells) in lines {
        for (wide, spans) in widths.iter_mut().zip(cells) {
            *wide = (*wide).max(width(spans));
        }
    }
    let Some(fit) = fit else { return widths };
    // The command takes the rest of the line; without one, the last text does.
    let stretchy = columns
        .iter()
        .position(Column::is_command)
        .or_else(|| columns.iter().rposition(Column::is_stretchy));
    for (place, (wide, column)) in widths.iter_mut().zip(columns).enumerate() {
        if column.kind == Kind::Text && Some(place) != stretchy {
            *wide = (*wide).min(WIDEST);
        }
    }
    let gaps = columns.len().saturating_sub(1);
    let others: usize =
        widths.iter().enumerate().filter(|(p, _)| Some(*p) != stretchy).map(|(_, w)| w).sum();
    if let Some(wide) = stretchy.and_then(|place| widths.get_mut(place)) {
        *wide = (*wide).min(fit.saturating_sub(others + gaps).max(8));
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::parse_list;

    fn line(cells: &[&str]) -> Line {
        Line(cells.iter().map(|text| vec![Span(PLAIN, (*text).to_owned())]).collect())
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn numbers_right_text_left_and_no_trailing_blanks() {
        let columns = parse_list("pid,user,command").unwrap();
        let lines = [line(&["1", "root", "init"]), line(&["12345", "ann", "日本 x"])];
        let drawn = plain(&draw(&columns, &lines, None));
        assert_eq!(drawn, "  PID USER COMMAND\n    1 root init\n12345 ann  日本 x\n");
    }

    #[test]
    fn nothing_is_wider_than_the_terminal() {
        let columns = parse_list("pid,user,command,cwd").unwrap();
        let long = "日".repeat(60);
        let lines = [line(&["1", &long, &long, &long])];
        for fit in 0..150 {
            for text in plain(&draw(&columns, &lines, Some(fit))).lines() {
                assert!(text::width(text) <= fit, "{fit}: {text}");
            }
        }
    }

    #[test]
    fn a_command_that_does_not_fit_loses_its_folder() {
        let columns = parse_list("command").unwrap();
        let lines = [Line(vec![command("/a/long/folder/tool --flag".into())])];
        let drawn = |fit| plain(&draw(&columns, &lines, Some(fit)));
        assert_eq!(drawn(26), "COMMAND\n/a/long/folder/tool --flag\n");
        assert_eq!(drawn(25), "COMMAND\ntool --flag\n");
        assert_eq!(drawn(8), "COMMAND\ntool --…\n");
    }

    #[test]
    fn the_program_stands_out() {
        let texts: Vec<String> =
            command("/usr/bin/env a/b".into()).into_iter().map(|Span(_, text)| text).collect();
        assert_eq!(texts, ["/usr/bin/", "env", " a/b"]);
        assert_eq!(command("[kthreadd]".into()), [Span(DIM, "[kthreadd]".into())]);
    }
}
