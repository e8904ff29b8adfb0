// The floor of A1: a plain call that is not inlined away.
#include <stdio.h>
__attribute__((noinline)) static long fib(long n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
int main(void) {
    volatile long n = 32;
    printf("%ld\n", fib(n));
}
