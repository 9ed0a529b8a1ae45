//! A bad line: a TCP proxy on 127.0.0.1 that delays, throttles, cuts, resets, swallows and lies. Which fault a connection meets is either
//! drawn from a seed (weather) or set by the test for the next one; a client that opens a connection for each request meets one fault each.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

use crate::dice::Dice;

/// What happens to one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Pass,
    /// Reset before anything is read.
    Refuse,
    /// Reset after so many bytes of the request; the rest never arrives.
    CutRequest(usize),
    /// Reset after so many bytes of the answer.
    CutReply(usize),
    /// The server hears and answers; nobody hears the answer.
    DropReply,
    /// Everything is swallowed; the line hangs for so long, then is reset.
    BlackHole(Duration),
    /// The client's line is closed for reading once its request is through; the server still works.
    HalfClose,
    /// A captive portal answers instead of the server.
    Portal,
}

/// What a line is like when no fault is set. Chances are percent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    pub delay: Duration,
    pub jitter: Duration,
    /// Bytes a second in each direction; 0 is no limit.
    pub throttle: usize,
    pub loss: i64,
}

struct Inner {
    upstream: SocketAddr,
    weather: Mutex<Weather>,
    set: Mutex<VecDeque<Fault>>,
    dice: Dice,
    opened: AtomicU64,
}

/// Ends when it is dropped, and every connection through it.
pub struct Proxy {
    pub url: String,
    inner: Arc<Inner>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// On a free port before `upstream`, an address like `http://127.0.0.1:8080`.
    pub async fn start(upstream: &str, seed: u64) -> Self {
        let upstream = upstream.trim_start_matches("http://").parse().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let (weather, set) = (Mutex::new(Weather::default()), Mutex::default());
        let inner = Arc::new(Inner { upstream, weather, set, dice: Dice::new(seed), opened: AtomicU64::new(0) });
        let task = tokio::spawn(accept(listener, inner.clone()));
        Self { url, inner, task }
    }

    /// From the next connection on.
    pub fn weather(&self, weather: Weather) {
        *self.inner.weather.lock().unwrap_or_else(PoisonError::into_inner) = weather;
    }

    /// What the next connection meets, before any weather.
    pub fn next(&self, fault: Fault) {
        self.inner.set.lock().unwrap_or_else(PoisonError::into_inner).push_back(fault);
    }
}

async fn accept(listener: TcpListener, inner: Arc<Inner>) {
    let mut open = tokio::task::JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let inner = inner.clone();
        while open.try_join_next().is_some() {}
        // A broken line is what this is for; whoever is cut off notices.
        open.spawn(async move { drop(inner.connection(client).await) });
    }
}

/// One direction as it is delayed and throttled.
#[derive(Clone, Copy)]
struct Pace {
    wait: Duration,
    throttle: usize,
}

impl Inner {
    async fn connection(&self, client: TcpStream) -> std::io::Result<()> {
        let mut dice = self.dice.fork(self.opened.fetch_add(1, Ordering::SeqCst));
        let weather = *self.weather.lock().unwrap_or_else(PoisonError::into_inner);
        let set = self.set.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let fault = set.unwrap_or_else(|| drawn(&mut dice, weather.loss));
        let jitter = i64::try_from(weather.jitter.as_micros()).unwrap_or(0);
        let extra = Duration::from_micros(dice.between(0, jitter).unsigned_abs());
        let pace = Pace { wait: weather.delay + extra, throttle: weather.throttle };
        client.set_nodelay(true)?;
        match fault {
            Fault::Refuse => reset(&client),
            Fault::BlackHole(hold) => swallow(client, hold).await,
            Fault::Portal => portal(client).await,
            _ => self.forward(client, fault, pace).await,
        }
    }

    async fn forward(&self, client: TcpStream, fault: Fault, pace: Pace) -> std::io::Result<()> {
        let server = TcpStream::connect(self.upstream).await?;
        server.set_nodelay(true)?;
        let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
            (client.into_split(), server.into_split());
        let (up, down) = match fault {
            Fault::CutRequest(bytes) => (bytes, usize::MAX),
            Fault::CutReply(bytes) => (usize::MAX, bytes),
            _ => (usize::MAX, usize::MAX),
        };
        if fault == Fault::HalfClose {
            // A shut line: what the server sends later meets a closed door.
            to_client.shutdown().await?;
        }
        let ended = match fault {
            Fault::DropReply | Fault::HalfClose => {
                tokio::try_join!(pump(&mut from_client, &mut to_server, up, pace), lose(&mut from_server))
            }
            _ => tokio::try_join!(
                pump(&mut from_client, &mut to_server, up, pace),
                pump(&mut from_server, &mut to_client, down, pace)
            ),
        };
        if ended.is_err() {
            reset(&from_client.reunite(to_client).map_err(std::io::Error::other)?)?;
            reset(&from_server.reunite(to_server).map_err(std::io::Error::other)?)?;
        }
        Ok(())
    }
}

/// Copies until the end; a cut ends both directions.
async fn pump(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, most: usize, pace: Pace) -> std::io::Result<()> {
    let (mut left, mut bytes) = (most, vec![0; 16 * 1024]);
    let mut wait = pace.wait;
    loop {
        let read = from.read(&mut bytes).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let part = read.min(left);
        to.write_all(&bytes[..part]).await?;
        left -= part;
        if left == 0 {
            return Err(std::io::ErrorKind::ConnectionReset.into());
        }
        let micros = (part * 1_000_000).checked_div(pace.throttle).unwrap_or(0);
        wait = Duration::from_micros(u64::try_from(micros).unwrap_or(0));
    }
}

/// Waits until the server has answered, and tells nobody.
async fn lose(from: &mut OwnedReadHalf) -> std::io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    let _ = from.read(&mut bytes).await?;
    Err(std::io::ErrorKind::ConnectionReset.into())
}

async fn swallow(mut client: TcpStream, hold: Duration) -> std::io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    let silence = async { while client.read(&mut bytes).await.is_ok_and(|read| read > 0) {} };
    drop(tokio::time::timeout(hold, silence).await);
    reset(&client)
}

async fn portal(mut client: TcpStream) -> std::io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    let _ = client.read(&mut bytes).await?;
    let page = "<html><title>校园网认证</title><a href=\"/login\">请先登录校园网</a></html>";
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\nconnection: close\r\ncontent-length: ";
    client.write_all(format!("{head}{}\r\n\r\n{page}", page.len()).as_bytes()).await?;
    client.shutdown().await
}

/// Closed with RST instead of FIN.
fn reset(socket: &TcpStream) -> std::io::Result<()> {
    socket.set_zero_linger()
}

/// What a connection meets at a chance of `loss` percent.
pub fn drawn(dice: &mut Dice, loss: i64) -> Fault {
    if !dice.percent(loss) {
        return Fault::Pass;
    }
    match dice.between(0, 5) {
        0 => Fault::Refuse,
        1 => Fault::CutRequest(usize::try_from(dice.between(1, 400)).expect("small")),
        2 => Fault::CutReply(usize::try_from(dice.between(1, 200)).expect("small")),
        3 => Fault::DropReply,
        4 => Fault::HalfClose,
        _ => Fault::BlackHole(Duration::from_millis(20)),
    }
}

/// A server that counts what it heard in whole, and answers each with the same words.
#[cfg(test)]
async fn heard() -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (url, count) = (format!("http://{}", listener.local_addr().unwrap()), Arc::new(AtomicU64::new(0)));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let counted = counted.clone();
            tokio::spawn(async move {
                let mut question = [0; 8];
                if socket.read_exact(&mut question).await.is_ok() {
                    counted.fetch_add(1, Ordering::SeqCst);
                    drop(socket.write_all(b"an answer").await);
                }
            });
        }
    });
    (url, count)
}

#[tokio::test]
async fn each_fault_is_what_it_says() {
    let (url, count) = heard().await;
    let proxy = Proxy::start(&url, 1).await;
    let hold = Duration::from_millis(30);
    // The fault, what the client reads, whether it ends with a reset, whether the server heard the whole question.
    let cases: [(Fault, &[u8], bool, bool); 7] = [
        (Fault::Pass, b"an answer", false, true),
        (Fault::Refuse, b"", true, false),
        (Fault::CutRequest(4), b"", true, false),
        (Fault::CutReply(2), b"an", true, true),
        (Fault::DropReply, b"", true, true),
        (Fault::BlackHole(hold), b"", true, false),
        (Fault::HalfClose, b"", false, true),
    ];
    for (fault, read, is_reset, is_heard) in cases {
        let before = count.load(Ordering::SeqCst);
        proxy.next(fault);
        let mut client = TcpStream::connect(proxy.url.trim_start_matches("http://")).await.unwrap();
        let (began, mut bytes) = (std::time::Instant::now(), Vec::new());
        let sent = client.write_all(b"question").await;
        let ended = client.read_to_end(&mut bytes).await;
        // A reset may overtake the bytes that came before it.
        assert!(read.starts_with(&bytes) && (is_reset || bytes == read), "{fault:?}: {bytes:?}");
        assert_eq!(sent.is_err() || ended.is_err(), is_reset, "{fault:?}: {sent:?} {ended:?}");
        assert!(!matches!(fault, Fault::BlackHole(_)) || began.elapsed() >= hold, "{fault:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(count.load(Ordering::SeqCst) > before, is_heard, "{fault:?}");
    }
    proxy.next(Fault::Portal);
    let page = crate::line::Line::each(&proxy.url).try_ask("{ viewer { id } }", serde_json::json!({})).await;
    assert!(page.is_err_and(|lost| lost.0.contains("校园网")), "a portal's page is no answer of ours");
}

#[tokio::test]
async fn delay_and_throttle_take_their_time() {
    let (url, _) = heard().await;
    let proxy = Proxy::start(&url, 1).await;
    let delay = Duration::from_millis(40);
    proxy.weather(Weather { delay, jitter: Duration::from_millis(5), throttle: 100, loss: 0 });
    let mut client = TcpStream::connect(proxy.url.trim_start_matches("http://")).await.unwrap();
    let began = std::time::Instant::now();
    client.write_all(b"question").await.unwrap();
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).await.unwrap();
    // There and back, and nine bytes at a hundred a second before the end is told.
    assert_eq!(bytes, b"an answer");
    assert!(began.elapsed() >= delay * 2, "{:?}", began.elapsed());
}
