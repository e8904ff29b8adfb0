// Loaded before the C library by ./x stress: threads sleep now and then, up to some milliseconds, where they start, wait for one
// another or write, so that an output which only usually comes in the expected order soon does not.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

int epoll_wait(int poll, void *events, int count, int timeout);

static __thread uint32_t seed;

static uint32_t random_bits(void) {
    if (!seed) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        seed = (uint32_t)now.tv_nsec ^ (uint32_t)(uintptr_t)&seed;
        seed += !seed;
    }
    // xorshift32, Marsaglia 2003
    seed ^= seed << 13;
    seed ^= seed >> 17;
    return seed ^= seed << 5;
}

static void nap(void) {
    uint32_t kind = random_bits() % 8;
    if (kind < 2) return;
    struct timespec length = {0, random_bits() % (kind < 6 ? 300000 : 4000000)};
    nanosleep(&length, 0);
}

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    nap();
    return real(file, bytes, count);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*start)(void *), void *argument) {
    REAL(pthread_create);
    int result = real(thread, how, start, argument);
    nap();
    return result;
}

int epoll_wait(int poll, void *events, int count, int timeout) {
    REAL(epoll_wait);
    int result = real(poll, events, count, timeout);
    nap();
    return result;
}

long syscall(long number, ...) {
    REAL(syscall);
    va_list list;
    long a[6];
    va_start(list, number);
    for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
    va_end(list);
    if (number == SYS_futex) nap();
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
