// T4 on the bare runtime.
#include "coro.hpp"
#include <cstdio>
static Task<long> skynet(long number, long size) {
    if (size == 1) co_return number;
    size /= 10;
    std::vector<Handle<long>> tasks;
    for (long i = 0; i < 10; i++) tasks.push_back(spawn(skynet(number + i * size, size)));
    long sum = 0;
    for (auto &task : tasks) sum += co_await task;
    co_return sum;
}
int main(int, char **argv) { printf("%ld\n", block_on(skynet(0, atol(argv[1])))); }
