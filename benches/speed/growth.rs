//! Whether a process costs the same among many as among few.

use crate::harness::{Effort, Figures, progress};
use crate::load::Load;
use crate::memory::{self, Peak};
use crate::python::Python;
use crate::scene::Scene;
use crate::{svg, sweep};

pub struct Point {
    pub processes: usize,
    pub figures: Vec<Figures>,
}

pub struct Growth {
    pub points: Vec<Point>,
    pub peaks: Vec<Peak>,
}

/// The sweep at each number of processes, and the memory of one at the greatest.
pub fn run(
    sizes: &[usize],
    greatest: usize,
    effort: Effort,
    python: &Python,
) -> Result<Growth, String> {
    let (threads, one) =
        (python.serve(&Scene::nothing(), None)?, python.serve(&Scene::nothing(), Some(1))?);
    let mut loads: Vec<Load> = Vec::new();
    let mut points = Vec::new();
    for &size in sizes {
        memory::fill(&mut loads, size);
        let processes = sysvitals::pids().map_err(|error| error.to_string())?.len();
        progress(&format!("{processes} processes"));
        points.push(Point { processes, figures: sweep::run(effort, &threads, &one, &svg::LINES)? });
    }
    memory::fill(&mut loads, greatest);
    progress(&format!("{greatest} processes"));
    let peaks = memory::run(python)?;
    progress("");
    Ok(Growth { points, peaks })
}
