// The floor of G1 nested: the loop itself, unchecked.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    uint64_t n = (uint64_t)atoll(argv[1]), acc = 0;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t x = i * 3;
        if ((x & 1) == 0) acc = (acc ^ x) * 31;
    }
    printf("%lld\n", (long long)acc);
}
