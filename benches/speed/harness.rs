//! Contestants that take turns, so that a noisy moment of the machine is shared by all of them.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// One call; an error is why it cannot be measured.
pub type Call<'a> = Box<dyn FnMut() -> Result<(), String> + 'a>;

/// One turn: nanoseconds per unit.
pub type Turn<'a> = Box<dyn FnMut() -> Result<f64, String> + 'a>;

pub struct Contestant<'a> {
    name: &'static str,
    turn: Turn<'a>,
}

impl<'a> Contestant<'a> {
    pub fn new(
        name: &'static str,
        turn: impl FnMut() -> Result<f64, String> + 'a,
    ) -> Contestant<'a> {
        Self { name, turn: Box::new(turn) }
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// `run` does its work once and says how many units that was.
    pub fn timed(
        name: &'static str,
        mut run: impl FnMut() -> Result<usize, String> + 'a,
    ) -> Contestant<'a> {
        Self::new(name, move || {
            let start = Instant::now();
            let units = run()?;
            Ok(nanos(start) / units as f64)
        })
    }

    /// `call` many times a turn: as often as fits into `millis`, found out in the first turn.
    pub fn repeated(name: &'static str, millis: f64, mut call: Call<'a>) -> Contestant<'a> {
        let mut times = None;
        Self::new(name, move || {
            let times = match times {
                Some(times) => times,
                None => {
                    call()?;
                    let start = Instant::now();
                    call()?;
                    *times.insert(((millis * 1e6 / nanos(start)) as usize).max(1))
                }
            };
            let start = Instant::now();
            for _ in 0..times {
                let _ = call();
            }
            Ok(nanos(start) / times as f64)
        })
    }
}

/// What is measured now, to who watches.
pub fn progress(text: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{text}");
    }
}

pub fn nanos(start: Instant) -> f64 {
    start.elapsed().as_nanos() as f64
}

pub struct Figures {
    pub name: &'static str,
    rounds: Vec<f64>,
    /// Why there are none.
    pub missing: Option<String>,
}

impl Figures {
    /// Nanoseconds per unit.
    pub fn median(&self) -> Option<f64> {
        self.missing.is_none().then(|| median(self.rounds.clone()))
    }

    /// Lower and upper quartile.
    pub fn quartiles(&self) -> Option<(f64, f64)> {
        let mut sorted = self.rounds.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied();
        at(sorted.len() / 4).zip(at(sorted.len() * 3 / 4)).filter(|_| self.missing.is_none())
    }

    /// The median of the ratios round by round.
    pub fn ratio_to(&self, other: &Self) -> Option<f64> {
        let both = self.missing.is_none() && other.missing.is_none();
        both.then(|| median(self.rounds.iter().zip(&other.rounds).map(|(a, b)| a / b).collect()))
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let upper = values[values.len() / 2];
    if values.len() % 2 == 1 { upper } else { f64::midpoint(values[values.len() / 2 - 1], upper) }
}

/// How long a race may take.
#[derive(Clone, Copy)]
pub struct Effort {
    pub rounds: usize,
    /// How long a turn of short calls is.
    pub millis: f64,
    /// What is slow has fewer rounds, three at the least.
    pub budget: Duration,
}

const LEAST_ROUNDS: usize = 3;

/// Round by round, each contestant once a round, after one round that does not count.
pub fn race(mut contestants: Vec<Contestant<'_>>, effort: Effort) -> Vec<Figures> {
    let mut figures: Vec<_> = contestants
        .iter()
        .map(|contestant| Figures { name: contestant.name, rounds: Vec::new(), missing: None })
        .collect();
    let mut start = Instant::now();
    for round in 0..=effort.rounds {
        if round == 1 {
            start = Instant::now();
        }
        if round > LEAST_ROUNDS && start.elapsed() > effort.budget {
            break;
        }
        for (contestant, figures) in contestants.iter_mut().zip(&mut figures) {
            if figures.missing.is_some() {
                continue;
            }
            match (contestant.turn)() {
                Ok(nanos) if round > 0 => figures.rounds.push(nanos),
                Ok(_) => {}
                Err(why) => figures.missing = Some(why),
            }
        }
    }
    figures
}
