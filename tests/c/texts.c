/* Memory, texts, printing and misuse: errors are reported, nothing is corrupted. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "qi_runtime.h"

#undef NDEBUG
#define CHECK(x) do { if (!(x)) { fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); return 1; } } while (0)

int main(void) {
    CHECK(qi_runtime_version() == QI_VERSION);
    qi_runtime_init();
    qi_runtime_init();
    CHECK(qi_last_error() == QI_ERROR_OK);

    /* memory */
    char *block = (char *)qi_malloc(100);
    CHECK(block != NULL && ((size_t)block % 16) == 0);
    memset(block, 'x', 100);
    qi_retain_ptr(block);
    qi_free_ptr(block);
    CHECK(block[99] == 'x');
    qi_free_ptr(block);
    CHECK(qi_last_error() == QI_ERROR_OK);
    qi_free_ptr(block);
    CHECK(qi_last_error() == QI_ERROR_HANDLE);
    qi_free_ptr(NULL);
    CHECK(qi_last_error() == QI_ERROR_OK);
    int local = 0;
    qi_retain_ptr(&local);
    CHECK(qi_last_error() == QI_ERROR_HANDLE && local == 0);
    CHECK(qi_malloc((size_t)-1) == NULL && qi_last_error() == QI_ERROR_ARGUMENT);
    qi_free_ptr(qi_malloc(0));

    /* texts */
    QiString *a = qi_string_new("你好，");
    QiString *b = qi_string_new("世界");
    QiString *c = qi_string_concat(a, b);
    CHECK(c != NULL && strcmp(qi_string_data(c), "你好，世界") == 0);
    CHECK(qi_string_length(c) == 15 && qi_string_characters(c) == 5);
    qi_print_string(c);
    qi_print_int(-42);
    CHECK(qi_string_new(NULL) == NULL && qi_last_error() == QI_ERROR_NULL);
    CHECK(qi_string_new("\xff\xfe") == NULL && qi_last_error() == QI_ERROR_UTF8);
    CHECK(strlen(qi_last_error_message()) > 0);
    CHECK(qi_string_concat(a, NULL) == NULL && qi_last_error() == QI_ERROR_NULL);
    QiString *zeros = qi_string_from_bytes("a\0b", 3);
    CHECK(qi_string_length(zeros) == 3);
    qi_string_free(zeros);
    qi_string_free(a);
    qi_string_free(b);
    qi_string_free(c);
    qi_string_free(c);
    CHECK(qi_last_error() == QI_ERROR_HANDLE);
    qi_string_free(NULL);
    qi_print_string(NULL);
    CHECK(qi_last_error() == QI_ERROR_NULL);
    CHECK(qi_string_length(c) == 0 && qi_string_data(c) == NULL);

    qi_runtime_shutdown();
    return 0;
}
