//! HTTP/1.1 connections that others open: each request becomes an [`Exchange`] in a queue, which the program takes and answers.
//! Connections are kept open; a peer that sends nothing, or too much, loses its connection.

use super::{bind, header, reason, within};
use crate::task::helper;
use async_task::Task;
use core::convert::Infallible;
use core::time::Duration;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use smol::Timer;
use smol::channel::{Receiver, Sender, bounded};
use smol::net::{TcpListener, TcpStream};
use smol_hyper::rt::{FuturesIo, SmolTimer};
use std::sync::{Mutex, PoisonError};

/// For the whole body of a request.
const BODY: Duration = Duration::from_secs(60);
const BODY_BYTES: usize = 64 << 20;
/// Requests that wait for the program to take them; then connections wait.
const QUEUED: usize = 64;
/// Without file descriptors, for example, accepting again at once would fail again.
const PAUSE: Duration = Duration::from_millis(50);

/// A request, and the way back.
pub struct Exchange {
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub peer: String,
    reply: Sender<Reply>,
}

pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Reply {
    /// A final status, headers that may be sent. An error says what may not.
    pub fn new<'a>(status: i64, headers: impl Iterator<Item = (&'a str, &'a str)>, body: &str) -> Result<Self, String> {
        let known = u16::try_from(status).ok().filter(|it| *it >= 200).and_then(|it| StatusCode::from_u16(it).ok());
        let mut reply = Self::plain(known.ok_or_else(|| format!("状态 {status} 无效"))?, body.to_owned());
        for (name, value) in headers {
            let (key, value) = header(name, value).ok_or_else(|| format!("回答的头 {name} 无效"))?;
            reply.headers.insert(key, value);
        }
        // Where the body ends is told by how it is sent: an answer passed on from elsewhere may say something else.
        reply.headers.remove(CONTENT_LENGTH);
        reply.headers.remove(TRANSFER_ENCODING);
        Ok(reply)
    }

    fn plain(status: StatusCode, body: String) -> Self {
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        Self { status, headers: HeaderMap::from_iter([(CONTENT_TYPE, text)]), body }
    }
}

impl Exchange {
    /// Only the first answer counts.
    pub fn answer(&self, reply: Reply) {
        let _ = self.reply.try_send(reply);
    }
}

/// Closing or dropping it gives the port back; requests that were taken can still be answered.
pub struct Server {
    pub address: String,
    requests: Receiver<Exchange>,
    accepting: Mutex<Option<Task<()>>>,
}

impl Server {
    pub fn requests(&self) -> Receiver<Exchange> {
        self.requests.clone()
    }
    /// Nobody gets a request any more, and what comes in is told so.
    pub fn close(&self) {
        self.requests.close();
        drop(self.accepting.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

pub async fn listen(address: String) -> Result<Server, String> {
    let listener = bind(&address).await?;
    let local = listener.get_ref().local_addr().map_err(|error| reason(&error))?.to_string();
    let (sender, requests) = bounded(QUEUED);
    let accepting = Mutex::new(Some(helper::spawn(accept(listener.into(), sender))));
    Ok(Server { address: local, requests, accepting })
}

async fn accept(listener: TcpListener, sender: Sender<Exchange>) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // A connection lives on by itself: its last answer is sent when the server is gone already.
                helper::spawn(serve(stream, peer.to_string(), sender.clone())).detach();
            }
            Err(_) => {
                Timer::after(PAUSE).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, peer: String, sender: Sender<Exchange>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let (peer, sender) = (peer.clone(), sender.clone());
        async move { Ok::<_, Infallible>(exchange(request, peer, &sender).await) }
    });
    let mut connection = http1::Builder::new();
    // Who has said everything may still listen.
    connection.timer(SmolTimer::new()).half_close(true);
    // What goes wrong on a connection is the peer's business.
    let _ = connection.serve_connection(FuturesIo::new(stream), service).await;
}

async fn exchange(request: Request<Incoming>, peer: String, sender: &Sender<Exchange>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = match within(BODY, Limited::new(body, BODY_BYTES).collect()).await {
        Some(Ok(body)) => body.to_bytes().to_vec(),
        Some(Err(error)) if error.is::<LengthLimitError>() => return refuse(StatusCode::PAYLOAD_TOO_LARGE),
        Some(Err(_)) => return refuse(StatusCode::BAD_REQUEST),
        None => return refuse(StatusCode::REQUEST_TIMEOUT),
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let (reply, answer) = bounded(1);
    let target = head.uri.path_and_query().map_or_else(|| head.uri.to_string(), ToString::to_string);
    let exchange = Exchange { method: head.method.to_string(), target, headers, body, peer, reply };
    if sender.send(exchange).await.is_err() {
        return refuse(StatusCode::SERVICE_UNAVAILABLE);
    }
    match answer.recv().await {
        Ok(reply) => response(reply, sender.is_closed()),
        // Dropped without an answer: what handled it failed or was cancelled.
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn response(reply: Reply, is_last: bool) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    (*response.status_mut(), *response.headers_mut()) = (reply.status, reply.headers);
    if is_last {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn refuse(status: StatusCode) -> Response<Full<Bytes>> {
    response(Reply::plain(status, format!("{status}\n")), true)
}

#[cfg(test)]
mod tests {
    use super::{Duration, Reply, listen, within};
    use smol::block_on;
    use std::io::{Read, Write};
    use std::net::{Shutdown, TcpStream};

    #[test]
    fn who_has_said_everything_still_listens() {
        let server = block_on(listen("127.0.0.1:0".to_owned())).expect("a free port");
        let mut client = TcpStream::connect(&server.address).expect("it listens");
        client.write_all(b"GET / HTTP/1.1\r\nhost: qi\r\n\r\n").expect("sent");
        client.shutdown(Shutdown::Write).expect("connected");
        client.set_read_timeout(Some(Duration::from_secs(20))).expect("a time");
        let requests = server.requests();
        let exchange = block_on(within(Duration::from_secs(20), requests.recv())).expect("in time").expect("a request");
        exchange.answer(Reply::new(200, [].into_iter(), "ok").expect("plain"));
        let mut answer = String::new();
        client.read_to_string(&mut answer).expect("text");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\nok"), "{answer}");
    }
}
