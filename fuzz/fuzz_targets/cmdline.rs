#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::cmdline;

fuzz_target!(|data: &[u8]| {
    let args = cmdline(data);
    assert_eq!(args.is_empty(), data.is_empty());
});
