// A bare single-threaded coroutine runtime: pooled frames, a run queue, channels, timers. No atomics, no cancellation, no
// errors: the floor of what coroutine frames can cost, not a like-for-like peer.
#pragma once
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdlib>
#include <deque>
#include <queue>
#include <thread>
#include <utility>
#include <vector>

// Frames by size class, kept for reuse.
struct Pool {
    static constexpr std::size_t step = 16, classes = 64;
    struct Free { Free *next; };
    static inline Free *lists[classes];
    static void *take(std::size_t size) {
        std::size_t index = (size + step - 1) / step;
        if (index >= classes) return std::malloc(size);
        Free *block = lists[index];
        if (block) return lists[index] = block->next, block;
        char *chunk = static_cast<char *>(std::malloc(index * step * 64));
        for (int i = 1; i < 64; i++) give(chunk + i * index * step, size);
        return chunk;
    }
    static void give(void *block, std::size_t size) {
        std::size_t index = (size + step - 1) / step;
        if (index >= classes) return std::free(block);
        Free *free = static_cast<Free *>(block);
        free->next = lists[index];
        lists[index] = free;
    }
};

struct Pooled {
    static void *operator new(std::size_t size) { return Pool::take(size); }
    static void operator delete(void *block, std::size_t size) { Pool::give(block, size); }
};

using Clock = std::chrono::steady_clock;

struct Loop {
    struct Sleeper {
        Clock::time_point when;
        std::coroutine_handle<> who;
        bool operator<(const Sleeper &other) const { return when > other.when; }
    };
    static inline std::deque<std::coroutine_handle<>> ready;
    static inline std::priority_queue<Sleeper> sleepers;
    static bool wake_sleepers() {
        if (sleepers.empty()) return false;
        if (ready.empty()) std::this_thread::sleep_until(sleepers.top().when);
        for (auto now = Clock::now(); !sleepers.empty() && sleepers.top().when <= now; sleepers.pop())
            ready.push_back(sleepers.top().who);
        return true;
    }
    // Until nothing can run any more.
    static void run() {
        do {
            while (!ready.empty()) {
                auto next = ready.front();
                ready.pop_front();
                next.resume();
            }
        } while (wake_sleepers());
    }
};

struct Yield {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) const { Loop::ready.push_back(self); }
    void await_resume() const noexcept {}
};

struct Sleep {
    std::chrono::milliseconds time;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) const { Loop::sleepers.push({Clock::now() + time, self}); }
    void await_resume() const noexcept {}
};

// A call that may suspend; starts when awaited, or when spawned.
template <class T> struct Task {
    struct promise_type : Pooled {
        T value{};
        std::coroutine_handle<> waiter;
        Task get_return_object() { return Task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        struct Final {
            bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) const noexcept {
                auto waiter = self.promise().waiter;
                return waiter ? waiter : std::noop_coroutine();
            }
            void await_resume() const noexcept {}
        };
        Final final_suspend() noexcept { return {}; }
        void return_value(T result) { value = result; }
        void unhandled_exception() { std::abort(); }
    };
    std::coroutine_handle<promise_type> handle;
    explicit Task(std::coroutine_handle<promise_type> handle) : handle(handle) {}
    Task(Task &&other) noexcept : handle(std::exchange(other.handle, {})) {}
    ~Task() { if (handle) handle.destroy(); }

    struct Await {
        std::coroutine_handle<promise_type> handle;
        bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> self) const noexcept {
            handle.promise().waiter = self;
            return handle;
        }
        T await_resume() const { return handle.promise().value; }
    };
    Await operator co_await() const & noexcept { return {handle}; }
    Await operator co_await() && noexcept { return {handle}; }
};

// A running task: its frame stays until the handle goes.
template <class T> struct Handle {
    Task<T> task;
    bool await_ready() const noexcept { return task.handle.done(); }
    void await_suspend(std::coroutine_handle<> self) const noexcept { task.handle.promise().waiter = self; }
    T await_resume() const { return task.handle.promise().value; }
};

template <class T> Handle<T> spawn(Task<T> task) {
    Loop::ready.push_back(task.handle);
    return {std::move(task)};
}

// The result of a task that everything else is waited for by.
template <class T> T block_on(Task<T> task) {
    Loop::ready.push_back(task.handle);
    Loop::run();
    return task.handle.promise().value;
}

template <class T> struct Channel {
    struct Waiter {
        Waiter *next = nullptr;
        T value{};
        std::coroutine_handle<> who;
    };
    struct Line {
        Waiter *first = nullptr, *last = nullptr;
        void push(Waiter *waiter) {
            if (last) last->next = waiter; else first = waiter;
            last = waiter;
        }
        Waiter *pop() {
            Waiter *waiter = first;
            if (waiter && !(first = waiter->next)) last = nullptr;
            return waiter;
        }
    };
    std::size_t capacity, held = 0, head = 0;
    std::vector<T> ring;
    Line senders, receivers;
    explicit Channel(std::size_t capacity) : capacity(capacity), ring(capacity ? capacity : 1) {}

    void put(T value) {
        ring[(head + held) % capacity] = value;
        held++;
    }
    struct Send {
        Channel &channel;
        Waiter waiter;
        bool await_ready() {
            if (Waiter *receiver = channel.receivers.pop()) {
                receiver->value = waiter.value;
                Loop::ready.push_back(receiver->who);
                return true;
            }
            if (channel.held == channel.capacity) return false;
            channel.put(waiter.value);
            return true;
        }
        void await_suspend(std::coroutine_handle<> self) {
            waiter.who = self;
            channel.senders.push(&waiter);
        }
        void await_resume() const noexcept {}
    };
    struct Receive {
        Channel &channel;
        Waiter waiter;
        bool await_ready() {
            if (channel.held) {
                waiter.value = channel.ring[channel.head];
                channel.head = (channel.head + 1) % channel.capacity;
                channel.held--;
                if (Waiter *sender = channel.senders.pop()) {
                    channel.put(sender->value);
                    Loop::ready.push_back(sender->who);
                }
                return true;
            }
            Waiter *sender = channel.senders.pop();
            if (!sender) return false;
            waiter.value = sender->value;
            Loop::ready.push_back(sender->who);
            return true;
        }
        void await_suspend(std::coroutine_handle<> self) {
            waiter.who = self;
            channel.receivers.push(&waiter);
        }
        T await_resume() const { return waiter.value; }
    };
    Send send(T value) { return {*this, {nullptr, value, {}}}; }
    Receive receive() { return {*this, {}}; }
};
