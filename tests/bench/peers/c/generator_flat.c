// The floor of G1: the loop itself.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    uint64_t n = (uint64_t)atoll(argv[1]), acc = 0;
    for (uint64_t i = 0; i < n; i++) acc = (acc ^ i) * 31;
    printf("%lld\n", (long long)acc);
}
