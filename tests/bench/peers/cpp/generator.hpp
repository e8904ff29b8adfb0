// A minimal C++20 generator, inlinable.
#pragma once
#include <coroutine>
#include <cstdint>
#include <utility>
struct Generator {
    struct promise_type {
        int64_t value;
        Generator get_return_object() { return Generator{std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(int64_t v) { value = v; return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
    std::coroutine_handle<promise_type> handle;
    explicit Generator(std::coroutine_handle<promise_type> handle) : handle(handle) {}
    Generator(Generator &&other) noexcept : handle(std::exchange(other.handle, {})) {}
    ~Generator() { if (handle) handle.destroy(); }
    bool next() { handle.resume(); return !handle.done(); }
    int64_t value() { return handle.promise().value; }
};
inline Generator count(int64_t n) {
    for (int64_t i = 0; i < n; i++) co_yield i;
}
