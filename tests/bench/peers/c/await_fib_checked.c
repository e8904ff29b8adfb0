// A1 with what Qi promises: checked addition and a {value, error} result.
#include <stdio.h>
#include <stdlib.h>
typedef struct { long value; void *error; } result;
static char overflow;
__attribute__((noinline)) static result fib(long n) {
    if (n < 2) return (result){n, 0};
    result a = fib(n - 1);
    if (a.error) return a;
    result b = fib(n - 2);
    if (b.error) return b;
    long sum;
    if (__builtin_add_overflow(a.value, b.value, &sum)) return (result){0, &overflow};
    return (result){sum, 0};
}
int main(int argc, char **argv) { printf("%ld\n", fib(atol(argv[1])).value); }
