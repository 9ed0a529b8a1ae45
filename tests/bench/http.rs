//! The bytes of HTTP/1.1 as far as measuring needs them: a request is built once, an answer ends where its Content-Length says. A whole client
//! would cost the two cores as much as the server that is measured.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How long one answer may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A POST of JSON as the contract asks for it. `cookie` may be empty.
pub fn post(path: &str, cookie: &str, body: &str) -> Vec<u8> {
    let cookie = if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") };
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-requested-with: bench\r\n"
    );
    format!("{head}{cookie}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").into_bytes()
}

/// A whole answer within the bytes that were read: its status, and where its body begins.
pub struct Frame {
    pub status: u16,
    pub body: usize,
}

impl Frame {
    /// None while something of it is still to come. One connection has one request under way, so nothing may follow it.
    pub fn of(bytes: &[u8]) -> io::Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        let (head, _) = bytes.split_at(end);
        let body = end + 4;
        let length = length(head).ok_or_else(|| malformed("an answer without Content-Length"))?;
        match bytes.len() - body {
            read if read < length => Ok(None),
            read if read > length => Err(malformed("an answer that nobody asked for")),
            _ => Ok(Some(Self { status: status(head).ok_or_else(|| malformed("an answer without status"))?, body })),
        }
    }
}

fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn number<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.trim().parse().ok()
}

fn status(head: &[u8]) -> Option<u16> {
    number(head.split(|byte| *byte == b' ').nth(1)?)
}

fn length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let line = head
        .split(|byte| *byte == b'\n')
        .find(|line| line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)))?;
    number(line.get(NAME.len()..)?)
}

/// The answer to one request on a connection of its own, waited for; for whatever is not measured.
pub struct Told {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

pub fn ask(address: SocketAddr, request: &[u8]) -> io::Result<Told> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request)?;
    let mut bytes = Vec::new();
    let mut some = [0; 16 * 1024];
    loop {
        if let Some(frame) = Frame::of(&bytes)? {
            let body = bytes.split_off(frame.body);
            return Ok(Told { status: frame.status, head: String::from_utf8_lossy(&bytes).into_owned(), body });
        }
        match stream.read(&mut some)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => bytes.extend_from_slice(some.get(..read).unwrap_or_default()),
        }
    }
}
