// G1: the generator is created and used up in one function.
#include "generator.hpp"
#include <cstdio>
#include <cstdlib>
int main(int, char **argv) {
    uint64_t acc = 0;
    auto g = count(atoll(argv[1]));
    while (g.next()) acc = (acc ^ (uint64_t)g.value()) * 31;
    printf("%lld\n", (long long)acc);
}
