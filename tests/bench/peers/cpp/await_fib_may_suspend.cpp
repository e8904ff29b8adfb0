// A2: each leaf may yield, behind a flag known at run time.
#include "coro.hpp"
#include <cstdio>
static Task<long> fib(long n, bool give_way) {
    if (n < 2) {
        if (give_way) co_await Yield{};
        co_return n;
    }
    long a = co_await fib(n - 1, give_way);
    co_return a + co_await fib(n - 2, give_way);
}
int main(int argc, char **argv) { printf("%ld\n", block_on(fib(atol(argv[1]), argc > 2))); }
