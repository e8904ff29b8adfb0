// T2 on the bare runtime.
#include "coro.hpp"
#include <cstdio>
static Task<long> take_turns(long times) {
    long count = 0;
    for (long i = 0; i < times; i++) {
        co_await Yield{};
        count++;
    }
    co_return count;
}
static Task<long> total(long each) {
    auto first = spawn(take_turns(each));
    auto second = spawn(take_turns(each));
    long sum = co_await first;
    co_return sum + co_await second;
}
int main(int, char **argv) { printf("%ld\n", block_on(total(atol(argv[1]) / 2))); }
