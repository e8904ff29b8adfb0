// A3: four nested awaits, the leaf yields once.
#include "coro.hpp"
#include <cstdio>
static Task<long> leaf(long x) {
    co_await Yield{};
    co_return x & 7;
}
static Task<long> one(long x) { co_return co_await leaf(x + 1) + 1; }
static Task<long> two(long x) { co_return co_await one(x + 1) + 1; }
static Task<long> three(long x) { co_return co_await two(x + 1) + 1; }
static Task<long> total(long n) {
    long sum = 0;
    for (long i = 0; i < n; i++) sum += co_await three(i);
    co_return sum;
}
int main(int, char **argv) { printf("%ld\n", block_on(total(atol(argv[1])))); }
