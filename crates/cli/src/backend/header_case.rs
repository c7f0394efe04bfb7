//! Header names in the case that an endpoint wrote them in, and the number of bytes that it may send.
//!
//! Parameter mappings distinguish `Location` from `location`, but the HTTP client converts names to
//! lower case. A [`Recorder`] wraps the transport of each connection and keeps the first bytes that it
//! received, from which the original names are read. The client limits the head and the body of a response, not
//! what else an endpoint sends, such as trailers, so all bytes are counted.

use std::sync::{Arc, Mutex, PoisonError};
use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// Number of received bytes that are kept: the client accepts no longer head of a response.
const LONGEST_HEAD: usize = 64 << 10;

/// Payload size limit of the service ("Quotas for configuring and running a REST API").
pub const LARGEST_BODY: u64 = 10 << 20;

/// Most bytes of a response: its body, and a MiB for its head, the sizes of its chunks and its trailers.
const LONGEST_RESPONSE: u64 = LARGEST_BODY + (1 << 20);

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
        Ok(chained.map(|transport| Recorder { transport, case: self.clone(), received: 0 }))
    }
}

/// A transport, after decryption, whose first bytes are recorded and whose bytes are counted.
#[derive(Debug)]
pub struct Recorder<In> {
    transport: In,
    case: HeaderCase,
    received: u64,
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
        let new = self.transport.buffers().input().get(known..).unwrap_or_default();
        self.case.record(new);
        self.received += new.len() as u64;
        if self.received > LONGEST_RESPONSE {
            let why = format!("the endpoint sent more than {} MiB", LONGEST_RESPONSE >> 20);
            return Err(Error::Io(std::io::Error::other(why)));
        }
        Ok(more)
    }

    fn is_open(&mut self) -> bool {
        self.transport.is_open()
    }

    fn is_tls(&self) -> bool {
        self.transport.is_tls()
    }
}
