#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::environ;

fuzz_target!(|data: &[u8]| {
    let pairs = environ(data);
    for (i, (name, _)) in pairs.iter().enumerate() {
        assert!(!name.is_empty());
        assert!(pairs.iter().skip(i + 1).all(|(other, _)| other != name));
    }
});
