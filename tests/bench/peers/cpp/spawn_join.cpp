// T1 on the bare runtime.
#include "coro.hpp"
#include <cstdio>
static Task<long> increment(long n) { co_return n + 1; }
static Task<long> total(long n) {
    long sum = 0;
    for (long batch = 0; batch < n / 1000; batch++) {
        std::vector<Handle<long>> tasks;
        for (long i = 0; i < 1000; i++) tasks.push_back(spawn(increment(i)));
        for (auto &task : tasks) sum += co_await task;
    }
    co_return sum;
}
int main(int, char **argv) { printf("%ld\n", block_on(total(atol(argv[1])))); }
