//! The network: sockets for Qi code, the HTTP client and the HTTP server.

#[cfg(feature = "http")]
mod http;
#[cfg(feature = "http")]
mod http_server;
#[cfg(feature = "http")]
mod request;
#[cfg(feature = "http")]
mod serve;
mod socket;

use crate::operation::Outcome;
use crate::types::qi_type_fault_network;
use core::future::Future;
use core::time::Duration;
use smol::{Async, Timer};
use std::io;
use std::net::TcpListener;

/// Hosts must answer a connection within this time.
const CONNECT: Duration = Duration::from_secs(10);

pub fn failed(message: &str) -> Outcome {
    Outcome::Failed { kind: &qi_type_fault_network, message: format!("网络错误：{message}") }
}

/// The result of a future, or None after `limit`.
async fn within<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    let late = async {
        Timer::after(limit).await;
        None
    };
    smol::future::or(async { Some(future.await) }, late).await
}

/// Connects to a host by name or address.
async fn connect(host: &str, port: u16) -> Result<smol::net::TcpStream, String> {
    let place = format!("{host}:{port}");
    let addresses = match within(CONNECT, smol::net::resolve((host, port))).await {
        None => return Err(format!("查找主机 {host} 超时")),
        Some(Ok(addresses)) if !addresses.is_empty() => addresses,
        Some(_) => return Err(format!("找不到主机 {host}")),
    };
    match within(CONNECT, smol::net::TcpStream::connect(addresses.as_slice())).await {
        None => Err(format!("连接 {place} 超时")),
        Some(Err(error)) => Err(format!("连接 {place} 失败：{}", reason(&error))),
        Some(Ok(stream)) => {
            // Small messages go out at once; only a slower connection follows if this fails.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
    }
}

/// A listener at "主机:端口"; no host means every address of this machine.
async fn bind(address: &str) -> Result<Async<TcpListener>, String> {
    let bad = || format!("地址 {} 不是“主机:端口”", crate::value::quoted(address));
    let (host, port) = split_address(address).ok_or_else(bad)?;
    let host = if host.is_empty() { "0.0.0.0" } else { host };
    let addresses = smol::net::resolve((host, port)).await.map_err(|_| format!("找不到主机 {host}"))?;
    TcpListener::bind(addresses.as_slice())
        .and_then(Async::new)
        .map_err(|error| format!("监听 {address} 失败：{}", reason(&error)))
}

/// None for what may not be sent: a name that is no token, line ends in a value.
#[cfg(feature = "http")]
fn header(name: &str, value: &str) -> Option<(hyper::header::HeaderName, hyper::header::HeaderValue)> {
    use hyper::header::{HeaderName, HeaderValue};
    Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value.as_bytes()).ok()?))
}

fn reason(error: &io::Error) -> String {
    crate::fs::reason(error)
}

/// "主机:端口"; IPv6 addresses in brackets.
fn split_address(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.trim().rsplit_once(':')?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    Some((host, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::split_address;

    #[test]
    fn addresses() {
        assert_eq!(split_address("127.0.0.1:80"), Some(("127.0.0.1", 80)));
        assert_eq!(split_address("[::1]:8080"), Some(("::1", 8080)));
        assert_eq!(split_address("主机"), None);
        assert_eq!(split_address("a:99999"), None);
    }
}
