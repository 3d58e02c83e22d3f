// A probe in Rust: counts the lines of a log by severity. Arguments: FILE, or "-" or nothing for standard input, then how many errors are critical (1).
// The file may also be named by the environment variable TARGET; it has to lie in a mount of the policy's.
mod gauntlet;

use gauntlet::{LogLevel, MetricKind, ResultStatus};
use std::env;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::time::Instant;

/// Longest line that is looked at; the rest of a longer one counts as lines of their own.
const LONGEST: u64 = 64 * 1024;

#[derive(Default)]
struct Counts {
    lines: u64,
    warnings: u64,
    errors: u64,
    last_error: String,
}

/// The first word of a line that is a severity, whatever stands around it: `[ERROR]`, `level=warn`, `"severity":"error"`.
fn severity(line: &str) -> Option<LogLevel> {
    line.split(|c: char| !c.is_ascii_alphabetic()).find_map(|word| match word.to_ascii_lowercase().as_str() {
        "debug" | "trace" => Some(LogLevel::Debug),
        "info" | "notice" => Some(LogLevel::Info),
        "warn" | "warning" => Some(LogLevel::Warning),
        "error" | "err" | "fatal" | "critical" | "panic" => Some(LogLevel::Error),
        _ => None,
    })
}

fn count(mut input: impl BufRead) -> io::Result<Counts> {
    let mut counts = Counts::default();
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if input.by_ref().take(LONGEST).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(counts);
        }
        let line = String::from_utf8_lossy(&bytes);
        counts.lines += 1;
        match severity(&line) {
            Some(LogLevel::Warning) => counts.warnings += 1,
            Some(LogLevel::Error) => {
                counts.errors += 1;
                counts.last_error = line.trim_end().chars().take(200).collect();
            }
            _ => {}
        }
    }
}

/// A probe that cannot report has nobody to tell that.
fn report(status: ResultStatus, value: f64, message: &str) {
    let _ = gauntlet::result_report(status, value, "errors", message);
}

fn main() {
    let args: Vec<String> = env::args().collect();
    let path = args.get(1).cloned().or_else(|| env::var("TARGET").ok()).unwrap_or_else(|| "-".into());
    let critical: u64 = args.get(2).and_then(|text| text.parse().ok()).unwrap_or(1);

    let started = Instant::now();
    let counted = if path == "-" {
        count(io::stdin().lock())
    } else {
        File::open(&path).and_then(|file| count(BufReader::new(file)))
    };
    let counts = match counted {
        Ok(counts) => counts,
        Err(error) => {
            let message = format!("{}: cannot be read ({})", path, error);
            let _ = gauntlet::log_write(LogLevel::Error, &message);
            return report(ResultStatus::Unknown, f64::NAN, &message);
        }
    };
    let _ = gauntlet::result_timing("parse", started.elapsed().as_nanos() as u64);
    for (name, value) in [("log.lines", counts.lines), ("log.warnings", counts.warnings), ("log.errors", counts.errors)] {
        let _ = gauntlet::metric_record(MetricKind::Counter, name, value as f64, "");
    }
    if counts.errors > 0 {
        let _ = gauntlet::log_write(LogLevel::Warning, &counts.last_error);
    }

    let status = if counts.errors >= critical {
        ResultStatus::Critical
    } else if counts.errors + counts.warnings > 0 {
        ResultStatus::Warning
    } else {
        ResultStatus::Ok
    };
    let message = format!("{}: {} lines, {} warnings, {} errors", path, counts.lines, counts.warnings, counts.errors);
    report(status, counts.errors as f64, &message);
}
