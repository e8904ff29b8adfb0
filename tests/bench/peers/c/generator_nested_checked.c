// G1 nested with what Qi promises: a checked multiplication.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    int64_t n = atoll(argv[1]);
    uint64_t acc = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t x;
        if (__builtin_mul_overflow(i, 3, &x)) {
            fputs("overflow\n", stderr);
            return 1;
        }
        if ((x & 1) == 0) acc = (acc ^ (uint64_t)x) * 31;
    }
    printf("%lld\n", (long long)acc);
}
