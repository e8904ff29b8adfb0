// G3: a balanced tree walked by recursive generators; each passes on what the inner ones yield.
#include "generator.hpp"
#include <cstdio>
#include <cstdlib>
static Generator in_order(int64_t low, int64_t high) {
    if (low < high) {
        int64_t middle = (low + high) / 2;
        for (Generator left = in_order(low, middle); left.next();) co_yield left.value();
        co_yield middle;
        for (Generator right = in_order(middle + 1, high); right.next();) co_yield right.value();
    }
}
int main(int, char **argv) {
    uint64_t acc = 0;
    for (auto all = in_order(0, atoll(argv[1])); all.next();) acc = (acc ^ (uint64_t)all.value()) * 31;
    printf("%lld\n", (long long)acc);
}
