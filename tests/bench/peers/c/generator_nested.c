#include <stdint.h>
#include <stdio.h>
int main(void) {
    uint64_t acc = 0;
    for (uint64_t i = 0; i < 100000000; i++) {
        uint64_t x = i * 3;
        if ((x & 1) == 0) acc = (acc ^ x) * 31;
    }
    printf("%lld\n", (long long)acc);
}
