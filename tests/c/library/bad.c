#include "bad.h"
#include "qi_runtime.h"
#include <stdio.h>
int main(void) {
    for (int n = 0; n < 4; n++) {
        long v = value();
        printf("%ld %s\n", v, qi_last_error() ? qi_last_error_message() : "ok");
    }
    return 0;
}
