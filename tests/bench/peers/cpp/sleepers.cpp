// T5 on the bare runtime, a heap of deadlines.
#include "coro.hpp"
#include <cstdio>
static Task<long> doze(long milliseconds) {
    co_await Sleep{std::chrono::milliseconds(milliseconds)};
    co_return 1;
}
static Task<long> total(long n, long milliseconds) {
    std::vector<Handle<long>> tasks;
    for (long i = 0; i < n; i++) tasks.push_back(spawn(doze(milliseconds)));
    long sum = 0;
    for (auto &task : tasks) sum += co_await task;
    co_return sum;
}
int main(int, char **argv) { printf("%ld\n", block_on(total(atol(argv[1]), atol(argv[2])))); }
