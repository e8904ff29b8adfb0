#include "callbacks.h"
#include "qi_runtime.h"
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int pending, sum;

static void begin(void) {
    pthread_mutex_lock(&mutex);
    pending++;
    pthread_mutex_unlock(&mutex);
}

static void end(void) {
    pthread_mutex_lock(&mutex);
    pending--;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
}

static void wait_for_all(void) {
    pthread_mutex_lock(&mutex);
    while (pending) pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
}

static void on_number(void *user, int error, int64_t value) {
    printf("%s: %d %d %s\n", (char *)user, error, (int)value, qi_last_error_message());
    end();
}

/* 回调里可以再调用会等的函数。 */
static void on_text(void *user, int error, QiString *value) {
    printf("%s: %d %s %s\n", (char *)user, error, value ? qi_string_data(value) : "NULL", qi_last_error_message());
    QiString *again = fetch(value);
    printf("%s\n", again ? qi_string_data(again) : qi_last_error_message());
    qi_string_free(again);
    qi_string_free(value);
    end();
}

static void on_point(void *user, int error, 点 value) {
    printf("%s: %d %g %g\n", (char *)user, error, value.横, value.纵);
    end();
}

static void on_large(void *user, int error, 大 value) {
    printf("%s: %d %d %g %g %d\n", (char *)user, error, (int)value.a, value.b, value.c.纵, value.d);
    end();
}

static void on_nothing(void *user, int error) {
    printf("%s: %d\n", (char *)user, error);
    end();
}

static void on_many(void *user, int error, int64_t value) {
    pthread_mutex_lock(&mutex);
    sum += error ? 1000000 : (int)(value - (intptr_t)user);
    pthread_mutex_unlock(&mutex);
    end();
}

static void *many(void *unused) {
    for (intptr_t n = 0; n < 250; n++) {
        begin();
        later_async(n, on_many, (void *)n);
    }
    return unused;
}

int main(void) {
    qi_runtime_init();
    begin(), half_async(10, on_number, "half"), wait_for_all();
    begin(), half_async(-1, on_number, "half of less"), wait_for_all();
    begin(), later_async(1, on_number, "later"), wait_for_all();
    begin(), handle_async(1, on_number, "handle"), wait_for_all();
    int64_t half_of_six = 0;
    int code = half(6, &half_of_six);
    printf("%d %d %d %d\n", code, (int)half_of_six, (int)later(4), (int)handle(5));

    QiString *name = qi_string_new("小红"), *bad = qi_string_new("坏");
    begin(), fetch_async(name, on_text, "fetch");
    qi_string_free(name);
    wait_for_all();
    begin(), fetch_async(bad, on_text, "bad"), wait_for_all();
    qi_string_free(bad);
    begin(), fetch_async(NULL, on_text, "null"), wait_for_all();
    fetch_async(NULL, NULL, NULL);
    begin(), swap_async((点){1, 2}, on_point, "swap"), wait_for_all();
    大 it = {1, 2.5, {3, 4}, 5};
    begin(), large_async(1, 2, 3, 4, 5, 6, it, on_large, "large"), wait_for_all();
    begin(), nothing_async(1, on_nothing, "nothing"), wait_for_all();

    pthread_t threads[4];
    for (int n = 0; n < 4; n++) pthread_create(&threads[n], 0, many, 0);
    for (int n = 0; n < 4; n++) pthread_join(threads[n], 0);
    wait_for_all();
    printf("%d\n", sum);

    /* 没有人要的结果；关闭等它，也等还没做的回调。 */
    QiString *nobody = qi_string_new("无人");
    fetch_async(nobody, NULL, NULL);
    qi_string_free(nobody);
    begin(), nothing_async(5, on_nothing, "last");
    qi_runtime_shutdown();
    printf("%d\n", pending);
    return 0;
}
