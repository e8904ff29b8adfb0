#include "results.h"
#include "qi_runtime.h"
#include <stdio.h>

static void show(int code, int64_t value) {
    printf("%d %d %d %s\n", code, code == (int)qi_last_error(), (int)value, qi_last_error_message());
}

int main(void) {
    qi_runtime_init();
    int64_t n = -7;
    int code = half(84, &n);
    show(code, n);
    code = half(0, &n);
    show(code, n);
    code = half(-3, NULL);
    show(code, n);
    code = half(4, NULL);
    show(code, n);
    code = slow_half(9, &n);
    show(code, n);
    code = slow_half(-9, &n);
    show(code, n);

    QiString *good = qi_string_new("123"), *bad = qi_string_new("一二三"), *empty = qi_string_new("");
    code = parse(good, &n);
    show(code, n);
    code = parse(bad, &n);
    show(code, n);
    code = parse(NULL, &n);
    show(code, n);

    QiString *out = NULL;
    code = greet(good, false, &out);
    printf("%d %s\n", code, qi_string_data(out));
    qi_string_free(out);
    out = NULL;
    code = greet(empty, false, &out);
    show(code, out != NULL);
    code = greet(good, true, &out);
    show(code, out != NULL);
    code = greet(good, false, NULL);
    show(code, 0);

    code = check(3);
    show(code, 0);
    code = check(4);
    show(code, 0);
    点 m = {0, 0};
    code = middle((点){1, 2}, (点){3, 4}, &m);
    printf("%d %g %g\n", code, m.横, m.纵);
    bool even = true;
    code = is_even(3, &even);
    show(code, even);
    qi_string_free(good);
    qi_string_free(bad);
    qi_string_free(empty);
    fflush(stdout);
    qi_runtime_shutdown();
    return 0;
}
