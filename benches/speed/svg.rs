//! The growth as a drawing that can be read on a light page and on a dark one.

use std::fmt::Write;

use crate::apis::{FLOOR, PSUTIL, PYTHON, RUST};
use crate::growth::Growth;
use crate::sweep::{PYTHON_ONE, SNAPSHOT};

pub const LINES: [&str; 6] = [PSUTIL, PYTHON_ONE, PYTHON, SNAPSHOT, RUST, FLOOR];

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 210.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 56.0;
const LABEL: f64 = 16.0;

const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #24292f }
.axis { stroke: #57606a; fill: none } .grid { stroke: #d0d7de }
.line { fill: none; stroke-width: 2 }
.c0 { stroke: #cf222e } .c1 { stroke: #8250df } .c2 { stroke: #0969da } .c3 { stroke: #1a7f37 } .c4 { stroke: #9a6700 }
.c5 { stroke: #6e7781 }
.f0 { fill: #cf222e } .f1 { fill: #8250df } .f2 { fill: #0969da } .f3 { fill: #1a7f37 } .f4 { fill: #9a6700 }
.f5 { fill: #6e7781 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .axis { stroke: #8b949e } .grid { stroke: #30363d }
  .c0 { stroke: #ff7b72 } .c1 { stroke: #d2a8ff } .c2 { stroke: #79c0ff } .c3 { stroke: #7ee787 } .c4 { stroke: #e3b341 }
  .c5 { stroke: #8b949e }
  .f0 { fill: #ff7b72 } .f1 { fill: #d2a8ff } .f2 { fill: #79c0ff } .f3 { fill: #7ee787 } .f4 { fill: #e3b341 }
  .f5 { fill: #8b949e }
}";

/// Number of processes and microseconds for each of them.
pub fn points(growth: &Growth, name: &str) -> Vec<(f64, f64)> {
    let point = |point: &crate::growth::Point| {
        let figures = point.figures.iter().find(|figures| figures.name == name)?;
        let processes = point.processes as f64;
        Some((processes, figures.median()? / 1e3 / processes))
    };
    growth.points.iter().filter_map(point).collect()
}

pub fn draw(growth: &Growth) -> String {
    let lines = LINES.map(|name| points(growth, name));
    let all = || lines.iter().flatten();
    let (least, most) = all().fold((f64::MAX, 1.0_f64), |(least, most), (processes, _)| {
        (least.min(*processes), most.max(*processes))
    });
    let step = step(all().fold(0.0, |most, (_, micros)| micros.max(most)));
    let highest =
        (all().fold(step, |most: f64, (_, micros)| micros.max(most)) / step).ceil() * step;
    let span = (most / least).ln().max(f64::MIN_POSITIVE);
    let x = |processes: f64| LEFT + (processes / least).ln() / span * (WIDTH - LEFT - RIGHT);
    let y = |micros: f64| HEIGHT - BOTTOM - micros / highest * (HEIGHT - TOP - BOTTOM);

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"Microseconds for each process, by the number of processes\">\n\
         <style>\n{STYLE}\n</style>\n"
    );
    let mut micros = 0.0;
    while micros <= highest + step / 2.0 {
        let (at, right) = (y(micros), WIDTH - RIGHT);
        let _ = writeln!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{right}\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{micros}</text>",
            LEFT - 8.0,
            at + 4.0,
        );
        micros += step;
    }
    for point in &growth.points {
        let at = x(point.processes as f64);
        let bottom = HEIGHT - BOTTOM;
        let _ = writeln!(
            svg,
            "<path class=\"axis\" d=\"M{at:.1} {bottom}v5\"/>\
             <text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            bottom + 20.0,
            point.processes,
        );
    }
    let _ = writeln!(
        svg,
        "<path class=\"axis\" d=\"M{LEFT} {TOP}V{}H{}\"/>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">processes (logarithmic)</text>\n\
         <text transform=\"translate(16 {}) rotate(-90)\" text-anchor=\"middle\">µs for each process</text>",
        HEIGHT - BOTTOM,
        WIDTH - RIGHT,
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 12.0,
        (TOP + HEIGHT - BOTTOM) / 2.0,
    );
    for (index, line) in lines.iter().enumerate() {
        let mut path = String::new();
        for (place, (processes, micros)) in line.iter().enumerate() {
            let letter = if place == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{:.1} {:.1}", x(*processes), y(*micros));
        }
        let _ = writeln!(svg, "<path class=\"line c{index}\" d=\"{path}\"/>");
        for (processes, micros) in line {
            let (x, y) = (x(*processes), y(*micros));
            let _ =
                writeln!(svg, "<circle class=\"f{index}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>");
        }
    }
    for (index, at) in labels(&lines.map(|line| line.last().map(|(_, micros)| y(*micros)))) {
        let _ = writeln!(
            svg,
            "<text class=\"f{index}\" x=\"{}\" y=\"{at:.1}\">{}</text>",
            WIDTH - RIGHT + 10.0,
            LINES[index],
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// Where the lines' names go: at their ends, but not one over the other.
fn labels(ends: &[Option<f64>; LINES.len()]) -> Vec<(usize, f64)> {
    let mut labels: Vec<_> =
        ends.iter().enumerate().filter_map(|(index, end)| Some((index, (*end)? + 4.0))).collect();
    labels.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut lowest = HEIGHT;
    for (_, at) in &mut labels {
        *at = at.min(lowest - LABEL);
        lowest = *at;
    }
    labels
}

/// Between lines of the grid: 1, 2 or 5 times a power of ten, for about six lines.
fn step(highest: f64) -> f64 {
    let rough = (highest / 6.0).max(1.0);
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|s| *s >= rough)
        .unwrap_or(rough)
}
