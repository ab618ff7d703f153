//! The command line: arguments in, typed settings out.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, value_parser};
use clap_complete::Shell;
use regex::bytes::Regex;
use sysvitals::{Pid, Roots};

use crate::act::{self, Verb};
use crate::columns::{self, Column, SortKey};
use crate::error::{Error, Exit, Result};
use crate::filter::{self, Filter};
use crate::system::{cpu, df, free, ifconfig, iostat, netstat, sensors, uptime, who};
use crate::terminal::{self, Output, Watch};
use crate::{info, ps};

macro_rules! exit_codes {
    () => {
        "Exit codes:
  0    done
  1    no process matches, or one is gone or could not be acted on
  2    wrong usage, or many processes to act on and nobody to ask
  3    access denied to at least one process
  124  a process had not ended when the timeout expired"
    };
}

macro_rules! system_help {
    ($examples:literal) => {
        concat!(
            "JSON: members have the names of psutil's functions, and values the fields of its tuples. What
  could not be read is null, beside \"errors\" and \"escaped\" as in 'sysvitals ps --help'. With
  --watch, one document a line.

Examples:\n",
            $examples,
            "

Exit codes:
  0    done
  1    something could not be read
  2    wrong usage
  3    access denied to something
  124  a file system did not answer in time"
        )
    };
}

/// The processes and the figures of this machine, and acting on processes.
///
/// Without a command: the processes now, those that use most CPU and then most memory first, as
/// many as the terminal has lines. Piped, all of them, in plain text.
#[derive(Parser)]
#[command(
    name = "sysvitals",
    version,
    max_term_width = 100,
    propagate_version = true,
    after_help = concat!(
        "Examples:
  sysvitals                                the processes that matter now
  sysvitals ps --sort rss --filter 'rss>100M'
  sysvitals ps --tree --user root
  sysvitals ps --watch 1
  sysvitals info 1                         everything about a process
  sysvitals terminate --name '^sleep$' --wait 5
  sysvitals df --json                      how full the disks are, for a program
  sysvitals cpu --watch 1
  sysvitals COMMAND --help                 more, with examples\n\n",
        exit_codes!()
    )
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    global: Global,
}

#[derive(Args)]
struct Global {
    /// When to use colours; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    color: ColorWhen,
    /// The process file system to read, such as a host's seen from a container
    #[arg(
        long,
        global = true,
        env = "SYSVITALS_PROC",
        default_value = "/proc",
        value_name = "PATH",
        hide_env_values = true
    )]
    proc: PathBuf,
    /// The device file system to read
    #[arg(
        long,
        global = true,
        env = "SYSVITALS_SYS",
        default_value = "/sys",
        value_name = "PATH",
        hide_env_values = true
    )]
    sys: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    /// List processes
    Ps(PsArgs),
    /// Tell everything about one process
    ///
    /// Every attribute is told under psutil's name; where the kernel would not tell, the reason.
    /// CPU use is measured over half a second.
    #[command(after_help = concat!(
        "Examples:
  sysvitals info 1
  sysvitals info $$ --full
  sysvitals info 1 --json | jq .memory_info.rss\n\n",
        exit_codes!()
    ))]
    Info(InfoArgs),
    /// Show memory and swap, as free does
    #[command(after_help = system_help!(
        "  sysvitals free --bytes
  sysvitals free --json | jq .virtual_memory.available"
    ))]
    Free(free::FreeArgs),
    /// Show how full file systems are, as df does
    ///
    /// Of file systems with a device, but for --all. One that does not answer in time, as of a dead
    /// server, is told on the error stream, and the others are shown.
    #[command(after_help = system_help!(
        "  sysvitals df --all --timeout 0.5
  sysvitals df --json | jq '.[] | select(.disk_usage.percent > 90) | .mountpoint'"
    ))]
    Df(df::DfArgs),
    /// Show sockets and who holds them, as netstat and ss do
    #[command(after_help = system_help!(
        "  sysvitals netstat --kind tcp
  sysvitals netstat --kind all --pid 1
  sysvitals netstat --json | jq '.[] | select(.status == \"LISTEN\").laddr.port'"
    ))]
    Netstat(netstat::NetstatArgs),
    /// Show network interfaces, as ifconfig does
    ///
    /// With --proc, the counters alone: state and addresses are to be had of this machine only.
    #[command(after_help = system_help!(
        "  sysvitals ifconfig --watch 1
  sysvitals ifconfig --json | jq .net_io_counters.lo.bytes_sent"
    ))]
    Ifconfig(ifconfig::IfconfigArgs),
    /// Show what disks read and write, as iostat does
    ///
    /// Totals since boot; with --watch, what happened in each second since the last round.
    #[command(after_help = system_help!(
        "  sysvitals iostat --watch 1
  sysvitals iostat --watch 1 --count 1 --json | jq .per_second"
    ))]
    Iostat(iostat::IostatArgs),
    /// Show temperatures, fans and the battery, as sensors does
    #[command(after_help = system_help!(
        "  sysvitals sensors --watch
  sysvitals sensors --json | jq .sensors_battery.percent"
    ))]
    Sensors(sensors::SensorsArgs),
    /// Show who is logged in, as who does
    #[command(after_help = system_help!(
        "  sysvitals who
  sysvitals who --json | jq '.[].name'"
    ))]
    Who(who::WhoArgs),
    /// Show for how long the machine is up, and its load, as uptime does
    #[command(after_help = system_help!(
        "  sysvitals uptime
  sysvitals uptime --json | jq .getloadavg"
    ))]
    Uptime(uptime::UptimeArgs),
    /// Show what each CPU is busy with, as mpstat does
    #[command(after_help = system_help!(
        "  sysvitals cpu --interval 0.2
  sysvitals cpu --watch 1
  sysvitals cpu --json | jq .cpu_percent"
    ))]
    Cpu(cpu::CpuArgs),
    /// End processes at once (SIGKILL)
    #[command(after_help = ACT_HELP)]
    Kill(SignalArgs),
    /// Ask processes to end (SIGTERM)
    #[command(after_help = ACT_HELP)]
    Terminate(SignalArgs),
    /// Stop processes until they are resumed (SIGSTOP)
    #[command(after_help = ACT_HELP)]
    Suspend(ActArgs),
    /// Let stopped processes go on (SIGCONT)
    #[command(after_help = ACT_HELP)]
    Resume(ActArgs),
    /// Wait until processes have ended
    #[command(after_help = concat!(
        "Examples:
  sysvitals wait 1234 5678
  sysvitals wait --name '^rsync$' --timeout 60 || echo 'still at it'\n\n",
        exit_codes!()
    ))]
    Wait(WaitArgs),
    /// Print a completion script
    #[command(after_help = concat!(
        "Examples:
  sysvitals completions bash > ~/.local/share/bash-completion/completions/sysvitals
  sysvitals completions zsh > ~/.zfunc/_sysvitals
  sysvitals completions fish > ~/.config/fish/completions/sysvitals.fish\n\n",
        exit_codes!()
    ))]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    #[command(after_help = concat!(
        "Examples:
  sysvitals man > ~/.local/share/man/man1/sysvitals.1
  sysvitals man ps | man -l -\n\n",
        exit_codes!()
    ))]
    Man {
        /// The command to tell of; without it, the page of sysvitals itself
        command: Option<String>,
    },
}

const ACT_HELP: &str = concat!(
    "The processes are looked up once, shown if there are several, and acted on through a handle that
another process with a recycled PID can not get under.

Examples:
  sysvitals terminate 1234 --wait 5
  sysvitals kill --name '^python3?$' --user ann
  sysvitals suspend --name '^make$' --yes
  sysvitals resume 1234 5678\n\n",
    exit_codes!()
);

const PS_HELP: &str = concat!(
    "Filters: terms joined by commas, all of which must hold.
  COLUMN OP VALUE  with = != < <= > >=, and for text = != ~ !~ (~ is a regular expression)
  WORD             a regular expression, upper or lower case, in the name or command line
  Sizes take K, M, G, T (powers of 1024), spans of time s, m, h, d; '\\,' is a comma in a pattern.
  What the kernel would not tell holds in no comparison.

JSON: an array of objects with psutil's names, of the attributes behind the columns. What could not
  be read is null, and the object has \"errors\": {attribute: {\"kind\", \"message\"}}. Text that is not
  UTF-8 has its other bytes as \\xNN and its backslashes doubled, and the object has \"escaped\":
  [attributes]. With --watch, one array a line.

CSV: sizes in bytes, times in seconds, `started` with its date; bytes that are not UTF-8 and control
  characters as \\xNN.

Examples:
  sysvitals ps --sort rss --limit 10
  sysvitals ps --filter 'cpu>5,user!=root'
  sysvitals ps --filter 'name~^python,elapsed>1d' --columns pid,user,elapsed,rss,command
  sysvitals ps --columns pid,io_counters.read_bytes,name --sort io_counters.read_bytes
  sysvitals ps --tree --user ann
  sysvitals ps --columns all --json | jq '.[] | select(.num_fds > 100)'\n\n",
    exit_codes!()
);

#[derive(Clone)]
pub(crate) struct Columns(pub(crate) Vec<Column>);

#[derive(Clone)]
pub(crate) struct Sort(pub(crate) Vec<SortKey>);

#[derive(Args)]
pub(crate) struct PsArgs {
    /// Sort by these columns: numbers largest first, names and IDs smallest first; -COL turns to
    /// largest first, +COL to smallest first [default: cpu,mem; pid with --tree]
    #[arg(
        long,
        value_name = "COL[,COL...]",
        allow_hyphen_values = true,
        value_parser = |text: &str| columns::parse_sort(text).map(Sort)
    )]
    pub(crate) sort: Option<Sort>,
    /// Show processes for which this holds, such as 'cpu>5,rss>=100M,name~^py' or 'firefox'
    #[arg(long, value_name = "EXPR", allow_hyphen_values = true)]
    pub(crate) filter: Option<Filter>,
    /// Show the processes of this user, by name or number
    #[arg(long, value_name = "NAME|UID")]
    pub(crate) user: Option<String>,
    /// Show children below their parents
    #[arg(long, conflicts_with_all = ["json", "csv"])]
    pub(crate) tree: bool,
    /// Show these columns; 'all' is every attribute of psutil
    #[arg(
        long,
        value_name = "COL[,COL...]",
        value_parser = |text: &str| columns::parse_list(text).map(Columns)
    )]
    pub(crate) columns: Option<Columns>,
    /// Show at most this many processes
    #[arg(long, value_name = "COUNT")]
    pub(crate) limit: Option<usize>,
    #[command(flatten)]
    pub(crate) watch: WatchArgs,
    /// Print JSON
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print comma-separated values
    #[arg(long)]
    pub(crate) csv: bool,
    /// Measure CPU use over this time; nothing is waited for if it is not shown
    #[arg(long, value_name = "SECONDS", default_value = "0.5", value_parser = period)]
    pub(crate) interval: Duration,
}

#[derive(Args)]
pub(crate) struct WatchArgs {
    /// Show again every so many seconds, until q or Ctrl-C
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        default_missing_value = "2",
        value_parser = period
    )]
    watch: Option<Duration>,
    /// With --watch, end after so many rounds
    #[arg(long, value_name = "ROUNDS", requires = "watch", value_parser = value_parser!(u64).range(1..))]
    count: Option<u64>,
}

impl WatchArgs {
    pub(crate) fn watch(&self) -> Option<Watch> {
        self.watch.map(|period| Watch { period, count: self.count })
    }
}

#[derive(Args)]
pub(crate) struct InfoArgs {
    /// The process
    #[arg(value_parser = pid, allow_negative_numbers = true)]
    pub(crate) pid: Pid,
    /// Print JSON
    ///
    /// One object with psutil's names and, beyond them, "parents", "children" and "rlimits".
    /// "net_connections" has sockets of every kind. Unreadable and escaped attributes as in
    /// 'sysvitals ps --help'.
    #[arg(long)]
    pub(crate) json: bool,
    /// Do not shorten lists
    #[arg(long)]
    pub(crate) full: bool,
}

#[derive(Args)]
#[group(skip)]
pub(crate) struct Targets {
    /// The processes
    #[arg(
        value_name = "PID",
        required_unless_present = "name",
        conflicts_with = "name",
        value_parser = pid,
        allow_negative_numbers = true
    )]
    pub(crate) pids: Vec<Pid>,
    /// Processes whose name this regular expression matches; never this command or an ancestor
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    pub(crate) name: Option<Regex>,
    /// Of these, the processes of this user, by name or number
    #[arg(long, value_name = "NAME|UID", conflicts_with = "pids")]
    pub(crate) user: Option<String>,
}

#[derive(Args)]
pub(crate) struct ActArgs {
    #[command(flatten)]
    pub(crate) targets: Targets,
    /// Do not ask before acting on more than one process
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct SignalArgs {
    #[command(flatten)]
    pub(crate) act: ActArgs,
    /// Then wait up to so many seconds for them to end
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    pub(crate) wait: Option<Duration>,
}

#[derive(Args)]
pub(crate) struct WaitArgs {
    #[command(flatten)]
    pub(crate) targets: Targets,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    pub(crate) timeout: Option<Duration>,
}

pub(crate) fn pid(text: &str) -> Result<Pid> {
    // The kernel's PID_MAX_LIMIT.
    match text.parse() {
        Ok(pid @ 1..=4_194_304) => Ok(pid),
        _ => Err(Error::BadPid { text: text.to_owned() }),
    }
}

fn pattern(pattern: &str) -> Result<Regex> {
    filter::pattern(pattern, false).map_err(|error| Error::BadPattern {
        pattern: pattern.to_owned(),
        reason: filter::reason(&error),
    })
}

pub(crate) fn seconds(text: &str) -> Result<Duration> {
    let bad = |reason| Error::BadSeconds { text: text.to_owned(), reason };
    let value: f64 = text.parse().map_err(|_| bad("not a number"))?;
    if value < 0.0 {
        return Err(bad("it is negative"));
    }
    Duration::try_from_secs_f64(value).map_err(|_| bad("out of range"))
}

/// Seconds to measure over or to redraw after.
pub(crate) fn period(text: &str) -> Result<Duration> {
    let bad = |reason| Error::BadSeconds { text: text.to_owned(), reason };
    let time = seconds(text)?;
    match time.as_secs_f64() {
        seconds if seconds < 0.01 => Err(bad("less than 0.01")),
        seconds if seconds > 86400.0 => Err(bad("more than a day")),
        _ => Ok(time),
    }
}

/// The definition that parses, helps, completes and documents.
fn definition() -> clap::Command {
    let help = format!("{}\n\n{PS_HELP}", columns::help());
    Cli::command().mut_subcommand("ps", |ps| ps.after_help(help))
}

pub(crate) fn run() -> Result<Exit> {
    let matches = match definition().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return Ok(say(&error)),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return Ok(say(&error)),
    };
    let Global { color, proc, sys } = cli.global;
    let roots = Roots::new(proc, sys);
    let output = Output::new(color);
    match cli.command {
        None => {
            let defaults = Cli::try_parse_from(["sysvitals", "ps"]).map(|cli| cli.command);
            match defaults {
                Ok(Some(Command::Ps(args))) => {
                    ps::run(&ps::Query::new(args, true)?, &roots, output)
                }
                Ok(_) => Ok(Exit::Usage),
                Err(error) => Ok(say(&error)),
            }
        }
        Some(Command::Ps(args)) => ps::run(&ps::Query::new(args, false)?, &roots, output),
        Some(Command::Info(args)) => info::run(&args, &roots, output),
        Some(Command::Free(args)) => free::run(&args, &roots, output),
        Some(Command::Df(args)) => df::run(&args, &roots, output),
        Some(Command::Netstat(args)) => netstat::run(&args, &roots, output),
        Some(Command::Ifconfig(args)) => ifconfig::run(&args, &roots, output),
        Some(Command::Iostat(args)) => iostat::run(&args, &roots, output),
        Some(Command::Sensors(args)) => sensors::run(&args, &roots, output),
        Some(Command::Who(args)) => who::run(&args, output),
        Some(Command::Uptime(args)) => uptime::run(&args, &roots, output),
        Some(Command::Cpu(args)) => cpu::run(&args, &roots, output),
        Some(Command::Kill(args)) => act::signal(Verb::Kill, &args, &roots),
        Some(Command::Terminate(args)) => act::signal(Verb::Terminate, &args, &roots),
        Some(Command::Suspend(args)) => act::act(Verb::Suspend, &args, &roots),
        Some(Command::Resume(args)) => act::act(Verb::Resume, &args, &roots),
        Some(Command::Wait(args)) => act::wait(&args, &roots),
        Some(Command::Completions { shell }) => completions(shell),
        Some(Command::Man { command }) => manual(command.as_deref()),
    }
}

/// Help and version, or what is wrong with the arguments.
fn say(error: &clap::Error) -> Exit {
    // A reader that has gone away has seen enough.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Done }
}

fn completions(shell: Shell) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut definition(), "sysvitals", &mut script);
    terminal::write(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

fn manual(name: Option<&str>) -> Result<Exit> {
    let mut definition = definition();
    definition.build();
    let page = match name {
        None => definition,
        Some(name) => match definition.find_subcommand(name) {
            Some(command) => command.clone(),
            None => return Err(Error::UnknownCommand { name: name.to_owned() }),
        },
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text).map_err(Error::Output)?;
    // What follows the options has its lines broken as they are meant.
    let text = String::from_utf8_lossy(&text)
        .replacen(".SH EXTRA\n", ".SH NOTES\n.nf\n", 1)
        .replacen(".SH VERSION\n", ".fi\n.SH VERSION\n", 1);
    terminal::write(&text)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        definition().debug_assert();
    }

    #[test]
    fn pids_and_seconds() {
        assert_eq!(pid("1").unwrap(), 1);
        for bad in ["0", "-1", "4194305", "99999999999", "1x", ""] {
            let error = pid(bad).unwrap_err().to_string();
            assert!(error.contains(&format!("'{bad}'")), "{error}");
        }
        assert_eq!(seconds("1.5").unwrap(), Duration::from_millis(1500));
        for bad in ["-1", "nan", "inf", "soon", "1e300"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
        assert!(period("0").is_err());
    }
}
