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

/// The widest that text gets where a line does not fit, unless it takes the rest of it.
const WIDEST: usize = 24;

/// Text in one style.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span(pub(crate) Style, pub(crate) String);

pub(crate) struct Line(pub(crate) Vec<Vec<Span>>);

/// What a table knows of a column.
pub(crate) struct Head {
    pub(crate) title: String,
    /// Numbers stand at the right.
    pub(crate) right: bool,
    /// Whether it may be shortened to what is left of a line.
    pub(crate) stretchy: bool,
    /// Whether its text begins with a program's path; takes the rest of the line.
    pub(crate) command: bool,
}

impl Head {
    /// Text.
    pub(crate) fn text(title: &str) -> Self {
        Self { title: title.to_owned(), right: false, stretchy: true, command: false }
    }

    /// Numbers.
    pub(crate) fn number(title: &str) -> Self {
        Self { title: title.to_owned(), right: true, stretchy: false, command: false }
    }
}

impl From<&Column> for Head {
    fn from(column: &Column) -> Self {
        Self {
            title: column.header(),
            right: column.kind != Kind::Text,
            stretchy: column.is_stretchy(),
            command: column.is_command(),
        }
    }
}

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
pub(crate) fn draw(heads: &[Head], lines: &[Line], fit: Option<usize>) -> String {
    let titles: Vec<Vec<Span>> =
        heads.iter().map(|head| vec![Span(BOLD, head.title.clone())]).collect();
    let widths = widths(heads, &titles, lines, fit);
    let mut out = String::new();
    for line in std::iter::once(&titles).chain(lines.iter().map(|line| &line.0)) {
        let mut at = 0;
        let last = heads.len() - 1;
        for (place, ((head, spans), &wide)) in heads.iter().zip(line).zip(&widths).enumerate() {
            let gap = if place == 0 { 0 } else { 1 };
            let room = fit.map_or(wide, |fit| wide.min(fit.saturating_sub(at + gap)));
            if fit.is_some() && room == 0 {
                break;
            }
            out.extend(std::iter::repeat_n(' ', gap));
            let padding = room.saturating_sub(width(spans));
            if head.right {
                out.extend(std::iter::repeat_n(' ', padding));
            }
            if head.command && width(spans) > room {
                push(&mut out, &without_folder(spans), room);
            } else {
                push(&mut out, spans, room);
            }
            if !head.right && place != last {
                out.extend(std::iter::repeat_n(' ', padding));
            }
            at += gap + room;
        }
        out.push('\n');
    }
    out
}

fn widths(heads: &[Head], titles: &[Vec<Span>], lines: &[Line], fit: Option<usize>) -> Vec<usize> {
    let mut widths: Vec<usize> = titles.iter().map(|title| width(title)).collect();
    for Line(cells) in lines {
        for (wide, spans) in widths.iter_mut().zip(cells) {
            *wide = (*wide).max(width(spans));
        }
    }
    let gaps = heads.len().saturating_sub(1);
    let Some(fit) = fit.filter(|fit| widths.iter().sum::<usize>() + gaps > *fit) else {
        return widths;
    };
    // The command takes the rest of the line; without one, the last text does.
    let stretchy = heads
        .iter()
        .position(|head| head.command)
        .or_else(|| heads.iter().rposition(|head| head.stretchy));
    for (place, (wide, head)) in widths.iter_mut().zip(heads).enumerate() {
        if !head.right && Some(place) != stretchy {
            *wide = (*wide).min(WIDEST);
        }
    }
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

    fn parse_list(list: &str) -> Option<Vec<Head>> {
        let columns = crate::columns::parse_list(list).ok()?;
        Some(columns.iter().map(Head::from).collect())
    }

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
