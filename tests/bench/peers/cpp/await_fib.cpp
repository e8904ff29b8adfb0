// A1: every call is a frame from the pool.
#include "coro.hpp"
#include <cstdio>
static Task<long> fib(long n) {
    if (n < 2) co_return n;
    long a = co_await fib(n - 1);
    co_return a + co_await fib(n - 2);
}
int main(int, char **argv) { printf("%ld\n", block_on(fib(atol(argv[1])))); }
