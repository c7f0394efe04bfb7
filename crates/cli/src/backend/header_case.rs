//! Header names in the case that an endpoint wrote them in.
//!
//! Parameter mappings distinguish `Location` from `location`, but the HTTP client converts names to
//! lower case. A [`Recorder`] wraps the transport of each connection and keeps the first bytes that it
//! received, from which the original names are read.

use std::sync::{Arc, Mutex, PoisonError};
use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// Number of received bytes that are kept: the client accepts no longer head of a response.
const LONGEST_HEAD: usize = 64 << 10;

/// The first bytes received over a connection.
#[derive(Clone, Debug, Default)]
pub struct HeaderCase(Arc<Mutex<Vec<u8>>>);

impl HeaderCase {
    fn record(&self, bytes: &[u8]) {
        let mut received = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = LONGEST_HEAD.saturating_sub(received.len());
        received.extend(bytes.iter().take(room));
    }

    /// Returns a header name as the endpoint wrote it, or `name` itself if it was not received.
    pub fn original(&self, name: &str) -> String {
        let received = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let names = received.split(|byte| *byte == b'\n').filter_map(|line| line.split(|byte| *byte == b':').next());
        let written = names.filter_map(|name| std::str::from_utf8(name).ok()).find(|n| n.eq_ignore_ascii_case(name));
        written.unwrap_or(name).to_owned()
    }
}

impl<In: Transport> Connector<In> for HeaderCase {
    type Out = Recorder<In>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Recorder<In>>, Error> {
        Ok(chained.map(|transport| Recorder { transport, case: self.clone() }))
    }
}

/// A transport, after decryption, whose first bytes are recorded.
#[derive(Debug)]
pub struct Recorder<In> {
    transport: In,
    case: HeaderCase,
}

impl<In: Transport> Transport for Recorder<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.transport.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.transport.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let known = self.transport.buffers().input().len();
        let more = self.transport.await_input(timeout)?;
        self.case.record(self.transport.buffers().input().get(known..).unwrap_or_default());
        Ok(more)
    }

    fn is_open(&mut self) -> bool {
        self.transport.is_open()
    }

    fn is_tls(&self) -> bool {
        self.transport.is_tls()
    }
}
