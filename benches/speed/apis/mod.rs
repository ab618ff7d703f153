//! Every API, each called on its own.

mod children;
mod crates;
mod floor;
mod ours;

use crate::harness::{Call, Contestant, Effort, Figures, Turn, progress, race};
use crate::python::Server;
use crate::scene::Scene;

pub struct Row {
    pub name: String,
    pub figures: Vec<Figures>,
}

impl Row {
    pub fn find(&self, contestant: &str) -> Option<&Figures> {
        self.figures.iter().find(|figures| figures.name == contestant)
    }

    /// How many times as long psutil takes.
    pub fn faster(&self) -> Option<f64> {
        self.find(PSUTIL)?.ratio_to(self.find(PYTHON)?)
    }
}

pub const PSUTIL: &str = "psutil";
pub const PYTHON: &str = "sysvitals, Python";
pub const RUST: &str = "sysvitals, Rust";
pub const FLOOR: &str = "floor";
pub const PROCFS: &str = "procfs";
pub const SYSINFO: &str = "sysinfo";

/// What a row does in Rust.
enum Work {
    Repeated(Call<'static>),
    Turn(Turn<'static>),
}

impl Work {
    fn contestant(self, name: &'static str, millis: f64) -> Contestant<'static> {
        match self {
            Self::Repeated(call) => Contestant::repeated(name, millis, call),
            Self::Turn(turn) => Contestant::new(name, turn),
        }
    }
}

pub fn run(names: &[String], scene: &Scene, effort: Effort, server: &Server) -> Vec<Row> {
    let each = |name: &String| {
        progress(name);
        let millis = effort.millis;
        let mut contestants = vec![
            server.contestant(PSUTIL, "psutil", name, millis),
            server.contestant(PYTHON, "sysvitals", name, millis),
        ];
        let ours = ours::work(name, scene).map(|work| work.contestant(RUST, millis));
        let repeated = |name, call: Option<Call<'static>>| {
            call.map(|call| Contestant::repeated(name, millis, call))
        };
        contestants.extend(ours);
        contestants.extend(repeated(FLOOR, floor::call(name, scene)));
        contestants.extend(repeated(PROCFS, crates::procfs(name, scene)));
        contestants.extend(repeated(SYSINFO, crates::sysinfo(name, scene)));
        Row { name: name.clone(), figures: race(contestants, effort) }
    };
    let rows = names.iter().map(each).collect();
    progress("");
    rows
}

/// A call that cannot fail.
macro_rules! call {
    ($value:expr) => {
        Some(Box::new(move || {
            let _ = std::hint::black_box($value);
            Ok(())
        }) as crate::harness::Call<'static>)
    };
}

/// A call whose error is why the row has no figure.
macro_rules! tried {
    ($value:expr) => {
        Some(Box::new(move || match $value {
            Ok(value) => {
                let _ = std::hint::black_box(value);
                Ok(())
            }
            Err(error) => Err(error.to_string()),
        }) as crate::harness::Call<'static>)
    };
}

use {call, tried};
