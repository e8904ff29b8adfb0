//! Tasks, channels, choices, scopes and cancellation, played by hand-written task bodies. Each test is a whole program in a
//! process of its own, so that exit codes, reports and the leak census are part of what is tested.

mod support;

use std::ptr;
use support::*;

/// Both backends, few and many workers: the exit code must be 0 (3 would be a leak) and the output as said.
#[track_caller]
fn expect_ok(ran: &Ran, lines: &[&str]) {
    assert_eq!(ran.code, Some(0), "stdout: {}\nstderr: {}", ran.out, ran.err);
    for line in lines {
        assert!(
            ran.out.lines().any(|it| it.ends_with(line)),
            "no line {line}\nstdout: {}\nstderr: {}",
            ran.out,
            ran.err
        );
    }
}

#[test]
fn tasks_give_results_to_all_who_await() {
    let ran = run_program("tasks_give_results_to_all_who_await", || async {
        let task = spawn(|| async {
            sleep(5).await?;
            Ok(41)
        });
        let (a, b) = (join(task).await?, join_once(task).await?);
        print(&format!("和 {}", a + b));
        let quick = spawn(|| async { Ok(1) });
        print(&format!("快 {}", join_once(quick).await?));
        Ok(0)
    });
    expect_ok(&ran, &["和 82", "快 1"]);
}

#[test]
fn many_tasks_sum_exactly() {
    let ran = run_program("many_tasks_sum_exactly", || async {
        let mut sum = 0;
        for round in 0..20 {
            let tasks: Vec<Handle> = (0..500)
                .map(|n| {
                    spawn(move || async move {
                        for _ in 0..n % 7 {
                            yield_now().await?;
                        }
                        Ok(n + round)
                    })
                })
                .collect();
            for task in tasks {
                sum += join_once(task).await?;
            }
        }
        print(&format!("总 {sum}"));
        Ok(0)
    });
    expect_ok(&ran, &["总 2590000"]);
}

#[test]
fn pipelines_keep_order_and_lose_nothing() {
    let ran = run_program("pipelines_keep_order_and_lose_nothing", || async {
        for capacity in [0, 1, 7] {
            let first = channel(capacity);
            let mut last = first;
            for _ in 0..16 {
                let (from, to) = (last, channel(capacity));
                // SAFETY: references for the stage.
                unsafe {
                    qi_retain(from);
                    qi_retain(to);
                }
                let stage = spawn(move || async move {
                    loop {
                        match receive(from).await {
                            Ok(value) => send(to, value + 1).await?,
                            Err(error) => {
                                assert!(is(error, &raw const qi_type_fault_channel_closed));
                                caught(error);
                                break;
                            }
                        }
                    }
                    // SAFETY: the stage's references.
                    unsafe {
                        qi_channel_close(to);
                        qi_release(from);
                        qi_release(to);
                    }
                    Ok(0)
                });
                // SAFETY: the handle, and our reference of the inner channels.
                unsafe {
                    qi_release(stage);
                    if last != first {
                        qi_release(last);
                    }
                }
                last = to;
            }
            // SAFETY: a reference for the source.
            unsafe { qi_retain(first) };
            let source = spawn(move || async move {
                for n in 0..2000 {
                    send(first, n).await?;
                }
                // SAFETY: the source's reference.
                unsafe {
                    qi_channel_close(first);
                    qi_release(first);
                }
                Ok(0)
            });
            for n in 0..2000 {
                assert_eq!(receive(last).await?, n + 16);
            }
            caught(receive(last).await.expect_err("closed"));
            join_once(source).await?;
            // SAFETY: our references.
            unsafe {
                qi_release(first);
                qi_release(last);
            }
        }
        print("齐");
        Ok(0)
    });
    expect_ok(&ran, &["齐"]);
}

#[test]
fn fan_in_of_many_senders() {
    let ran = run_program("fan_in_of_many_senders", || async {
        let (channel, senders) = (channel(3), 50);
        for _ in 0..senders {
            // SAFETY: a reference for the sender.
            unsafe { qi_retain(channel) };
            let task = spawn(move || async move {
                for n in 1..=200 {
                    send(channel, n).await?;
                }
                // SAFETY: the sender's reference.
                unsafe { qi_release(channel) };
                Ok(0)
            });
            // SAFETY: the handle.
            unsafe { qi_release(task) };
        }
        let mut sum = 0;
        for _ in 0..senders * 200 {
            sum += receive(channel).await?;
        }
        // SAFETY: our reference.
        unsafe { qi_release(channel) };
        print(&format!("总 {sum}"));
        Ok(0)
    });
    expect_ok(&ran, &["总 1005000"]);
}

#[test]
fn select_takes_exactly_one_arm() {
    let ran = run_program("select_takes_exactly_one_arm", || async {
        let (a, b) = (channel(0), channel(0));
        let mut tasks = Vec::new();
        for (own, value) in [(a, 1), (b, 1000)] {
            tasks.push(spawn(move || async move {
                for _ in 0..500 {
                    send(own, value).await?;
                }
                Ok(0)
            }));
        }
        // Two choosers that may also pair with each other's sends.
        let chooser = move || async move {
            let mut sum = 0;
            for _ in 0..500 {
                let place = Box::into_raw(Box::new([0i64; 2]));
                // SAFETY: places live until the choice is made.
                select(|it| unsafe {
                    qi_select_recv(it, a, &raw mut (*place)[0]);
                    qi_select_recv(it, b, &raw mut (*place)[1]);
                })
                .await?;
                // SAFETY: boxed above.
                let [x, y] = *unsafe { Box::from_raw(place) };
                assert!((x == 0) != (y == 0));
                sum += x + y;
            }
            Ok(sum)
        };
        let (one, two) = (spawn(chooser), spawn(chooser));
        let sum = join_once(one).await? + join_once(two).await?;
        for task in tasks {
            join_once(task).await?;
        }
        print(&format!("和 {sum}"));
        // SAFETY: a place that lives; our references.
        let index = select(|it| unsafe {
            qi_select_recv(it, a, Box::leak(Box::new(0)));
            qi_select_timeout(it, 10);
        })
        .await?;
        print(&format!("超时臂 {index}"));
        // SAFETY: as above.
        let index = select(|it| unsafe {
            qi_select_send(it, a, Box::leak(Box::new(0)));
            qi_select_default(it);
        })
        .await?;
        print(&format!("默认臂 {index}"));
        let task = spawn(|| async {
            sleep(5).await?;
            Ok(77)
        });
        let place = Box::leak(Box::new(0i64));
        // SAFETY: as above.
        let index = select(|it| unsafe {
            qi_select_recv(it, a, Box::leak(Box::new(0)));
            qi_select_await(&raw const INT, it, task, place);
        })
        .await?;
        print(&format!("任务臂 {index} {place}"));
        // SAFETY: our references.
        unsafe {
            qi_release(task);
            qi_release(a);
            qi_release(b);
        }
        Ok(0)
    });
    expect_ok(&ran, &["和 500500", "超时臂 1", "默认臂 1", "任务臂 1 77"]);
}

#[test]
fn selects_pair_with_each_other() {
    let ran = run_program("selects_pair_with_each_other", || async {
        let (a, b) = (channel(0), channel(0));
        let mut tasks = Vec::new();
        for sends in [true, false] {
            for _ in 0..4 {
                tasks.push(spawn(move || async move {
                    let mut sum = 0;
                    for n in 1..=300 {
                        let place = Box::into_raw(Box::new([if sends { n } else { 0 }; 2]));
                        // SAFETY: places live until the choice is made.
                        select(|it| unsafe {
                            let (x, y) = (&raw mut (*place)[0], &raw mut (*place)[1]);
                            if sends {
                                qi_select_send(it, a, x);
                                qi_select_send(it, b, y);
                            } else {
                                qi_select_recv(it, b, x);
                                qi_select_recv(it, a, y);
                            }
                        })
                        .await?;
                        // SAFETY: boxed above.
                        let [x, y] = *unsafe { Box::from_raw(place) };
                        sum += if sends { n } else { x + y };
                    }
                    Ok(if sends { -sum } else { sum })
                }));
            }
        }
        let mut sum = 0;
        for task in tasks {
            sum += join_once(task).await?;
        }
        print(&format!("差 {sum}"));
        // SAFETY: our references.
        unsafe {
            qi_release(a);
            qi_release(b);
        }
        Ok(0)
    });
    expect_ok(&ran, &["差 0"]);
}

#[test]
fn a_failed_child_cancels_its_siblings() {
    let ran = run_program("a_failed_child_cancels_its_siblings", || async {
        let error = scope(async {
            let long = spawn(|| async {
                let error = sleep(60_000).await.expect_err("cancelled");
                assert!(is(error, &raw const qi_type_fault_cancelled));
                print("清理");
                Err(error)
            });
            let bad = spawn(|| async {
                sleep(5).await?;
                Err(throw("坏了"))
            });
            // SAFETY: the handles.
            unsafe {
                qi_release(long);
                qi_release(bad);
            }
            Ok(())
        })
        .await
        .expect_err("fails");
        print(&format!("捕获 {}", caught(error)));
        sleep(1).await?;
        print("继续");
        Ok(0)
    });
    expect_ok(&ran, &["清理", "捕获 坏了", "继续"]);
}

#[test]
fn scopes_nest_and_cancel_downwards() {
    let ran = run_program("scopes_nest_and_cancel_downwards", || async {
        let outer = spawn(|| async {
            scope(async {
                let inner = spawn(|| async {
                    let result = scope(async {
                        let leaf = spawn(|| async {
                            let error = sleep(60_000).await.expect_err("cancelled");
                            print("叶");
                            Err(error)
                        });
                        // SAFETY: the handle.
                        unsafe { qi_release(leaf) };
                        Ok(())
                    })
                    .await;
                    print(if result.is_err() { "内层出错" } else { "内层正常" });
                    result.map(|()| 0)
                });
                // SAFETY: the handle.
                unsafe { qi_release(inner) };
                Ok(())
            })
            .await
            .map(|()| 0)
        });
        sleep(10).await?;
        // SAFETY: our handle.
        unsafe { qi_task_cancel(outer) };
        let error = join_once(outer).await.expect_err("cancelled");
        assert!(is(error, &raw const qi_type_fault_task_cancelled));
        caught(error);
        Ok(0)
    });
    expect_ok(&ran, &["叶", "内层出错"]);
}

#[test]
fn deadlines_throw_timeout_after_clean_up() {
    let ran = run_program("deadlines_throw_timeout_after_clean_up", || async {
        let error = deadline(10, async { sleep(60_000).await }).await.expect_err("late");
        assert!(is(error, &raw const qi_type_fault_timeout));
        print(&caught(error));
        deadline(60_000, async { sleep(1).await }).await?;
        // The inner deadline is the earlier one, and only it throws.
        deadline(60_000, async {
            let error = deadline(5, async { sleep(60_000).await }).await.expect_err("late");
            assert!(is(error, &raw const qi_type_fault_timeout));
            caught(error);
            sleep(1).await
        })
        .await?;
        print("好");
        Ok(0)
    });
    expect_ok(&ran, &["超时", "好"]);
}

#[test]
fn clean_up_may_wait_while_shielded() {
    let ran = run_program("clean_up_may_wait_while_shielded", || async {
        let task = spawn(|| async {
            let error = sleep(60_000).await.expect_err("cancelled");
            // SAFETY: in a task.
            unsafe { qi_shield_enter() };
            sleep(5).await?;
            print("清理完");
            // SAFETY: in a task.
            unsafe { qi_shield_leave() };
            let again = sleep(1).await.expect_err("still cancelled");
            caught(again);
            Err(error)
        });
        sleep(5).await?;
        // SAFETY: our handle.
        unsafe { qi_task_cancel(task) };
        caught(join_once(task).await.expect_err("cancelled"));
        Ok(0)
    });
    expect_ok(&ran, &["清理完"]);
}

#[test]
fn a_task_cancelled_before_its_start_never_runs() {
    let ran = run_program("a_task_cancelled_before_its_start_never_runs", || async {
        let tasks: Vec<Handle> = (0..50).map(|_| spawn(|| async { sleep(60_000).await.map(|()| 0) })).collect();
        for task in tasks {
            // SAFETY: our handle.
            unsafe { qi_task_cancel(task) };
            caught(join_once(task).await.expect_err("cancelled"));
        }
        Ok(0)
    });
    expect_ok(&ran, &[]);
}

#[test]
fn locks_exclude_and_hand_over() {
    let ran = run_program("locks_exclude_and_hand_over", || async {
        let mut lock = ptr::null_mut();
        // SAFETY: live places.
        unsafe { assert!(qi_lock_new(&mut lock, &raw const INT, &mut 0, ptr::null()).is_null()) };
        let body = move || async move {
            for _ in 0..200 {
                let place = Box::into_raw(Box::new(0i64));
                op(
                    // SAFETY: the contract's protocol.
                    move |t, n| unsafe { qi_lock_acquire(t, n, lock, place) },
                    // SAFETY: as above.
                    |t, n| unsafe { qi_lock_acquire_finish(t, n) },
                )
                .await?;
                yield_now().await?;
                // SAFETY: held by us.
                unsafe {
                    *place += 1;
                    assert!(qi_lock_release(lock, place, ptr::null()).is_null());
                    drop(Box::from_raw(place));
                }
            }
            Ok(0)
        };
        let tasks: Vec<Handle> = (0..8).map(|_| spawn(body)).collect();
        for task in tasks {
            join_once(task).await?;
        }
        let place = Box::into_raw(Box::new(0i64));
        // SAFETY: as above.
        op(move |t, n| unsafe { qi_lock_read(t, n, lock, place) }, |t, n| unsafe { qi_lock_read_finish(t, n) }).await?;
        // SAFETY: boxed above; our reference.
        unsafe {
            print(&format!("数 {}", *Box::from_raw(place)));
            qi_release(lock);
        }
        Ok(0)
    });
    expect_ok(&ran, &["数 1600"]);
}

#[test]
fn deadlocks_are_reported() {
    let ran = run_program("deadlocks_are_reported", || async {
        print("开始");
        let channel = channel(0);
        let task = spawn(move || async move { receive(channel).await });
        join_once(task).await
    });
    assert_eq!(ran.code, Some(2), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("开始") && ran.err.contains("死锁") && ran.err.contains("共 2 个任务"), "{}", ran.err);
}

#[test]
fn uncaught_errors_exit_with_1() {
    let ran = run_program("uncaught_errors_exit_with_1", || async {
        let long = spawn(|| async { sleep(60_000).await.map(|()| 0) });
        // SAFETY: the handle.
        unsafe { qi_release(long) };
        Err(throw("没人管"))
    });
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("错误：没人管"), "{}", ran.err);
}

#[test]
fn unobserved_errors_are_reported() {
    let ran = run_program("unobserved_errors_are_reported", || async {
        let task = spawn(|| async { Err(throw("丢了")) });
        // SAFETY: the handle.
        unsafe { qi_release(task) };
        Ok(0)
    });
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("丢了"), "{}", ran.err);
}

#[test]
fn detached_tasks_are_cancelled_at_exit() {
    let ran = run_program("detached_tasks_are_cancelled_at_exit", || async {
        let task = spawn_with(qi_abi::spawn_flags::DETACHED, || async {
            let error = sleep(60_000).await.expect_err("cancelled");
            print("后台清理");
            Err(error)
        });
        // SAFETY: the handle.
        unsafe { qi_release(task) };
        sleep(5).await?;
        Ok(0)
    });
    expect_ok(&ran, &["后台清理"]);
}

#[test]
fn busy_tasks_do_not_stop_timers() {
    let ran = run_program("busy_tasks_do_not_stop_timers", || async {
        let cpus = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..cpus * 2 {
            let hog = spawn(|| async {
                let start = std::time::Instant::now();
                while start.elapsed().as_millis() < 400 {}
                Ok(0)
            });
            // SAFETY: the handle.
            unsafe { qi_release(hog) };
        }
        let start = std::time::Instant::now();
        sleep(1).await?;
        print(if start.elapsed().as_millis() < 250 { "及时" } else { "太晚" });
        Ok(0)
    });
    expect_ok(&ran, &["及时"]);
}

unsafe extern "C" fn plain_main(out: *mut i64) -> *mut qi_abi::Error {
    let task = spawn(|| async {
        sleep(5).await?;
        print("任务完");
        Ok(0)
    });
    print("主函数完");
    // SAFETY: the handle; the contract's place.
    unsafe {
        qi_release(task);
        *out = 7;
    }
    ptr::null_mut()
}

#[test]
fn a_plain_entry_waits_for_its_tasks() {
    let name = "a_plain_entry_waits_for_its_tasks";
    if std::env::var("QI_TEST_CHILD").is_ok_and(|test| test == name) {
        // SAFETY: the contract's start of a program.
        std::process::exit(unsafe { qi_start_plain(0, ptr::null(), qi_abi::ABI_VERSION, plain_main, no_globals) });
    }
    let ran = child(name);
    assert_eq!(ran.code, Some(7), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("任务完"), "{}", ran.out);
}
