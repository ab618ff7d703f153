//! `sysvitals kill`, `terminate`, `suspend`, `resume` and `wait`.
//!
//! Processes are looked up once; whoever is asked about and acted on is the same [`Process`].

use std::collections::HashSet;
use std::io::{self, BufRead, IsTerminal, Write};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use regex::bytes::Regex;
use sysvitals::{Attr, Attrs, Pid, Process, Roots, Value, wait_procs};

use crate::cli::{ActArgs, SignalArgs, Targets, WaitArgs};
use crate::columns::parse_list;
use crate::error::{Error, Exit, Result, complain, exit_of};
use crate::filter::Filter;
use crate::ps::now;
use crate::table::{self, Head, Line, PLAIN, Span};
use crate::{terminal, text};

#[derive(Clone, Copy)]
pub(crate) enum Verb {
    Kill,
    Terminate,
    Suspend,
    Resume,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Terminate => "terminate",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
        }
    }

    fn done(self) -> &'static str {
        match self {
            Self::Kill => "SIGKILL sent",
            Self::Terminate => "SIGTERM sent",
            Self::Suspend => "SIGSTOP sent",
            Self::Resume => "SIGCONT sent",
        }
    }

    fn apply(self, process: &Process) -> sysvitals::Result<()> {
        match self {
            Self::Kill => process.kill(),
            Self::Terminate => process.terminate(),
            Self::Suspend => process.suspend(),
            Self::Resume => process.resume(),
        }
    }
}

/// A process and what to call it once it is gone.
struct Target {
    process: Process,
    label: String,
}

impl Target {
    fn new(process: Process) -> Self {
        let name = process.name().map(|name| format!(" {}", text::printable_os(&name)));
        let label = format!("{}{}", process.pid(), name.unwrap_or_default());
        Self { process, label }
    }
}

/// The processes meant, and how well finding them went.
fn find(targets: &Targets, roots: &Roots) -> Result<(Vec<Target>, Exit)> {
    let mut found = Vec::new();
    let mut worst = Exit::Done;
    match &targets.name {
        Some(pattern) => {
            let user = targets.user.as_deref();
            let matching = by_name(pattern, user, roots)?;
            if matching.is_empty() {
                let user = user.map(|user| format!(" of user '{}'", text::printable(user)));
                let what =
                    format!("'{}'{}", text::printable(pattern.as_str()), user.unwrap_or_default());
                return Err(Error::NoMatch { what });
            }
            found.extend(matching);
        }
        None => {
            let mut seen = HashSet::new();
            for pid in targets.pids.iter().filter(|pid| seen.insert(**pid)) {
                match roots.process(*pid) {
                    Ok(process) => found.push(Target::new(process)),
                    Err(error) => worst = worst.max(report(&pid.to_string(), &error)),
                }
            }
        }
    }
    Ok((found, worst))
}

fn by_name(pattern: &Regex, user: Option<&str>, roots: &Roots) -> Result<Vec<Target>> {
    let filter = user.map(Filter::user).unwrap_or_default();
    let attrs = filter.attrs() | Attrs::from([Attr::Name]);
    let ourselves = ourselves(roots);
    let now = now();
    let mut found = Vec::new();
    for info in roots.process_table().read(attrs)? {
        if ourselves.contains(&info.process().pid()) || !filter.admits(&info, now) {
            continue;
        }
        if let Some(Value::Name(name)) = info.value(Attr::Name)
            && pattern.is_match(name.as_bytes())
        {
            let label = format!("{} {}", info.process().pid(), text::printable_os(name));
            found.push(Target { process: info.process().clone(), label });
        }
    }
    Ok(found)
}

/// This command and those that it descends from, whom no pattern is to hit.
fn ourselves(roots: &Roots) -> HashSet<Pid> {
    // In another PID namespace's /proc, `self` is this process as it is known there.
    let own = std::fs::read_link(roots.proc().join("self"));
    let own = own.ok().and_then(|link| link.to_str()?.parse::<Pid>().ok());
    let mut pids = HashSet::new();
    if let Some(own) = own {
        pids.insert(own);
        let parents = roots.process(own).and_then(|process| process.parents());
        pids.extend(parents.unwrap_or_default().iter().map(Process::pid));
    }
    pids
}

/// Says what went wrong with a process, and gives the exit code for it.
fn report(label: &str, error: &sysvitals::Error) -> Exit {
    complain(format_args!("{label}: {}", crate::info::why(error)));
    exit_of(error)
}

/// Whether to go ahead; asks before more than one.
fn confirm(verb: Verb, targets: &[Target]) -> Result<bool> {
    let unconfirmed = || Error::Unconfirmed { verb: verb.name(), count: targets.len() };
    let mut stderr = io::stderr().lock();
    if !io::stdin().is_terminal() || !stderr.is_terminal() {
        return Err(unconfirmed());
    }
    let question =
        format!("{}{} these {} processes? [y/N] ", list(targets)?, verb.name(), targets.len());
    stderr.write_all(question.as_bytes()).and_then(|()| stderr.flush()).map_err(Error::Output)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(Error::Terminal)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn list(targets: &[Target]) -> Result<String> {
    let columns = parse_list("pid,user,started,command")?;
    let attrs = columns.iter().fold(Attrs::NONE, |attrs, column| attrs | column.attrs());
    let now = now();
    let lines: Vec<Line> = targets
        .iter()
        .filter_map(|target| target.process.as_dict(attrs).ok())
        .map(|info| {
            let cells = columns
                .iter()
                .map(|column| vec![Span(PLAIN, column.show(&column.cell(&info, now), now))]);
            Line(cells.collect())
        })
        .collect();
    let heads: Vec<Head> = columns.iter().map(Head::from).collect();
    let text = table::draw(&heads, &lines, terminal::error_width());
    Ok(anstream::adapter::strip_str(&text).to_string())
}

pub(crate) fn act(verb: Verb, args: &ActArgs, roots: &Roots) -> Result<Exit> {
    Ok(apply(verb, args, roots)?.1)
}

pub(crate) fn signal(verb: Verb, args: &SignalArgs, roots: &Roots) -> Result<Exit> {
    let (reached, worst) = apply(verb, &args.act, roots)?;
    match args.wait {
        Some(timeout) => Ok(worst.max(wait_for(reached, Some(timeout))?)),
        None => Ok(worst),
    }
}

/// Acts on the processes: those that were reached, and the worst that happened.
fn apply(verb: Verb, args: &ActArgs, roots: &Roots) -> Result<(Vec<Target>, Exit)> {
    let (targets, mut worst) = find(&args.targets, roots)?;
    if targets.len() > 1 && !args.yes && !confirm(verb, &targets)? {
        complain("nothing was done");
        return Ok((Vec::new(), Exit::Failed));
    }
    let mut reached = Vec::new();
    for target in targets {
        match verb.apply(&target.process) {
            Ok(()) => {
                terminal::write(&format!("{}: {}\n", target.label, verb.done()))?;
                reached.push(target);
            }
            Err(error) => worst = worst.max(report(&target.label, &error)),
        }
    }
    Ok((reached, worst))
}

pub(crate) fn wait(args: &WaitArgs, roots: &Roots) -> Result<Exit> {
    let (targets, worst) = find(&args.targets, roots)?;
    Ok(worst.max(wait_for(targets, args.timeout)?))
}

fn wait_for(targets: Vec<Target>, timeout: Option<Duration>) -> Result<Exit> {
    let label = |process: &Process| {
        let target = targets.iter().find(|target| target.process == *process);
        target.map_or_else(|| process.pid().to_string(), |target| target.label.clone())
    };
    let processes: Vec<Process> = targets.iter().map(|target| target.process.clone()).collect();
    let mut written = Ok(());
    let (_, alive) = wait_procs(processes, timeout, |process| {
        if written.is_ok() {
            written = terminal::write(&format!("{}: ended\n", label(process)));
        }
    })?;
    written?;
    for process in &alive {
        complain(format_args!("{}: has not ended", label(process)));
    }
    Ok(if alive.is_empty() { Exit::Done } else { Exit::TimedOut })
}
