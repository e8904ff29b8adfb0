// A minimal C++20 generator, inlinable.
#include <coroutine>
#include <cstdint>
#include <cstdio>
struct Generator {
    struct promise_type {
        int64_t value;
        Generator get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(int64_t v) { value = v; return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
    std::coroutine_handle<promise_type> handle;
    bool next() { handle.resume(); return !handle.done(); }
    int64_t value() { return handle.promise().value; }
    ~Generator() { handle.destroy(); }
};
static Generator count(int64_t n) {
    for (int64_t i = 0; i < n; i++) co_yield i;
}
int main() {
    uint64_t acc = 0;
    auto g = count(100000000);
    while (g.next()) acc = (acc ^ (uint64_t)g.value()) * 31;
    printf("%lld\n", (long long)acc);
}
