//! The terminal: its size, colours, and the alternate screen of `--watch`.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGWINCH};

use crate::cli::ColorWhen;
use crate::error::{Error, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

/// Where the output goes.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    is_terminal: bool,
    color: bool,
}

impl Output {
    pub(crate) fn new(color: ColorWhen) -> Self {
        let stdout = io::stdout();
        let color = match color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => {
                anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never
            }
        };
        Self { is_terminal: stdout.is_terminal(), color }
    }

    pub(crate) fn is_terminal(self) -> bool {
        self.is_terminal
    }

    /// The size to fit into; none where there is no terminal.
    pub(crate) fn size(self) -> Option<Size> {
        if !self.is_terminal {
            return None;
        }
        let size =
            tcgetwinsize(io::stdout()).ok().filter(|size| size.ws_col > 0 && size.ws_row > 0);
        Some(size.map_or(Size { columns: 80, rows: 24 }, |size| Size {
            columns: size.ws_col.into(),
            rows: size.ws_row.into(),
        }))
    }

    /// Writes text that has colours, or has them taken out.
    pub(crate) fn print(self, text: &str) -> Result<()> {
        let text = self.finish(text);
        write(&text)
    }

    fn finish(self, text: &str) -> String {
        if self.color { text.to_owned() } else { anstream::adapter::strip_str(text).to_string() }
    }
}

/// Writes bytes as they are.
pub(crate) fn write(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Error::Output)
}

enum Event {
    Tick,
    Resize,
    Quit,
}

/// Signals that end or redraw a watch.
struct Signals {
    end: Arc<AtomicBool>,
    resize: Arc<AtomicBool>,
}

impl Signals {
    fn catch() -> Result<Self> {
        let signals = Self { end: Arc::default(), resize: Arc::default() };
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, signals.end.clone()).map_err(Error::Terminal)?;
        }
        signal_hook::flag::register(SIGWINCH, signals.resize.clone()).map_err(Error::Terminal)?;
        Ok(signals)
    }

    /// Sleeps until the time is over, a signal comes, or, where keys are read, `q` or Ctrl-C.
    fn wait(&self, time: Duration, keys: bool) -> Result<Event> {
        // In turns, for a signal may come just before the sleep.
        const TURN: Duration = Duration::from_millis(500);
        let stdin = io::stdin();
        let until = Instant::now() + time;
        let mut keys = keys;
        loop {
            if self.end.load(Relaxed) {
                return Ok(Event::Quit);
            }
            if self.resize.swap(false, Relaxed) {
                return Ok(Event::Resize);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Event::Tick);
            }
            let timeout = Timespec::try_from(left.min(TURN)).ok();
            let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
            let watched = if keys { &mut fds[..] } else { &mut [] };
            match poll(watched, timeout.as_ref()) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => {
                    let mut pressed = [0; 64];
                    let count = rustix::io::read(&stdin, &mut pressed).unwrap_or(0);
                    // The terminal is gone.
                    keys = count > 0;
                    if pressed.iter().take(count).any(|key| matches!(key, b'q' | b'Q' | 3)) {
                        return Ok(Event::Quit);
                    }
                }
                Err(error) => return Err(Error::Terminal(error.into())),
            }
        }
    }
}

/// The alternate screen; the terminal is as before once this is dropped.
pub(crate) struct Screen {
    before: Option<Termios>,
}

impl Screen {
    fn enter() -> Result<Self> {
        let before = tcgetattr(io::stdin()).ok();
        if let Some(before) = &before {
            let mut modes = before.clone();
            modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
            tcsetattr(io::stdin(), OptionalActions::Now, &modes)
                .map_err(|error| Error::Terminal(error.into()))?;
        }
        let screen = Self { before };
        write("\x1b[?1049h\x1b[?25l")?;
        Ok(screen)
    }

    fn has_keys(&self) -> bool {
        self.before.is_some()
    }

    /// Draws over what is there, line by line, so that nothing flickers.
    pub(crate) fn draw(&self, output: Output, text: &str) -> Result<()> {
        let text = output.finish(text.trim_end_matches('\n')).replace('\n', "\x1b[K\n");
        write(&format!("\x1b[?2026h\x1b[H{text}\x1b[K\x1b[J\x1b[?2026l"))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = write("\x1b[?25h\x1b[?1049l");
        if let Some(before) = &self.before {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}

/// How to show again and again.
#[derive(Clone, Copy)]
pub(crate) struct Watch {
    pub(crate) period: Duration,
    /// Ends after so many rounds.
    pub(crate) count: Option<u64>,
}

/// Shows again and again, for the first time after `first`: until `q`, a signal, or the last round.
pub(crate) fn repeat(
    watch: Watch,
    first: Duration,
    full_screen: bool,
    mut show: impl FnMut(Option<&Screen>) -> Result<()>,
) -> Result<()> {
    let signals = Signals::catch()?;
    let screen = if full_screen { Some(Screen::enter()?) } else { None };
    let keys = screen.as_ref().is_some_and(Screen::has_keys);
    let mut rounds = 0;
    let mut wait = first;
    loop {
        if let Event::Quit = signals.wait(wait, keys)? {
            return Ok(());
        }
        show(screen.as_ref())?;
        rounds += 1;
        if watch.count.is_some_and(|count| rounds >= count) {
            return Ok(());
        }
        wait = watch.period;
    }
}

/// The width of the terminal that the error stream goes to.
pub(crate) fn error_width() -> Option<usize> {
    tcgetwinsize(io::stderr()).ok().map(|size| size.ws_col.into()).filter(|columns| *columns > 0)
}
