// T4 on the bare runtime.
#include "coro.hpp"
#include <cstdio>
static Task<long> numbers(Channel<long> *to) {
    for (long i = 2;; i++) co_await to->send(i);
}
static Task<long> sieve(Channel<long> *from, Channel<long> *to, long prime) {
    for (;;) {
        long x = co_await from->receive();
        if (x % prime != 0) co_await to->send(x);
    }
}
static Task<long> nth(long n) {
    auto *from = new Channel<long>(1);
    std::vector<Handle<long>> tasks;
    tasks.push_back(spawn(numbers(from)));
    long prime = 0;
    for (long i = 0; i < n; i++) {
        prime = co_await from->receive();
        auto *to = new Channel<long>(1);
        tasks.push_back(spawn(sieve(from, to, prime)));
        from = to;
    }
    printf("%ld\n", prime);
    exit(0);
}
int main(int, char **argv) { block_on(nth(atol(argv[1]))); }
