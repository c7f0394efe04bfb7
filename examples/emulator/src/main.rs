//! Serves the API of `api.json` on port 8080 of loopback.

use emulator::Emulator;
use std::error::Error;
use tiny_http::Server;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let emulator = Emulator::new(&serde_json::from_str(include_str!("../api.json"))?);
    let server = Server::http("127.0.0.1:8080")?;
    println!("http://{}/health", server.server_addr());
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| emulator.serve(&server));
        }
    });
    Ok(())
}
