// The floor of G1: the loop itself.
#include <stdint.h>
#include <stdio.h>
int main(void) {
    uint64_t acc = 0;
    for (uint64_t i = 0; i < 100000000; i++) acc = (acc ^ i) * 31;
    printf("%lld\n", (long long)acc);
}
