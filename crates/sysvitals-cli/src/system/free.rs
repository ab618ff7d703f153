//! `sysvitals free`: memory and swap.

use clap::Args;
use serde_json::Value as Json;
use sysvitals::Roots;
use sysvitals::memory::{SwapMemory, VirtualMemory};

use super::{Fault, Look, Report, ShowArgs, level, name, none, show};
use crate::error::{Exit, Result};
use crate::json::Object;
use crate::table::{self, Head, Line};
use crate::terminal::Output;

#[derive(Args)]
pub(crate) struct FreeArgs {
    /// Show sizes in bytes
    #[arg(long, short)]
    bytes: bool,
    #[command(flatten)]
    show: ShowArgs,
}

struct Memory {
    memory: VirtualMemory,
    swap: SwapMemory,
}

pub(crate) fn run(args: &FreeArgs, roots: &Roots, output: Output) -> Result<Exit> {
    show(&args.show, args.bytes, output, std::time::Duration::ZERO, || {
        Ok(Memory { memory: roots.virtual_memory()?, swap: roots.swap_memory()? })
    })
}

impl Report for Memory {
    fn text(&self, look: Look) -> String {
        let mut heads = vec![Head::text("")];
        let titles = ["TOTAL", "USED", "FREE", "SHARED", "BUFF/CACHE", "AVAILABLE", "USE%"];
        heads.extend(titles.map(Head::number));
        let Self { memory, swap } = self;
        let lines = [
            Line(vec![
                name("memory"),
                look.size(memory.total),
                look.size(memory.used),
                look.size(memory.free),
                look.size(memory.shared),
                look.size(memory.buffers.saturating_add(memory.cached)),
                look.size(memory.available),
                level(memory.percent),
            ]),
            Line(vec![
                name("swap"),
                look.size(swap.total),
                look.size(swap.used),
                look.size(swap.free),
                none(),
                none(),
                none(),
                level(swap.percent),
            ]),
        ];
        table::draw(&heads, &lines, look.fit)
    }

    fn json(&self) -> Json {
        let mut object = Object::default();
        object.answer("virtual_memory", Ok(&self.memory), |encoder, memory| encoder.record(memory));
        object.answer("swap_memory", Ok(&self.swap), |encoder, swap| encoder.record(swap));
        object.finish()
    }

    fn faults(&self) -> Vec<Fault> {
        let warnings = [self.memory.warning(), self.swap.warning()];
        warnings.into_iter().flatten().map(Fault::warning).collect()
    }
}
