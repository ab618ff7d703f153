//! Contestants that take turns, so that a noisy moment of the machine is shared by all of them.

use std::time::Instant;

pub struct Contestant<'a> {
    pub name: String,
    run: Box<dyn FnMut() -> f64 + 'a>,
}

impl<'a> Contestant<'a> {
    /// `run` does its work once and says how many units that was.
    pub fn new(name: impl Into<String>, mut run: impl FnMut() -> usize + 'a) -> Self {
        Self::self_timed(name, move || {
            let start = Instant::now();
            let units = run();
            start.elapsed().as_nanos() as f64 / units as f64
        })
    }

    /// `run` answers nanoseconds per unit.
    pub fn self_timed(name: impl Into<String>, run: impl FnMut() -> f64 + 'a) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }

    /// `call` many times a turn: as often as fits into `millis`.
    pub fn repeated(name: impl Into<String>, millis: f64, mut call: impl FnMut() + 'a) -> Self {
        let start = Instant::now();
        call();
        call();
        let each = start.elapsed().as_secs_f64() * 500.0;
        let times = ((millis / each) as usize).max(1);
        Self::new(name, move || {
            (0..times).for_each(|_| call());
            times
        })
    }
}

pub struct Figures {
    pub name: String,
    rounds: Vec<f64>,
}

impl Figures {
    /// Nanoseconds per unit.
    pub fn median(&self) -> f64 {
        median(self.rounds.clone())
    }

    /// Lower and upper quartile.
    pub fn quartiles(&self) -> (f64, f64) {
        let mut sorted = self.rounds.clone();
        sorted.sort_by(f64::total_cmp);
        (sorted[sorted.len() / 4], sorted[sorted.len() * 3 / 4])
    }

    /// The median of the ratios round by round.
    pub fn ratio_to(&self, other: &Self) -> f64 {
        median(self.rounds.iter().zip(&other.rounds).map(|(a, b)| a / b).collect())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Round by round, each contestant once a round, after one round that does not count.
pub fn race(mut contestants: Vec<Contestant<'_>>, rounds: usize) -> Vec<Figures> {
    let mut figures: Vec<_> = contestants
        .iter()
        .map(|contestant| Figures { name: contestant.name.clone(), rounds: Vec::new() })
        .collect();
    for round in 0..=rounds {
        for (contestant, figures) in contestants.iter_mut().zip(&mut figures) {
            let nanos = (contestant.run)();
            if round > 0 {
                figures.rounds.push(nanos);
            }
        }
    }
    figures
}
