/* 在 fork 出来的进程里没有运行时的线程：调用失败，不会永远等下去。 */
#include "forks.h"
#include "qi_runtime.h"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void done(void *user, int error, QiString *value) {
    printf("%s %d %d %s\n", (char *)user, error == QI_ERROR_FORKED, value == NULL, qi_last_error_message());
}

int main(void) {
    qi_runtime_init();
    QiString *text = qi_string_new("一句话，不是很短的一句话"), *said = slowly(text);
    printf("%s\n", qi_string_data(said));
    fflush(stdout);
    qi_string_free(said);
    pid_t child = fork();
    if (child == 0) {
        said = slowly(text);
        printf("%d %s\n", said == NULL, qi_last_error_message());
        int code = later(text, &said);
        printf("%d %d\n", code == QI_ERROR_FORKED, said == NULL);
        later_async(text, done, "回调");
        fflush(stdout);
        _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    printf("%d\n", status);
    qi_string_free(text);
    fflush(stdout);
    qi_runtime_shutdown();
    return 0;
}
