/* Tasks, coroutines, channels and timers from C, from several threads. */
#include <pthread.h>
#include <stdio.h>
#include "qi_runtime.h"

#define CHECK(x) do { if (!(x)) { fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); return 1; } } while (0)

static void square(void *context) {
    long *number = (long *)context;
    *number = *number * *number;
}

static void *count_down(void *context) {
    long *left = (long *)context;
    qi_yield();
    return --*left > 0 ? context : NULL;
}

static QiChannel *channel;

static void produce(void *context) {
    long count = *(long *)context;
    for (long n = 1; n <= count; n++) {
        if (qi_c_channel_send(channel, (void *)n) != QI_ERROR_OK) return;
    }
}

static void *foreign(void *context) {
    long number = 7;
    QiAsyncTask *task = qi_spawn_async(square, &number);
    qi_await_task(task);
    *(long *)context = number;
    return NULL;
}

static void waits_inside(void *context) {
    long number = 9;
    qi_await_task(qi_spawn_async(square, &number));
    *(long *)context = number;
}

static void ring(void *context) { *(volatile long *)context = 1; }

int main(void) {
    CHECK(qi_spawn_async(square, NULL) == NULL && qi_last_error() == QI_ERROR_STATE);
    qi_runtime_init();
    CHECK(qi_spawn_async(NULL, NULL) == NULL && qi_last_error() == QI_ERROR_NULL);
    qi_await_task(NULL);
    CHECK(qi_last_error() == QI_ERROR_NULL);

    long numbers[100];
    QiAsyncTask *tasks[100];
    for (long n = 0; n < 100; n++) {
        numbers[n] = n;
        tasks[n] = qi_spawn_async(square, &numbers[n]);
    }
    long sum = 0;
    for (long n = 0; n < 100; n++) {
        qi_await_task(tasks[n]);
        sum += numbers[n];
    }
    qi_print_int(sum);
    qi_await_task(tasks[0]);
    CHECK(qi_last_error() == QI_ERROR_HANDLE);

    long inner = 0;
    qi_await_task(qi_spawn_async(waits_inside, &inner));
    qi_print_int(inner);

    pthread_t thread;
    long result = 0;
    CHECK(pthread_create(&thread, NULL, foreign, &result) == 0);
    pthread_join(thread, NULL);
    qi_print_int(result);

    long left[3] = {5, 50, 500};
    for (size_t n = 0; n < 3; n++) CHECK(qi_spawn_coroutine(count_down, &left[n]) == n);
    CHECK(qi_spawn_coroutine(NULL, NULL) == SIZE_MAX);
    qi_run_scheduler();
    qi_print_int(left[0] + left[1] + left[2]);
    qi_run_scheduler();

    for (size_t capacity = 0; capacity < 3; capacity++) {
        channel = qi_c_channel_new(capacity);
        long count = 1000;
        QiAsyncTask *producer = qi_spawn_async(produce, &count);
        sum = 0;
        for (long n = 0; n < count; n++) {
            void *value = NULL;
            CHECK(qi_c_channel_receive(channel, &value) == QI_ERROR_OK);
            sum += (long)value;
        }
        qi_await_task(producer);
        void *none = NULL;
        CHECK(qi_c_channel_try_receive(channel, &none) == QI_ERROR_WOULD_BLOCK);
        qi_c_channel_close(channel);
        CHECK(qi_c_channel_receive(channel, &none) == QI_ERROR_CLOSED);
        CHECK(qi_c_channel_send(channel, NULL) == QI_ERROR_CLOSED);
        CHECK(qi_c_channel_receive(channel, NULL) == QI_ERROR_NULL);
        qi_c_channel_free(channel);
        qi_c_channel_free(channel);
        CHECK(qi_last_error() == QI_ERROR_HANDLE);
        qi_print_int(sum);
    }

    volatile long rang = 0, silent = 0;
    QiTimer *soon = qi_timer_start(5, ring, (void *)&rang);
    QiTimer *late = qi_timer_start(60000, ring, (void *)&silent);
    while (!rang) qi_sleep_thread(1);
    qi_timer_free(soon);
    qi_timer_free(late);
    qi_print_int(rang + silent);

    qi_runtime_shutdown();
    CHECK(qi_c_channel_new(1) == NULL && qi_last_error() == QI_ERROR_STATE);
    return 0;
}
