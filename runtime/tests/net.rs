//! Sockets and the HTTP client on the loopback interface, played by hand-written task bodies.

#[expect(dead_code, reason = "uses a part of it")]
mod support;

use qi_abi::*;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::ptr;
use support::*;

unsafe extern "C" {
    fn qi_http_request(
        task: *mut Task,
        node: *mut Node,
        out: *mut Handle,
        method: *const Str,
        url: *const Str,
        headers: *const ArrayObject,
        body: *const Str,
    ) -> i32;
    fn qi_http_request_finish(task: *mut Task, node: *mut Node, out: *mut Handle) -> i32;
    fn qi_http_status(response: Handle) -> i64;
    fn qi_http_body(out: *mut Str, response: Handle);
    fn qi_net_listen(task: *mut Task, node: *mut Node, out: *mut Handle, address: *const Str) -> i32;
    fn qi_net_listen_finish(task: *mut Task, node: *mut Node, out: *mut Handle) -> i32;
    fn qi_net_connect(task: *mut Task, node: *mut Node, out: *mut Handle, address: *const Str) -> i32;
    fn qi_net_connect_finish(task: *mut Task, node: *mut Node, out: *mut Handle) -> i32;
    fn qi_net_accept(task: *mut Task, node: *mut Node, out: *mut Handle, listener: Handle) -> i32;
    fn qi_net_accept_finish(task: *mut Task, node: *mut Node, out: *mut Handle) -> i32;
    fn qi_net_read(
        task: *mut Task,
        node: *mut Node,
        out: *mut *mut ArrayObject,
        info: *const TypeInfo,
        connection: Handle,
        most: i64,
    ) -> i32;
    fn qi_net_read_finish(task: *mut Task, node: *mut Node, out: *mut *mut ArrayObject) -> i32;
    fn qi_net_write(task: *mut Task, node: *mut Node, connection: Handle, bytes: *const ArrayObject) -> i32;
    fn qi_net_write_finish(task: *mut Task, node: *mut Node) -> i32;
    fn qi_net_local(out: *mut Str, socket: Handle);
    fn qi_str_bytes(info: *const TypeInfo, text: *const Str) -> *mut ArrayObject;
    fn qi_str_from_bytes(out: *mut Str, bytes: *const ArrayObject, site: *const Site) -> *mut Error;
    static qi_empty_array: ArrayStatic;
    static qi_type_fault_network: TypeInfo;
}

#[repr(C)]
struct ArrayStatic([u64; 4]);

static BYTE: TypeInfo = TypeInfo { align: 1, ..TypeInfo::plain(TypeKind::Int, type_flags::UNSIGNED, 1, "字节") };
static BYTES: TypeInfo =
    TypeInfo { elem: &raw const BYTE, ..TypeInfo::plain(TypeKind::Array, type_flags::COUNTED, 8, "数组<字节>") };

fn free_text(mut text: Str) {
    // SAFETY: an owned text.
    unsafe { support::qi_value_release((&raw mut text).cast(), &raw const support::qi_type_string) };
}

/// Runs a suspending function that gives a handle.
async fn handle(
    start: impl FnOnce(*mut Task, *mut Node, *mut Handle) -> i32 + Unpin,
    mut finish: impl FnMut(*mut Task, *mut Node, *mut Handle) -> i32 + Unpin,
) -> Result<Handle, *mut Error> {
    let out = Box::into_raw(Box::new(ptr::null_mut()));
    let result = op(move |t, n| start(t, n, out), move |t, n| finish(t, n, out)).await;
    // SAFETY: boxed above.
    let value = *unsafe { Box::from_raw(out) };
    result.map(|()| value)
}

async fn get(url: &str) -> Result<(i64, String), *mut Error> {
    let texts = Box::into_raw(Box::new([new_text("GET"), new_text(url), Str::EMPTY]));
    let response = handle(
        // SAFETY: the contract's protocol; the texts live until the end.
        move |t, n, out| unsafe {
            let texts = &*texts;
            let none = (&raw const qi_empty_array).cast();
            qi_http_request(t, n, out, &texts[0], &texts[1], none, &texts[2])
        },
        // SAFETY: as above.
        |t, n, out| unsafe { qi_http_request_finish(t, n, out) },
    )
    .await;
    // SAFETY: boxed above.
    for text in *unsafe { Box::from_raw(texts) } {
        free_text(text);
    }
    let response = response?;
    let mut body = Str::EMPTY;
    // SAFETY: an owned response.
    let status = unsafe {
        qi_http_body(&mut body, response);
        let status = qi_http_status(response);
        qi_release(response);
        status
    };
    let text = read(&body);
    free_text(body);
    Ok((status, text))
}

/// Answers one connection per answer; a thread outside of Qi.
fn serve(answers: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = listener.local_addr().expect("bound").to_string();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut request = Vec::new();
            let mut buffer = [0; 1024];
            while !request.windows(4).any(|it| it == b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => request.extend_from_slice(&buffer[..count]),
                }
            }
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

fn answer(status: &str, more: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{more}\r\n{body}", body.len())
}

#[test]
fn http_gets_texts_and_names_what_failed() {
    let ran = run_program("http_gets_texts_and_names_what_failed", || async {
        let address = serve(vec![
            answer("200 OK", "", "你好，世界"),
            answer("404 Not Found", "", "没有"),
            answer("302 Found", "Location: /next\r\n", ""),
            answer("200 OK", "", "到了"),
            String::from("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
            String::from("nonsense\r\n\r\n"),
        ]);
        for _ in 0..3 {
            let (status, body) = get(&format!("http://{address}/路径?a=b c")).await?;
            print(&format!("{status} {body}"));
        }
        for _ in 0..2 {
            let error = get(&format!("http://{address}/")).await.expect_err("broken");
            assert!(is(error, &raw const qi_type_fault_network));
            print(&caught(error));
        }
        let free = TcpListener::bind("127.0.0.1:0").expect("loopback").local_addr().expect("bound");
        print(&caught(get(&format!("http://{free}/")).await.expect_err("refused")));
        print(&caught(get("不是网址").await.expect_err("no url")));
        Ok(0)
    });
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    for part in
        ["200 你好，世界", "404 没有", "200 到了", "连接被拒绝", "网址 \"不是网址\" 无效", "不是 HTTP", "提前结束"]
    {
        assert!(ran.out.contains(part), "{part}\n{}{}", ran.out, ran.err);
    }
}

#[test]
fn sockets_echo_between_tasks() {
    let ran = run_program("sockets_echo_between_tasks", || async {
        let address = Box::leak(Box::new(new_text("127.0.0.1:0")));
        let listener = handle(
            // SAFETY: the contract's protocol.
            |t, n, out| unsafe { qi_net_listen(t, n, out, address) },
            // SAFETY: as above.
            |t, n, out| unsafe { qi_net_listen_finish(t, n, out) },
        )
        .await?;
        let mut local = Str::EMPTY;
        // SAFETY: a live socket.
        unsafe { qi_net_local(&mut local, listener) };
        let server = spawn(move || async move {
            let peer = handle(
                // SAFETY: as above.
                |t, n, out| unsafe { qi_net_accept(t, n, out, listener) },
                // SAFETY: as above.
                |t, n, out| unsafe { qi_net_accept_finish(t, n, out) },
            )
            .await?;
            let mut total = 0;
            loop {
                let bytes = read_some(peer).await?;
                // SAFETY: an owned array.
                let len = unsafe { (*bytes).len } as i64;
                if len > 0 {
                    write_all(peer, bytes).await?;
                }
                // SAFETY: as above.
                unsafe { qi_release(bytes.cast()) };
                total += len;
                if len == 0 {
                    break;
                }
            }
            // SAFETY: our handle.
            unsafe { qi_release(peer) };
            Ok(total)
        });
        let address = Box::leak(Box::new(local));
        let client = handle(
            // SAFETY: as above.
            |t, n, out| unsafe { qi_net_connect(t, n, out, address) },
            // SAFETY: as above.
            |t, n, out| unsafe { qi_net_connect_finish(t, n, out) },
        )
        .await?;
        for round in 0..100 {
            let text = new_text(&format!("第{round}次"));
            // SAFETY: a live text.
            let bytes = unsafe { qi_str_bytes(&raw const BYTES, &text) };
            write_all(client, bytes).await?;
            let back = read_some(client).await?;
            let mut echoed = Str::EMPTY;
            // SAFETY: owned objects.
            unsafe {
                assert!(qi_str_from_bytes(&mut echoed, back, ptr::null()).is_null());
                qi_release(bytes.cast());
                qi_release(back.cast());
            }
            assert_eq!(support::read(&echoed), support::read(&text));
            free_text(echoed);
            free_text(text);
        }
        // SAFETY: our handle; the connection closes with it.
        unsafe { qi_release(client) };
        print(&format!("字节 {}", join_once(server).await?));
        // SAFETY: our handles and texts.
        unsafe { qi_release(listener) };
        free_text(*address);
        Ok(0)
    });
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("字节 790"), "{}", ran.out);
}

async fn read_some(socket: Handle) -> Result<*mut ArrayObject, *mut Error> {
    let bytes = handle(
        // SAFETY: the contract's protocol.
        move |t, n, out| unsafe { qi_net_read(t, n, out.cast(), &raw const BYTES, socket, 4096) },
        // SAFETY: as above.
        |t, n, out| unsafe { qi_net_read_finish(t, n, out.cast()) },
    )
    .await?;
    Ok(bytes.cast())
}

async fn write_all(socket: Handle, bytes: *mut ArrayObject) -> Result<(), *mut Error> {
    op(
        // SAFETY: the contract's protocol.
        move |t, n| unsafe { qi_net_write(t, n, socket, bytes) },
        // SAFETY: as above.
        |t, n| unsafe { qi_net_write_finish(t, n) },
    )
    .await
}
