// T3 on the bare runtime: no lock, no wake-up across threads.
#include "coro.hpp"
#include <cstdio>
static Task<long> answer(Channel<long> &from, Channel<long> &to, long times) {
    for (long i = 0; i < times; i++) {
        long x = co_await from.receive();
        co_await to.send(x + 1);
    }
    co_return 0;
}
static Task<long> total(long times, long capacity) {
    Channel<long> to(capacity), from(capacity);
    auto other = spawn(answer(to, from, times));
    long sum = 0;
    for (long i = 0; i < times; i++) {
        co_await to.send(i);
        sum += co_await from.receive();
    }
    co_await other;
    co_return sum;
}
int main(int, char **argv) { printf("%ld\n", block_on(total(atol(argv[1]) / 2, atol(argv[2])))); }
