//! A body that tells when it was served: when all of it was handed to the connection. A client that hangs up in the middle, a `HEAD`, and an
//! answer that was never read tell nothing.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::Stream;

/// Runs `told` once `length` bytes of the stream were taken and the connection came for more, or let go of the body.
pub fn stream<S>(stream: S, length: u64, told: impl FnOnce() + Send + 'static) -> Served<S> {
    Served { stream, left: length, told: Some(Box::new(told)) }
}

pub struct Served<S> {
    stream: S,
    left: u64,
    told: Option<Box<dyn FnOnce() + Send>>,
}

impl<S> Served<S> {
    fn tell(&mut self) {
        if self.left == 0
            && let Some(told) = self.told.take()
        {
            told();
        }
    }
}

impl<S, E> Stream for Served<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    type Item = Result<Bytes, E>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Whoever comes for more has handed on what was taken before.
        self.tell();
        let next = Pin::new(&mut self.stream).poll_next(context);
        if let Poll::Ready(Some(Ok(piece))) = &next {
            self.left = self.left.saturating_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        }
        next
    }
}

/// A connection that knows the length lets go of the body with its last byte.
impl<S> Drop for Served<S> {
    fn drop(&mut self) {
        self.tell();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use futures::StreamExt;

    use super::*;

    type Pieces = futures::stream::Iter<std::vec::IntoIter<Result<Bytes, std::io::Error>>>;

    fn counted(pieces: &[&'static str], length: u64) -> (Served<Pieces>, Arc<AtomicU32>) {
        let times = Arc::new(AtomicU32::new(0));
        let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect();
        let told = times.clone();
        let told = move || {
            told.fetch_add(1, Ordering::SeqCst);
        };
        (stream(futures::stream::iter(pieces), length, told), times)
    }

    #[tokio::test]
    async fn a_body_is_served_once_all_of_it_was_taken() {
        for read_to_the_end in [true, false] {
            let (mut stream, times) = counted(&["abc", "de"], 5);
            stream.next().await.expect("a piece").expect("bytes");
            stream.next().await.expect("a piece").expect("bytes");
            if read_to_the_end {
                assert!(stream.next().await.is_none());
            }
            drop(stream);
            assert_eq!(times.load(Ordering::SeqCst), 1);
        }
    }

    #[tokio::test]
    async fn a_body_that_was_not_read_or_only_in_part_is_not_served() {
        for pieces in [0, 1] {
            let (mut stream, times) = counted(&["abc", "de"], 5);
            for _ in 0..pieces {
                stream.next().await.expect("a piece").expect("bytes");
            }
            drop(stream);
            assert_eq!(times.load(Ordering::SeqCst), 0, "{pieces} pieces");
        }
        // A file that ends early is not all there.
        let (mut stream, times) = counted(&["abc"], 5);
        drop(stream.by_ref().collect::<Vec<_>>().await);
        assert_eq!(times.load(Ordering::SeqCst), 0);
    }
}
