// G3: the consumer resumes the innermost generator directly, as std::generator of C++23 does for elements_of.
#include "generator.hpp"
#include <cstdio>
#include <cstdlib>
struct Walk {
    struct promise_type {
        using Handle = std::coroutine_handle<promise_type>;
        int64_t value = 0;
        promise_type *root = this;
        Handle parent, leaf;
        Walk get_return_object() { return Walk{leaf = Handle::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        struct Back {
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(Handle ended) noexcept {
                promise_type &it = ended.promise();
                if (!it.parent) return std::noop_coroutine();
                return it.root->leaf = it.parent;
            }
            void await_resume() noexcept {}
        };
        Back final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(int64_t v) { root->value = v; return {}; }
        struct Inner {
            Walk &walk;
            bool await_ready() { return false; }
            std::coroutine_handle<> await_suspend(Handle outer) {
                promise_type &it = walk.handle.promise();
                it.root = outer.promise().root;
                it.parent = outer;
                return it.root->leaf = walk.handle;
            }
            void await_resume() {}
        };
        Inner yield_value(Walk &&walk) { return {walk}; }
        void return_void() {}
        void unhandled_exception() {}
    };
    std::coroutine_handle<promise_type> handle;
    explicit Walk(std::coroutine_handle<promise_type> handle) : handle(handle) {}
    Walk(Walk &&other) noexcept : handle(std::exchange(other.handle, {})) {}
    ~Walk() { if (handle) handle.destroy(); }
    bool next() { handle.promise().leaf.resume(); return !handle.done(); }
    int64_t value() { return handle.promise().value; }
};
static Walk in_order(int64_t low, int64_t high) {
    if (low < high) {
        int64_t middle = (low + high) / 2;
        co_yield in_order(low, middle);
        co_yield middle;
        co_yield in_order(middle + 1, high);
    }
}
int main(int, char **argv) {
    uint64_t acc = 0;
    for (auto all = in_order(0, atoll(argv[1])); all.next();) acc = (acc ^ (uint64_t)all.value()) * 31;
    printf("%lld\n", (long long)acc);
}
