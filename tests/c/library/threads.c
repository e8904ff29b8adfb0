#include "lib.h"
#include "qi_runtime.h"
#include <pthread.h>
#include <stdio.h>
static pthread_barrier_t barrier;
static void *work(void *argument) {
    long n = (long)argument, sum = 0;
    pthread_barrier_wait(&barrier);
    if (n % 3 == 0) sum += count() > 100 ? 0 : 1000;
    if (n % 3 == 1) sum += slow(n) - 1 - n;
    sum += get(n) + get(999);
    return (void *)(sum - 999 - n);
}
int main(void) {
    pthread_t threads[12];
    pthread_barrier_init(&barrier, 0, 12);
    for (long n = 0; n < 12; n++) pthread_create(&threads[n], 0, work, (void *)n);
    long wrong = 0;
    for (int n = 0; n < 12; n++) {
        void *result;
        pthread_join(threads[n], &result);
        wrong += (long)result;
    }
    printf("%ld %ld\n", wrong, (long)count());
    qi_print_flush();
    return 0;
}
