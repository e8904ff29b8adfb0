#include "texts.h"
#include "qi_runtime.h"
#include <stdio.h>
#include <string.h>

static void show(QiString *it) {
    printf("%s %s\n", it ? qi_string_data(it) : "NULL", it ? "" : qi_last_error_message());
    qi_string_free(it);
}

int main(void) {
    qi_runtime_init();
    QiString *name = qi_string_new("小明"), *empty = qi_string_new("");
    show(hail(name));
    show(same(name));
    show(same(empty));
    show(join(name, 9, empty));
    show(slowly(name));

    /* 失败以后的成功不留下错误。 */
    show(join(name, -1, empty));
    int64_t length = size(name);
    printf("%d %d\n", (int)length, (int)qi_last_error());

    /* 空指针和释放了的文本。 */
    show(hail(NULL));
    show(slowly(NULL));
    show(join(name, 2, NULL));
    length = size(NULL);
    printf("%d %d\n", (int)length, qi_last_error() == QI_ERROR_NULL);
    QiString *zeros = qi_string_from_bytes("a\0b", 3), *back = same(zeros);
    printf("%zu %d\n", qi_string_length(back), memcmp(qi_string_data(back), "a\0b", 4));
    qi_string_free(back);
    qi_string_free(zeros);
    qi_string_free(name);
    show(hail(name));
    qi_string_free(empty);
    fflush(stdout);
    qi_runtime_shutdown();
    return 0;
}
