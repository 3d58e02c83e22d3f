// A WASI command in Rust: greets on standard output, with everything that a guest can be handed: arguments, environment, standard input, clock.
use std::env;
use std::io::{self, BufRead};
use std::process::exit;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn main() {
    let args: Vec<String> = env::args().collect();
    let greeting = env::var("GREETING").unwrap_or_else(|_| "Hello".into());
    println!("{}, {}!", greeting, args.get(1).map_or("world", String::as_str));

    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line).unwrap_or(0) > 0 {
        println!("You say: {}", line.trim_end());
    }

    // Any date after the first of January 2020 will do: it shows that the clock is one.
    let running = SystemTime::now() > UNIX_EPOCH + Duration::from_secs(1_577_836_800);
    eprintln!("Rust: {} arguments, clock {}", args.len(), if running { "running" } else { "stopped" });
    exit(args.get(2).and_then(|code| code.parse().ok()).unwrap_or(0));
}
