//! Header names as an endpoint wrote them.
//!
//! Mappings tell `Location` from `location`, the HTTP client does not: it hands names on in small letters. So an [`Ear`] on
//! the connection keeps the beginning of what came in, where the names are spelled out.

use std::sync::{Arc, Mutex, PoisonError};
use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// As much as the client takes for the head of an answer.
const LONGEST_HEAD: usize = 64 << 10;

/// What was heard on a connection.
#[derive(Clone, Debug, Default)]
pub struct Spelling(Arc<Mutex<Vec<u8>>>);

impl Spelling {
    fn keep(&self, bytes: &[u8]) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = LONGEST_HEAD.saturating_sub(heard.len());
        heard.extend(bytes.iter().take(room));
    }

    /// The spelling of a name; the name itself when it was not heard.
    pub fn of(&self, name: &str) -> String {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let names = heard.split(|byte| *byte == b'\n').filter_map(|line| line.split(|byte| *byte == b':').next());
        let spelled = names.filter_map(|name| std::str::from_utf8(name).ok()).find(|n| n.eq_ignore_ascii_case(name));
        spelled.unwrap_or(name).to_owned()
    }
}

impl<In: Transport> Connector<In> for Spelling {
    type Out = Ear<In>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Ear<In>>, Error> {
        Ok(chained.map(|connection| Ear { connection, spelling: self.clone() }))
    }
}

/// A connection that is listened to, inside of TLS.
#[derive(Debug)]
pub struct Ear<In> {
    connection: In,
    spelling: Spelling,
}

impl<In: Transport> Transport for Ear<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.connection.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.connection.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let known = self.connection.buffers().input().len();
        let more = self.connection.await_input(timeout)?;
        self.spelling.keep(self.connection.buffers().input().get(known..).unwrap_or_default());
        Ok(more)
    }

    fn is_open(&mut self) -> bool {
        self.connection.is_open()
    }

    fn is_tls(&self) -> bool {
        self.connection.is_tls()
    }
}
