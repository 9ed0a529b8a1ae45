//! The load driver: the same one asks the program and the bare limits. Each thread has its share of the connections and a runtime of its own, so
//! that driving costs little; it still takes its part of the cores that the server has.

use std::{
    io,
    net::SocketAddr,
    num::NonZero,
    thread,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime,
    sync::mpsc,
    task::JoinSet,
    time::timeout,
};

use crate::{
    Outcome,
    http::{Frame, PATIENCE},
};

/// What one connection asks.
pub trait Asks: Send + 'static {
    /// The bytes of the next request.
    fn next(&mut self) -> &[u8];
    /// Whether this answer is the one that was asked for; any other is counted apart.
    fn accepts(&mut self, status: u16, body: &[u8]) -> bool;
}

/// The same few requests in turn.
#[derive(Clone)]
pub struct Rota {
    requests: Vec<Vec<u8>>,
    turn: usize,
    good: fn(&[u8]) -> bool,
}

impl Rota {
    pub fn new(requests: Vec<Vec<u8>>, good: fn(&[u8]) -> bool) -> Self {
        Self { requests, turn: 0, good }
    }
}

impl Asks for Rota {
    fn next(&mut self) -> &[u8] {
        let turn = self.turn % self.requests.len().max(1);
        self.turn = turn + 1;
        self.requests.get(turn).map(Vec::as_slice).unwrap_or_default()
    }
    fn accepts(&mut self, status: u16, body: &[u8]) -> bool {
        status == 200 && (self.good)(body)
    }
}

/// Several who share a connection, in turn.
pub struct Turns<A> {
    all: Vec<A>,
    turn: usize,
}

impl<A> Turns<A> {
    /// As many connections as asked for, each with its share.
    pub fn over(connections: usize, all: Vec<A>) -> Vec<Self> {
        let mut turns: Vec<Self> = (0..connections).map(|_| Self { all: Vec::new(), turn: 0 }).collect();
        for (n, one) in all.into_iter().enumerate() {
            if let Some(turn) = turns.get_mut(n % connections.max(1)) {
                turn.all.push(one);
            }
        }
        turns
    }

    pub fn into_all(self) -> Vec<A> {
        self.all
    }
}

impl<A: Asks> Asks for Turns<A> {
    fn next(&mut self) -> &[u8] {
        self.turn = (self.turn + 1) % self.all.len().max(1);
        self.all.get_mut(self.turn).map(A::next).unwrap_or_default()
    }
    fn accepts(&mut self, status: u16, body: &[u8]) -> bool {
        self.all.get_mut(self.turn).is_some_and(|one| one.accepts(status, body))
    }
}

/// What came of a run.
#[derive(Default)]
pub struct Run {
    pub took: Duration,
    /// Of accepted answers.
    pub times: Vec<Duration>,
    pub refused: usize,
    /// The first answer that was not accepted.
    pub complaint: Option<String>,
}

impl Run {
    fn note(&mut self, time: Duration, accepted: bool, body: &[u8]) {
        if accepted {
            self.times.push(time);
            return;
        }
        self.refused += 1;
        self.complaint.get_or_insert_with(|| String::from_utf8_lossy(body).chars().take(400).collect());
    }

    fn merge(runs: impl IntoIterator<Item = Self>, began: Instant) -> Self {
        let mut all = Self { took: began.elapsed(), ..Self::default() };
        for run in runs {
            all.times.extend(run.times);
            all.refused += run.refused;
            all.complaint = all.complaint.or(run.complaint);
        }
        all
    }
}

/// Each connection asks again as soon as it is answered, until the time is over. Who asked comes back, in no order.
pub fn closed<A: Asks>(address: SocketAddr, asks: Vec<A>, time: Duration) -> Outcome<(Run, Vec<A>)> {
    let share = asks.len().div_ceil(thread::available_parallelism().map_or(1, NonZero::get)).max(1);
    let mut shares = Vec::new();
    let mut connected = asks.into_iter().map(|asks| Ok((connect(address)?, asks))).collect::<io::Result<Vec<_>>>()?;
    while !connected.is_empty() {
        shares.push(connected.split_off(connected.len().saturating_sub(share)));
    }
    let began = Instant::now();
    let (runs, asks): (Vec<_>, Vec<_>) = thread::scope(|scope| {
        let threads: Vec<_> = shares.into_iter().map(|share| scope.spawn(move || drive(share, began + time))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| "a load thread panicked")?)
            .collect::<Outcome<Vec<_>>>()
    })?
    .into_iter()
    .unzip();
    Ok((Run::merge(runs, began), asks.into_iter().flatten().collect()))
}

fn drive<A: Asks>(share: Vec<(std::net::TcpStream, A)>, until: Instant) -> Outcome<(Run, Vec<A>)> {
    let began = Instant::now();
    runtime()?.block_on(async {
        let mut tasks = JoinSet::new();
        for (stream, asks) in share {
            let connection = Connection::over(stream)?;
            tasks.spawn(ask_until(connection, asks, until));
        }
        gather(tasks, began, until).await
    })
}

async fn ask_until<A: Asks>(mut connection: Connection, mut asks: A, until: Instant) -> io::Result<(Run, A)> {
    let mut run = Run::default();
    let mut asked = Instant::now();
    while asked < until {
        let (status, body) = connection.exchange(asks.next()).await?;
        let answered = Instant::now();
        run.note(answered - asked, asks.accepts(status, body), body);
        asked = answered;
    }
    Ok((run, asks))
}

/// So many requests a second, in turn over the connections, each sent at its own moment whether or not others are still waiting. The time of an
/// answer counts from that moment, so a server that falls behind cannot hide it.
pub fn paced<A: Asks>(address: SocketAddr, asks: Vec<A>, rate: u32, time: Duration) -> Outcome<Run> {
    let mut moments = Vec::new();
    let mut connected = Vec::new();
    for asks in asks {
        let (due, waiting) = mpsc::unbounded_channel();
        moments.push(due);
        connected.push((connect(address)?, asks, waiting));
    }
    let began = Instant::now();
    let until = began + time;
    let running = thread::spawn(move || {
        runtime()?.block_on(async {
            let mut tasks = JoinSet::new();
            for (stream, asks, waiting) in connected {
                tasks.spawn(ask_when(Connection::over(stream)?, asks, waiting));
            }
            gather(tasks, began, until).await
        })
    });
    let gap = Duration::from_secs(1) / rate;
    for (n, moment) in moments.iter().cycle().enumerate() {
        let due = began + gap * u32::try_from(n)?;
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if due >= until || moment.send(due).is_err() {
            break;
        }
    }
    drop(moments);
    let (run, _) = running.join().map_err(|_| "the load thread panicked")??;
    Ok(run)
}

async fn ask_when<A: Asks>(
    mut connection: Connection,
    mut asks: A,
    mut waiting: mpsc::UnboundedReceiver<Instant>,
) -> io::Result<(Run, A)> {
    let mut run = Run::default();
    while let Some(due) = waiting.recv().await {
        let (status, body) = connection.exchange(asks.next()).await?;
        run.note(due.elapsed(), asks.accepts(status, body), body);
    }
    Ok((run, asks))
}

async fn gather<A: 'static>(
    mut tasks: JoinSet<io::Result<(Run, A)>>,
    began: Instant,
    until: Instant,
) -> Outcome<(Run, Vec<A>)> {
    let all = async {
        let (mut runs, mut asks) = (Vec::new(), Vec::new());
        while let Some(ended) = tasks.join_next().await {
            let (run, asked) = ended??;
            runs.push(run);
            asks.push(asked);
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>((runs, asks))
    };
    let (runs, asks) = timeout(until.saturating_duration_since(Instant::now()) + PATIENCE, all).await??;
    Ok((Run::merge(runs, began), asks))
}

fn runtime() -> io::Result<runtime::Runtime> {
    runtime::Builder::new_current_thread().enable_all().build()
}

fn connect(address: SocketAddr) -> io::Result<std::net::TcpStream> {
    let stream = std::net::TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// One connection that is kept, with one request at a time.
struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    fn over(stream: std::net::TcpStream) -> io::Result<Self> {
        Ok(Self { stream: TcpStream::from_std(stream)?, read: Vec::with_capacity(16 * 1024) })
    }

    /// The status and the body of the answer.
    async fn exchange(&mut self, request: &[u8]) -> io::Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let frame = loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(frame) = Frame::of(&self.read)? {
                break frame;
            }
        };
        Ok((frame.status, self.read.get(frame.body..).unwrap_or_default()))
    }
}
