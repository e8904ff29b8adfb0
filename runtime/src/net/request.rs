//! HTTP/1.1 requests over plain and TLS connections: one connection per request, redirects followed, every wait limited.
//! A status of 400 or more is a response, not an error.

use super::{connect, header, reason, within};
use core::time::Duration;
use futures_rustls::TlsConnector;
use futures_rustls::rustls::pki_types::ServerName;
use futures_rustls::rustls::{ClientConfig, RootCertStore};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, HOST, HeaderValue, LOCATION, USER_AGENT};
use hyper::{Method, Request, StatusCode, Uri};
use smol::io::{AsyncRead, AsyncWrite};
use smol_hyper::rt::FuturesIo;
use std::sync::{Arc, OnceLock};

const HEAD: Duration = Duration::from_secs(60);
/// Silence in the middle of a body.
const SILENCE: Duration = Duration::from_secs(60);
const REDIRECTS: usize = 10;

pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

#[derive(Clone)]
pub struct Call {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

pub async fn send(mut call: Call) -> Result<Response, String> {
    for _ in 0..=REDIRECTS {
        let uri = parse(&call.url)?;
        let response = once(&call, &uri).await?;
        let Some(next) = redirect(&response, &uri) else { return Ok(response) };
        if response.status == 303 || (matches!(response.status, 301 | 302) && call.method == "POST") {
            call.method = String::from("GET");
            call.body.clear();
        }
        if parse(&next)?.host() != uri.host() {
            call.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        }
        call.url = next;
    }
    Err(format!("转向超过 {REDIRECTS} 次"))
}

/// Encodes what an address may not contain literally, as browsers do, and takes it apart.
fn parse(url: &str) -> Result<Uri, String> {
    let mut encoded = String::with_capacity(url.len());
    for byte in url.trim().bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            encoded.push(byte as char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    let without_fragment = encoded.split('#').next().unwrap_or_default();
    let bad = || format!("网址 {} 无效", crate::value::quoted(url));
    let uri: Uri = without_fragment.parse().map_err(|_| bad())?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    if known && uri.host().is_some_and(|host| !host.is_empty()) { Ok(uri) } else { Err(bad()) }
}

fn redirect(response: &Response, uri: &Uri) -> Option<String> {
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let (_, target) = response.headers.iter().find(|(name, _)| name == LOCATION.as_str())?;
    if target.starts_with("http://") || target.starts_with("https://") {
        return Some(target.clone());
    }
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    if let Some(rest) = target.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    if target.starts_with('/') {
        return Some(format!("{scheme}://{authority}{target}"));
    }
    let folder = &uri.path()[..uri.path().rfind('/').map_or(0, |at| at + 1)];
    Some(format!("{scheme}://{authority}{folder}{target}"))
}

async fn once(call: &Call, uri: &Uri) -> Result<Response, String> {
    let host = uri.host().unwrap_or_default();
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let secure = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let stream = connect(host, port).await?;
    if !secure {
        return exchange(call, uri, stream).await;
    }
    let name = ServerName::try_from(String::from(host)).map_err(|_| format!("主机名 {host} 无效"))?;
    let connector = TlsConnector::from(tls());
    match within(super::CONNECT, connector.connect(name, stream)).await {
        None => Err(format!("与 {host} 建立加密连接超时")),
        Some(Err(error)) => Err(format!("与 {host} 建立加密连接失败：{error}")),
        Some(Ok(stream)) => exchange(call, uri, stream).await,
    }
}

fn tls() -> Arc<ClientConfig> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let make = || {
        let provider = Arc::new(futures_rustls::rustls::crypto::ring::default_provider());
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring knows the default versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Arc::new(config)
    };
    Arc::clone(CONFIG.get_or_init(make))
}

async fn exchange<S>(call: &Call, uri: &Uri, stream: S) -> Result<Response, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = build(call, uri)?;
    let (mut sender, connection) = http1::handshake(FuturesIo::new(stream)).await.map_err(|error| explain(&error))?;
    // Dropped at the end: the connection is for this request only.
    let _driver = crate::task::helper::spawn(async move {
        let _ = connection.await;
    });
    let response = match within(HEAD, sender.send_request(request)).await {
        None => return Err(String::from("等待响应超时")),
        Some(response) => response.map_err(|error| explain(&error))?,
    };
    let (head, body) = response.into_parts();
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| (String::from(name.as_str()), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    Ok(Response { status: head.status.as_u16(), headers: headers.collect(), body: read(body, head.status).await? })
}

fn build(call: &Call, uri: &Uri) -> Result<Request<Full<Bytes>>, String> {
    let method = Method::from_bytes(call.method.as_bytes())
        .map_err(|_| format!("方法 {} 无效", crate::value::quoted(&call.method)))?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let body = Full::new(Bytes::from(call.body.clone().into_bytes()));
    let mut request = Request::builder().method(method).uri(path).body(body).map_err(|_| String::from("请求无效"))?;
    let headers = request.headers_mut();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    headers.insert(HOST, HeaderValue::from_str(authority).map_err(|_| String::from("主机名无效"))?);
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("qi/", env!("CARGO_PKG_VERSION"))));
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    for (name, value) in &call.headers {
        let (key, value) = header(name, value).ok_or_else(|| format!("请求头 {name} 无效"))?;
        headers.insert(key, value);
    }
    Ok(request)
}

async fn read(mut body: Incoming, status: StatusCode) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    loop {
        match within(SILENCE, body.frame()).await {
            None => return Err(format!("读取响应（状态 {}）超时", status.as_u16())),
            Some(None) => return Ok(bytes),
            Some(Some(Err(error))) => return Err(explain(&error)),
            Some(Some(Ok(frame))) => bytes.extend(frame.data_ref().into_iter().flatten()),
        }
    }
}

/// The system's reason if there is one behind hyper's error.
fn explain(error: &hyper::Error) -> String {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return reason(io);
        }
        source = inner.source();
    }
    match error {
        error if error.is_incomplete_message() => String::from("对方提前结束了连接"),
        error if error.is_parse() => String::from("对方的响应不是 HTTP"),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_encoded_and_checked() {
        let uri = parse("http://127.0.0.1:8080/路 径?词=奇#段").expect("valid");
        assert_eq!(uri.path_and_query().expect("a path").as_str(), "/%E8%B7%AF%20%E5%BE%84?%E8%AF%8D=%E5%A5%87");
        for bad in ["", "127.0.0.1", "ftp://a/", "http://", "http:///x"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn redirects_resolve_against_the_request() {
        let uri = parse("http://a:81/b/c?d").expect("valid");
        let to = |target: &str| {
            let headers = vec![(String::from("location"), String::from(target))];
            redirect(&Response { status: 302, headers, body: Vec::new() }, &uri).expect("a redirect")
        };
        assert_eq!(to("/x"), "http://a:81/x");
        assert_eq!(to("x"), "http://a:81/b/x");
        assert_eq!(to("//b/x"), "http://b/x");
        assert_eq!(to("https://b/x"), "https://b/x");
    }
}
